"""Spiders: what is asked for, and what is done with the answers."""
