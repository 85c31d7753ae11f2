"""Feeds: from bytes to entries, and from entries to what is recorded. Pure."""
