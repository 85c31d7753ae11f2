"""All queries at once: which of many thousands an article may answer. Pure."""
