"""`steppewatch export` and `steppewatch schedule`."""
