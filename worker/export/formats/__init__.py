"""Rows → files: CSV, Parquet, packages, and the declared columns. Pure: iterators in, text out."""
