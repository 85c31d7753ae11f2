"""A large store of invented articles, made fast: what years of collecting would have come to."""
