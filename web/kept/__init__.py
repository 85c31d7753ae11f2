"""Answers that are kept between two readers, because they are dear: the overview, the health of the collection."""
