"""Lookup of entities and outlets by the names that people use, with suggestions for misspelled ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from db.collection.sources.book import load_book
from db.models import Source
from db.vocabulary.versions import current_version, find_labels, get_content
from worker.vocabulary.stored_names import iter_names

if TYPE_CHECKING:
    from worker.query.names import QueryNames

_SHOWN = 4


class UnknownName(LookupError):
    """The name is unknown or ambiguous; message and `hint` name the `candidates` and where all names are.

    `kind` is `entity` or `source`.
    """

    def __init__(self, message: str, hint: str = "", candidates: Sequence[str] = (), *, kind: str = "entity") -> None:
        super().__init__(message)
        self.message, self.hint, self.candidates, self.kind = message, hint, candidates, kind


def find_ids(names: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """Return the ids for names that are ids or labels, in any letter case; each id once, in the order of the names.

    `labels` maps ids to labels. Raises UnknownName for the first name that is unknown or ambiguous.
    """
    by_key: dict[str, list[str]] = {}
    for known, label in labels.items():
        by_key.setdefault(_key(label), []).append(known)
    folded = {_key(known): known for known in labels}
    return list(dict.fromkeys(_find(name, labels, folded, by_key) for name in names))


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
        raise UnknownName(f"{name!r} may mean {' or '.join(sorted(found))}", candidates=sorted(found))
    if found:
        return found[0]
    near = get_close_matches(key, [*folded, *by_label], n=2 * _SHOWN, cutoff=0.6)
    ids = list(dict.fromkeys(folded[match] if match in folded else by_label[match][0] for match in near))[:_SHOWN]
    hint = ", ".join(f"{known} ({labels[known]})" for known in ids)
    raise UnknownName(f"{name!r} is unknown" + (f"; did you mean {hint}?" if hint else ""), candidates=ids)


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_entity_ids(conn: Connection, names: Sequence[str]) -> list[str]:
    """Return the ids of entities named by id, label or unambiguous alias; each once, in the order of the names.

    Raises UnknownName for an unknown or an ambiguous name.
    """
    labels = find_labels(conn)
    if not labels:
        raise UnknownName("no vocabulary is loaded", "steppewatch up and steppewatch ingest load it")
    found = _find_exact(conn, names, labels)
    if found.keys() == set(names):  # loading all other spellings takes a quarter of a second
        return list(dict.fromkeys(found[name] for name in names))
    known = _load_names(conn, labels)
    return list(dict.fromkeys(found.get(name) or get_entity_id(known, name) for name in names))


def _find_exact(conn: Connection, names: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return ids for the names that are exactly the id or label, else an alias, of a single entity."""
    found = {
        name: {name} if name in labels else ids
        for name, ids in find_holders(names, _iter_ids_and_labels(labels)).items()
    }
    rest = [name for name, ids in found.items() if not ids]
    version = current_version(conn) if rest else None
    if version is not None:
        found |= find_holders(rest, iter_names(get_content(conn, version)))
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _iter_ids_and_labels(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for id, label in labels.items():
        yield id, id
        yield label, id


def find_holders(wanted: Iterable[str], names: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the ids that match each wanted name among pairs of (name, id), in any letter case."""
    ids_by_key: dict[str, set[str]] = {_key(name): set() for name in wanted}
    for name, id in names:
        if (key := _key(name)) in ids_by_key:
            ids_by_key[key].add(id)
    return {name: ids_by_key[_key(name)] for name in wanted}


def get_entity_id(known: QueryNames, name: str) -> str:
    """Return the id of the entity with this name. Raises UnknownName if the name is unknown or ambiguous."""
    from worker.query.names import NoSuchEntity

    try:
        return known.get_entity(name)
    except NoSuchEntity as error:
        hint = error.hint or "steppewatch vocabulary list shows them all"
        raise UnknownName(error.message, hint, error.candidates) from None


def _load_names(conn: Connection, labels: Mapping[str, str]) -> QueryNames:
    """Return the names of the current vocabulary, plus the labels of entities that only older versions had."""
    from worker.query.names import QueryNames
    from worker.subscriptions.references import load_query_names

    known = load_query_names(conn) or QueryNames(entities={})
    return replace(known, entities={**known.entities} | {id: labels[id] for id in labels if id not in known.entities})


def find_source_ids(conn: Connection, names: Sequence[str]) -> list[str]:
    """Return the ids of outlets named by id, name or domain. Raises UnknownName for an unknown one."""
    book = load_book(conn)
    labels = {known: name for known, name in conn.execute(select(Source.id, Source.name))}
    try:
        return find_ids((book.find_by_hint(name) or name for name in names), labels)
    except UnknownName as error:
        hint = "steppewatch source list shows them all"
        raise UnknownName(error.message, hint, error.candidates, kind="source") from None
