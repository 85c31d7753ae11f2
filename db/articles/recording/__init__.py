"""Recording of articles: their addresses, arriving texts and the current one, first sights, and joins of duplicates."""
