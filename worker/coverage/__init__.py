"""Coverage over time: the recount, attention, and the health of the collection."""
