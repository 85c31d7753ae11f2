"""Exports: what is wanted, cut from the store and written in the wanted format."""
