"""Matching of articles and of events (silence, burst, health) with subscriptions, and the decision what is news."""
