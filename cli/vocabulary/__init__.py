"""`steppewatch vocabulary`: vocabulary files, and the versions in the store."""
