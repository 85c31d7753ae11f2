"""Counts of the coverage: cells, the recount that fills them, and what was tried on each day."""
