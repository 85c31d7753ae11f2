"""Foreign texts, dates and encodings, for crawlers and workers alike. Pure."""
