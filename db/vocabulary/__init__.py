"""Versions of the vocabulary, and the texts tagged with an older one."""
