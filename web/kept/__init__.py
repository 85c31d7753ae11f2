"""Answers that are kept between two readers, because they are costly: the overview, the health of the collection."""
