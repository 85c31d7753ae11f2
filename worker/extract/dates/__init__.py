"""Dates in a page: where they stand, the words beside them, and the choice of the date of publication. Pure."""
