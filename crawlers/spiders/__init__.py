"""The spiders: the collector, and a fetcher of single URLs."""
