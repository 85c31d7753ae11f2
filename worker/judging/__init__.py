"""Judging of pages: the kind of a fetched page, and whether its text may follow the previous one. Pure."""
