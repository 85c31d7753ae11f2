"""Versions of the vocabulary, and the texts that were tagged with another one."""
