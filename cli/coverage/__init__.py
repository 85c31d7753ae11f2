"""`steppewatch coverage`: numbers, tables and pictures."""
