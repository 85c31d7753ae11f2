"""Subscriptions, what answered them, and the messages about it."""
