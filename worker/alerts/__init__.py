"""Alerts: the query language, its evaluator, and the matching of all subscriptions at once. Pure."""
