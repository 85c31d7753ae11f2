"""Helpers that several commands need: output, tables, the store, names and days as people write them."""
