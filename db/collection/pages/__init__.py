"""Pages: the entries that name them, their fetches, refusals, and pages without an article."""
