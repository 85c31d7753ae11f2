"""Texts, dates and encodings as others write them, for crawlers and workers alike. Pure."""
