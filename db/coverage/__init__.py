"""Counts of coverage: cells, the recount that fills them, and the attempts of collection on each day."""
