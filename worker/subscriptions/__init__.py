"""Subscriptions as people define them: validated, stored, and kept in a file."""
