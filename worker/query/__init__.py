"""The query language: text → query, and whether an article matches it. Pure."""
