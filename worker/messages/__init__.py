"""Composed messages: as a mail, a feed, JSON or a chat line."""
