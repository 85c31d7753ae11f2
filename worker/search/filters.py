"""Filters of articles as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from db.articles.filters import ANY_OUTLET, Filters
from db.enums.vocabulary import MentionLevel
from worker.query.errors import QueryError
from worker.query.grammar.closed import checked_value
from worker.search.lookup import find_entity_ids, find_source_ids
from worker.search.scope import ScopeFilter

_IN_SCOPE = {ScopeFilter.all: None, ScopeFilter.in_scope: True, ScopeFilter.out_of_scope: False}


class InvalidFilter(ValueError):
    """A value that no article can have; `field` is lang or genre, and the message says which values exist."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def build_filters(
    conn: Connection,
    *,
    since: date | None = None,
    until: date | None = None,
    entities: Sequence[str] = (),
    sources: Sequence[str] = (),
    languages: Sequence[str] = (),
    genres: Sequence[str] = (),
    scope: ScopeFilter = ScopeFilter.all,
    level: MentionLevel | None = None,
    reprints_of: Sequence[str] = (),
    reprinted_by: Sequence[str] = (),
    together: Sequence[str] = (),
) -> Filters:
    """Return the filters for these names and values. Raises UnknownName and InvalidFilter."""
    return Filters(
        since=since,
        until=until,
        entities=find_entity_ids(conn, entities) if entities else (),
        sources=find_source_ids(conn, sources) if sources else (),
        languages=[check_language(code) for code in languages],
        genres=[check_genre(name) for name in genres],
        in_scope=_IN_SCOPE[scope],
        level=level,
        reprints_of=_find_outlets(conn, reprints_of),
        reprinted_by=_find_outlets(conn, reprinted_by),
        together=find_entity_ids(conn, together) if together else (),
    )


def _find_outlets(conn: Connection, names: Sequence[str]) -> list[str]:
    """Return the ids of outlets between which something was reprinted; `any` is no name of one."""
    named = [name for name in names if name != ANY_OUTLET]
    return [*([ANY_OUTLET] if ANY_OUTLET in names else []), *(find_source_ids(conn, named) if named else [])]


def check_language(code: str) -> str:
    """Return a known language code, optionally with a script or country. Raises InvalidFilter for another."""
    base, _, region = code.partition("-")
    if len(region) == 2:
        return f"{_check('lang', base)}-{region}"
    return _check("lang", code)


def check_genre(name: str) -> str:
    """Return a known genre. Raises InvalidFilter for another."""
    return _check("genre", name)


def _check(field: str, value: str) -> str:
    try:
        return checked_value(field, value, 0)
    except QueryError as error:
        raise InvalidFilter(field, f"{error.message}; {error.hint}") from None
