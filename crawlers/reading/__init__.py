"""Bytes into entries: feeds, sitemaps, front pages, lists of feeds; and entries into records. Pure."""
