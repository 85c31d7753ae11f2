"""Rows of exports in pages, continued by key, so that a reader may come back after any row.

The keys never change, unlike the days and addresses that order an export: while articles arrive and change, each row
that was there from the first page to the last is read exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, or_

from db.dialect import bytewise
from db.enums.exports import ExportKind
from db.exports.read import Filters, select_rows
from db.models import Article, CoverageCell, CoverageSeries, MatchRow, MentionRow, Revision, Source

RowKey = tuple[Any, ...]
"""The values of a row's key."""


@dataclass(frozen=True, slots=True)
class _KeyPart:
    column: Any
    is_descending: bool = False


_KEYS: Mapping[ExportKind, Sequence[_KeyPart]] = {
    ExportKind.ARTICLES: (_KeyPart(Article.id, True),),
    ExportKind.REVISIONS: (_KeyPart(Revision.id, True),),
    ExportKind.MENTIONS: (
        _KeyPart(MentionRow.revision_id, True),
        _KeyPart(MentionRow.field, True),
        _KeyPart(MentionRow.start),
        _KeyPart(MentionRow.end),
        _KeyPart(MentionRow.entity_id),
    ),
    ExportKind.COOCCURRENCE: (_KeyPart(CoverageSeries.id), _KeyPart(CoverageCell.bucket_on)),
    ExportKind.CLUSTERS: (_KeyPart(Article.cluster_id, True), _KeyPart(Article.id)),
    ExportKind.MATCHES: (_KeyPart(MatchRow.id, True),),
    ExportKind.SOURCES: (_KeyPart(Source.id),),
}


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows of an export, and the key to continue after; None after the last row."""

    rows: Sequence[Mapping[str, Any]]
    after: RowKey | None


def key_types(kind: ExportKind) -> Sequence[type]:
    """Return the types of the values of a key."""
    return [part.column.type.python_type for part in _KEYS[kind]]


def read_page(
    conn: Connection,
    kind: ExportKind,
    filters: Filters,
    *,
    after: RowKey | None = None,
    limit: int,
    among: Sequence[ColumnElement[bool]] = (),
) -> RowPage:
    """Return the next rows of an export, optionally only those of further conditions. Raises CannotFilter."""
    parts = [_KeyPart(_ordered(conn, part.column), part.is_descending) for part in _KEYS[kind]]
    keys = [part.column.label(f"_key{place}") for place, part in enumerate(_KEYS[kind])]
    query = select_rows(conn, kind, filters).add_columns(*keys).where(*among)
    if after is not None:
        query = query.where(_is_after(parts, after))
    order = [part.column.desc() if part.is_descending else part.column.asc() for part in parts]
    rows = conn.execute(query.order_by(None).order_by(*order).limit(limit + 1)).mappings().all()
    has_more = len(rows) > limit
    shown = rows[:limit]
    last = tuple(shown[-1][key.name] for key in keys) if shown and has_more else None
    return RowPage([{name: row[name] for name in row if not name.startswith("_key")} for row in shown], last)


def _ordered(conn: Connection, column: Any) -> Any:
    return bytewise(conn, column) if column.type.python_type is str else column


def _is_after(parts: Sequence[_KeyPart], after: RowKey) -> ColumnElement[bool]:
    """Return the condition that a key comes later. The first part is in it twice, for an index to serve it."""
    later: ColumnElement[bool] = false()
    for part, value in reversed(list(zip(parts, after, strict=True))):
        beyond = part.column < value if part.is_descending else part.column > value
        later = or_(beyond, and_(part.column == value, later))
    first, value = parts[0], after[0]
    return and_(first.column <= value if first.is_descending else first.column >= value, later)
