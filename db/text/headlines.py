"""The display title of an article: its title, else its first words. Pure."""

from __future__ import annotations

BEGINNING = 200
"""Characters of a text that suffice for a headline."""
_LENGTH = 90


def headline(title: str | None, text: str | None) -> str:
    """Return the title; for a text without one its first words; empty without either."""
    if title:
        return title
    words = " ".join((text or "")[:BEGINNING].split())
    if len(words) <= _LENGTH:
        return words
    return (words[:_LENGTH].rpartition(" ")[0] or words[:_LENGTH]) + " …"
