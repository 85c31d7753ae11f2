"""Readers and writers without knowledge of articles."""
