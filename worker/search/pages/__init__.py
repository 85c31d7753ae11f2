"""Pages of what a search finds: articles by date or by relevance, and rows of other lists; each ends in time."""
