"""`steppewatch demo`: a small invented web, and the whole service at work on it."""
