"""Readers and writers that know nothing of articles."""
