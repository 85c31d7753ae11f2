"""Hosts: whose turn it is, how long each rests, and which crawler has it."""
