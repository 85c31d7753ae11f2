"""Inputs → documents: files, tables, JSON lines and archives of pages, with defaults for what they leave out."""
