"""Feeds of outlets, sitemaps and section pages included: their state, their polls, their hubs, and missed items."""
