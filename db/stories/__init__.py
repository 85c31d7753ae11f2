"""Reprints: fingerprints, links between texts, and people's decisions."""
