"""The time of the next poll of a feed, and the estimate of missed entries. Pure."""
