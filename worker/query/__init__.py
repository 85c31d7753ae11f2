"""The query language: text → query, and whether an article answers it. Pure."""
