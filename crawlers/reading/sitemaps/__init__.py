"""Sitemaps and indexes of sitemaps: their addresses with dates, and which of them to read. Pure."""
