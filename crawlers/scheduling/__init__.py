"""When a feed is polled next, and what may have been missed. Pure."""
