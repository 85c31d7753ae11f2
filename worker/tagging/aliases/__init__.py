"""Aliases prepared for matching: their stems and endings, the tables and automata made of them, and a file of these."""
