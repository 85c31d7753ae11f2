"""Errors about bodies that are no article page."""

from __future__ import annotations


class Unextractable(ValueError):
    """The body is not a page with an article in it; the message is a readable reason.

    Fetching the same bytes again will not help. A page in which no article was found is not an error: its text is
    empty.
    """
