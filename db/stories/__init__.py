"""Which article is a reprint of which: fingerprints, links, and what people decided."""
