"""Names that a subscription may refer to, from the database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection, select

from db.alerts import subscriptions
from db.collection.sources.sources import list_names
from db.models import Source
from db.net.address_policy import parse_allowed
from db.vocabulary import versions
from worker.query.article import QueryOutlet
from worker.query.query import Query, parse, parse_stored
from worker.query.query import QueryNames as Names
from worker.subscriptions.definition import References
from worker.vocabulary.entities import iter_stored

_latest_names: dict[tuple[str, tuple[QueryOutlet, ...]], Names] = {}
"""The names loaded last: to read a vocabulary takes a quarter of a second."""


def load_query_names(conn: Connection) -> Names | None:
    """Return the names of the current vocabulary and of the outlets; None without a vocabulary."""
    version = versions.current_version(conn)
    if version is None:
        return None
    outlets = tuple(QueryOutlet(id, (name, *domains)) for id, name, domains in list_names(conn))
    key = (version, outlets)
    names = _latest_names.get(key)
    if names is None:
        names = Names.of_entities(iter_stored(versions.get_content(conn, version)), outlets)
        _latest_names.clear()
        _latest_names[key] = names
    return names


def _read_stored(text: str, saved: Mapping[str, str] | None = None, known: Names | None = None) -> Query:
    return parse_stored(text, saved, known)[0]


def load_references(conn: Connection, *, allow_private_hosts: str, is_stored: bool = False) -> References:
    """Return all references for validating subscriptions; a query that `is_stored` keeps its meaning."""
    names = load_query_names(conn)
    reader = _read_stored if is_stored else parse
    return References(
        parse=partial(reader, saved=subscriptions.saved_queries(conn), known=names),
        outlets=set(conn.scalars(select(Source.id))),
        allowed=parse_allowed(allow_private_hosts),
    )
