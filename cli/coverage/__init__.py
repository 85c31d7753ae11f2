"""`steppewatch coverage`: counts as JSON, tables and charts."""
