"""Revisions with the changes from the previous text."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row

from db.articles.former_texts import FormerText, read_former_text, read_predecessors
from db.enums.exports import ExportKind
from db.exports import read
from db.exports.read import Filters
from worker.text.word_diff import changes_between, passages

_CHANGES = ("previous_revision_id", "title_changed", "entities_added", "entities_removed", "changes", "diff")
"""The columns of `_changes`, in its order."""
_OF_ONE_ARTICLE = 1_000
"""As many revisions as an article may have: what it says of one depends on all of them."""


def rows_with_changes(
    conn: Connection,
    filters: Filters,
    longest: int | None = None,
    *,
    columns: Sequence[str],
    most: int | None = None,
) -> Generator[Sequence[object]]:
    """Return the rows of revisions with their changes; after `longest` characters these are cut.

    With `most` at least so many of the first ones.

    Raises ColumnsDiffer when these are not the declared `columns`.
    """
    own, added = columns[: -len(_CHANGES)], columns[-len(_CHANGES) :]
    read.check_columns("revisions with diff", _CHANGES, added)
    whole = None if most is None else most + _OF_ONE_ARTICLE
    return _with_changes(conn, read.iter_rows(conn, ExportKind.REVISIONS, filters, columns=own, most=whole), longest)


def _with_changes(
    conn: Connection, revisions: Generator[Row[*tuple[Any, ...]]], longest: int | None
) -> Generator[Sequence[object]]:
    with closing(revisions):
        for article_id, group in groupby(revisions, key=attrgetter("article_id")):
            rows = list(group)
            before = read_predecessors(conn, article_id) if len(rows) > 1 else {}
            for row in rows:
                yield (*row, *_changes(conn, before.get(row.revision_id), row.revision_id, longest))


def _changes(conn: Connection, before: int | None, after: int, longest: int | None) -> tuple[Any, ...]:
    if before is None:
        return (None,) * len(_CHANGES)
    old, new = read_former_text(conn, before), read_former_text(conn, after)
    found = changes_between(old.text, new.text)
    changes = [
        {
            "op": change.op,
            "old": old.text[change.old_start : change.old_end],
            "new": new.text[change.new_start : change.new_end],
        }
        for change in found
    ]
    readable = "\n".join(map(str, passages(old.text, new.text, found)))
    return (
        before,
        old.title != new.title,
        *_entities(old, new),
        _cut(json.dumps(changes, ensure_ascii=False, separators=(",", ":")), longest),
        _cut(readable, longest),
    )


def _entities(old: FormerText, new: FormerText) -> tuple[str | None, str | None]:
    """Return the added and the removed entities."""
    if old.entities is None or new.entities is None:
        return None, None
    return " ".join(sorted(new.entities - old.entities)), " ".join(sorted(old.entities - new.entities))


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[:longest]} …"
