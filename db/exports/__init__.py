"""Exports: their rows, their filters, and the position of each named export."""
