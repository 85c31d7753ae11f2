"""`steppewatch demo`: a small invented web, and the whole service running on it."""
