"""What a person calls an entity or an outlet → its id, or the names that come near."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cli.shared.output import fail

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from worker.query.names import QueryNames

_SHOWN = 4


class UnknownName(LookupError):
    """Nothing, or more than one thing, goes by that name; the message says what comes near."""


def find_ids(asked: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """Return the ids of what is asked for by id or label, whatever its letter case; each once, in the order asked.

    `labels` are the labels by id. Raises UnknownName for the first one that is not there or not unique.
    """
    by_key: dict[str, list[str]] = {}
    for known, label in labels.items():
        by_key.setdefault(_key(label), []).append(known)
    folded = {_key(known): known for known in labels}
    return list(dict.fromkeys(_find(name, labels, folded, by_key) for name in asked))


def _find(
    name: str, labels: Mapping[str, str], folded: Mapping[str, str], by_label: Mapping[str, Sequence[str]]
) -> str:
    if name in labels:
        return name
    key = _key(name)
    if key in folded:
        return folded[key]
    found = by_label.get(key, [])
    if len(found) > 1:
        raise UnknownName(f"{name!r} may mean {' or '.join(sorted(found))}")
    if found:
        return found[0]
    near = get_close_matches(key, [*folded, *by_label], n=2 * _SHOWN, cutoff=0.6)
    ids = list(dict.fromkeys(folded[match] if match in folded else by_label[match][0] for match in near))[:_SHOWN]
    hint = ", ".join(f"{known} ({labels[known]})" for known in ids)
    raise UnknownName(f"{name!r} is unknown" + (f"; did you mean {hint}?" if hint else ""))


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def entity_ids(conn: Connection, asked: Sequence[str]) -> list[str]:
    """Return the ids of entities asked for by id, label or an alias that is theirs alone; each once, in that order.

    Ends the command for an unknown one, and for a name of several.
    """
    from db.vocabulary.versions import find_labels

    labels = find_labels(conn)
    if not labels:
        fail("no vocabulary is loaded", hint="steppewatch up and steppewatch ingest load it")
    found = _spelled_so(conn, asked, labels)
    if found.keys() == set(asked):  # all that entities are called otherwise takes a quarter of a second to read
        return list(dict.fromkeys(found[name] for name in asked))
    known = _names_of(conn, labels)
    return list(dict.fromkeys(found.get(name) or entity_id(known, name) for name in asked))


def _spelled_so(conn: Connection, asked: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of those names that are spelled like the id or label, else like an alias, of one entity alone."""
    from db.vocabulary.versions import current_version, get_content
    from worker.vocabulary.stored_names import iter_names

    found = {name: {name} if name in labels else ids for name, ids in holders(asked, _both(labels)).items()}
    rest = [name for name, ids in found.items() if not ids]
    version = current_version(conn) if rest else None
    if version is not None:
        found |= holders(rest, iter_names(get_content(conn, version)))
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _both(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for id, label in labels.items():
        yield id, id
        yield label, id


def holders(asked: Iterable[str], names: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the ids that each name stands for in (name, id), whatever its letter case."""
    found: dict[str, set[str]] = {_key(name): set() for name in asked}
    for name, id in names:
        if (key := _key(name)) in found:
            found[key].add(id)
    return {name: found[_key(name)] for name in asked}


def entity_id(known: QueryNames, name: str) -> str:
    """Return the id of the one entity that is called so. Ends the command when there is none, or more than one."""
    from worker.query.names import NoSuchEntity

    try:
        return known.get_entity(name)
    except NoSuchEntity as error:
        fail(f"entity: {error.message}", hint=error.hint or "steppewatch vocabulary list shows them all")


def _names_of(conn: Connection, labels: Mapping[str, str]) -> QueryNames:
    """Return the names of the current vocabulary, and the labels of what only older ones had."""
    from dataclasses import replace

    from worker.query.names import QueryNames
    from worker.subscriptions.references import load_query_names

    known = load_query_names(conn) or QueryNames({})
    return replace(known, entities={**known.entities} | {id: labels[id] for id in labels if id not in known.entities})


def source_ids(conn: Connection, asked: Sequence[str]) -> list[str]:
    """Return the ids of outlets asked for by id, name or domain. Ends the command for an unknown one."""
    from sqlalchemy import select

    from db.collection.sources import load_book
    from db.models import Source

    book = load_book(conn)
    names = {known: name for known, name in conn.execute(select(Source.id, Source.name))}
    try:
        return find_ids((book.find_by_hint(name) or name for name in asked), names)
    except UnknownName as error:
        fail(f"outlet: {error}", hint="steppewatch source list shows them all")
