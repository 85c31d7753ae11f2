"""The spiders: the collector, a fetcher of single URLs, and the searcher for feeds of an outlet."""
