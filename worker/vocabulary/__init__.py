"""The vocabulary as values: read from reviewable files, checked, compared. Pure."""
