"""Rows of exports in pages, continued by key, so that a reader may come back after any row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection

from db.articles.filters import Rows
from db.dialect import bytewise
from db.dialect.functions import passes
from db.enums.exports import ExportKind
from db.exports.article_rows import conditions_on_mentions
from db.exports.page_keys import KEYS, RowKey, in_key_order, is_after
from db.exports.read import Filters, select_rows
from db.exports.row_articles import RowArticle
from db.models import Article, MatchRow, MentionRow, Revision


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows of an export, and the key to continue after; None after the last row."""

    rows: Sequence[Mapping[str, Any]]
    after: RowKey | None


def read_page(
    conn: Connection,
    kind: ExportKind,
    filters: Filters,
    *,
    after: RowKey | None = None,
    limit: int,
    among: Sequence[ColumnElement[bool]] = (),
) -> RowPage:
    """Return the next rows of an export, optionally only those of further conditions. Raises CannotFilter.

    The whole export may be read for it if the filters select few rows of many.
    """
    return _read(conn, select_rows(conn, kind, filters).where(*among), kind, after, limit)


def _read(
    conn: Connection, rows: Rows, kind: ExportKind, after: RowKey | None, limit: int, *, few: bool = False
) -> RowPage:
    """Return the next of some rows; if they are `few`, the key is no reason to choose an index."""
    parts = [replace(part, column=_ordered(conn, part.column)) for part in KEYS[kind]]
    keys = [part.column.label(f"_key{place}") for place, part in enumerate(KEYS[kind])]
    query = rows.add_columns(*keys)
    if after is not None:
        later = is_after(parts, after)
        query = query.where(passes(later) if few else later)
    found = conn.execute(query.order_by(None).order_by(*in_key_order(parts)).limit(limit + 1)).mappings().all()
    has_more = len(found) > limit
    shown = found[:limit]
    last = tuple(shown[-1][key.name] for key in keys) if shown and has_more else None
    return RowPage([{name: row[name] for name in row if not name.startswith("_key")} for row in shown], last)


def read_rows_of(
    conn: Connection,
    kind: ExportKind,
    found: Sequence[RowArticle],
    *,
    filters: Filters,
    after: RowKey | None,
    limit: int,
) -> RowPage:
    """Return the next rows of these articles, which pass the filters; of mentions only those of which they say so."""
    column, values = {
        ExportKind.MENTIONS: (MentionRow.revision_id, [one.revision_id for one in found]),
        ExportKind.REVISIONS: (Revision.id, [one.key[0] for one in found]),
        ExportKind.MATCHES: (MatchRow.id, [one.key[0] for one in found]),
    }.get(kind, (Article.id, [one.article_id for one in found]))
    only = conditions_on_mentions(filters) if kind is ExportKind.MENTIONS else ()
    rows = select_rows(conn, kind, Filters()).where(column.in_(values), *only)
    return _read(conn, rows, kind, after, limit, few=True)


def _ordered(conn: Connection, column: Any) -> Any:
    return bytewise(conn, column) if column.type.python_type is str else column
