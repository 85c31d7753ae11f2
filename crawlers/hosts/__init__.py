"""Politeness towards hosts: delays between requests, one request at a time, leases between crawlers."""
