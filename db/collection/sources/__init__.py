"""Outlets: how a document finds its outlet, merges of the catalogue, and changes and removals by people."""
