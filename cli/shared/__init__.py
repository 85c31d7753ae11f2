"""Helpers shared by several commands: output, tables, access to the store, lookup of names, options for days."""
