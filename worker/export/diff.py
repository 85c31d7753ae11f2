"""Revisions with the changes from the previous text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from db.articles.former_texts import FormerText, read_former_text, read_predecessors
from db.exports import read
from db.exports.read import Filters
from worker.text.word_diff import changes_between, passages

_FIRST = (None,) * 6


def rows_with_changes(conn: Connection, filters: Filters, longest: int | None = None) -> Iterator[Sequence[object]]:
    """Yield the rows of revisions with the columns `WITH_CHANGES`, which are cut after `longest` characters."""
    for article_id, group in groupby(read.iter_rows(conn, "revisions", filters), key=attrgetter("article_id")):
        rows = list(group)
        before = read_predecessors(conn, article_id) if len(rows) > 1 else {}
        for row in rows:
            yield (*row, *_changes(conn, before.get(row.revision_id), row.revision_id, longest))


def _changes(conn: Connection, before: int | None, after: int, longest: int | None) -> tuple[Any, ...]:
    if before is None:
        return _FIRST
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
