"""Matching of articles, bursts and silences with subscriptions, and the decision which of it is news."""
