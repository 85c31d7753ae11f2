"""Judging of pages: what a fetched page is, and whether its text may follow the one before. Pure."""
