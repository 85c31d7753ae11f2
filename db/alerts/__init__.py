"""Subscriptions, their matches, and the messages about them."""
