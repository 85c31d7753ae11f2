"""The names of the current vocabulary, kept from page to page."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from db.vocabulary.versions import current_version, find_labels, get_content
from worker.vocabulary.name_book import NameBook

_kept: dict[str, NameBook] = {}
_NOTHING = NameBook({})
_PLAIN_WORDS = re.compile(r"[\w][\w .'’ʻ-]{0,60}")
_NAMED_MAX = 3


def find_named(conn: Connection, query: str) -> dict[str, str]:
    """Return the labels of the entities of which a query is a name, by id; none for a query with operators."""
    if not _PLAIN_WORDS.fullmatch(query.strip()):
        return {}
    labels = find_labels(conn)
    return {entity: labels[entity] for entity in find_name_book(conn).find_exact(query, labels)[:_NAMED_MAX]}


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
