"""`steppewatch vocabulary`: the files, and the versions in the store."""
