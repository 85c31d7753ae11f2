"""Subscriptions as people state them: checked, stored, kept in a file."""
