"""What can be said of a body that is no article page."""

from __future__ import annotations


class Unextractable(ValueError):
    """The body is not a page with an article in it; the message says why, for a person.

    Asking again for the same bytes will not help. A page in which no article was found is not an error:
    it gives an empty text.
    """
