"""Rows → CSV files. Pure: iterators in, text out."""
