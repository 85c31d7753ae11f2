"""Collect: feeds and pages in, captures out. Every byte that is fetched goes through here."""
