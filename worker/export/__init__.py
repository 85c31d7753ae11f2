"""Exports: their requests, the cut of the database, and the writing of all formats."""
