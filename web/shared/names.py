"""The names of the current vocabulary, kept from page to page."""

from __future__ import annotations

from sqlalchemy import Connection

from db.vocabulary.versions import current_version, get_content
from worker.vocabulary.name_book import NameBook

_kept: dict[str, NameBook] = {}
_NOTHING = NameBook({})


def find_name_book(conn: Connection) -> NameBook:
    """Return all names of the current vocabulary; none without a vocabulary. A version is read once."""
    version = current_version(conn)
    if version is None:
        return _NOTHING
    book = _kept.get(version)
    if book is None:
        book = NameBook.from_json(get_content(conn, version))
        _kept.clear()
        _kept[version] = book
    return book
