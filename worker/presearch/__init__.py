"""Pre-search: selects from many thousands of queries those that an article may match. Pure."""
