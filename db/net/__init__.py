"""Addresses of the web: one spelling for each, and which may be reached. Pure."""
