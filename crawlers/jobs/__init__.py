"""The jobs of the crawler: polls of feeds and fetches of pages, with their decisions and schedule."""
