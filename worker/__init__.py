"""Understand: captures and documents in; articles, clusters and mentions out."""
