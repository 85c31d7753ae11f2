"""Positions: the words of texts with their places, sets of places as bits, and words within some edits of another."""
