"""Feeds: parsing into entries, and entries into records. Pure."""
