"""Front pages and section pages: which of their links lead to articles. Pure."""
