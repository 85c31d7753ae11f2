"""Steer: the `steppewatch` command."""
