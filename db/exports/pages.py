"""Rows of exports in pages, continued by key, so that a reader may come back after any row.

A page is read within a bound, whatever the filters select. If they select few articles, those are looked up first.
Otherwise the keys are walked in windows that grow, up to a maximum for one page: then it ends with fewer rows, and
the next goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import aliased

from db.dialect import bytewise
from db.enums.exports import ExportKind
from db.exports.page_keys import KEYS, RowKey, end_of, in_key_order, is_after
from db.exports.read import Filters, select_rows
from db.exports.row_articles import RowArticle, find_few_articles
from db.models import Article, MatchRow, MentionRow, Revision

_WINDOW = 1_000
WALKED = {
    ExportKind.ARTICLES: 60_000,
    ExportKind.REVISIONS: 30_000,
    ExportKind.MENTIONS: 8_000,
    ExportKind.CLUSTERS: 30_000,
}
"""Maximum number of keys that are walked for one page; other kinds are small."""


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

    A page of articles, revisions, mentions or clusters may have fewer rows and yet not be the last.
    """
    if kind not in WALKED or among:
        return _read(conn, kind, filters, after, limit, among)
    few = find_few_articles(conn, filters)
    if few is not None:
        return _read(conn, kind, filters, after, limit, _of_articles(kind, few))
    rows: list[Mapping[str, Any]] = []
    passing, entities = replace(filters, entities=()), _mentioning(kind, filters.entities)
    for low, is_end in _iter_windows(conn, kind, after):
        window = [KEYS[kind][0].column >= low, *entities]
        page = _read(conn, kind, passing, after, limit - len(rows), window)
        rows += page.rows
        if page.after is not None or is_end:
            return RowPage(rows, page.after)
        after = end_of(kind, low)
        if len(rows) == limit:
            break
    return RowPage(rows, after)


def read_rows_of(
    conn: Connection,
    kind: ExportKind,
    found: Sequence[RowArticle],
    *,
    entities: Sequence[str] = (),
    after: RowKey | None,
    limit: int,
) -> RowPage:
    """Return the next rows of these articles; of mentions only those of the entities, if any are given."""
    column, values = {
        ExportKind.MENTIONS: (MentionRow.revision_id, [one.revision_id for one in found]),
        ExportKind.REVISIONS: (Revision.id, [one.key[0] for one in found]),
        ExportKind.MATCHES: (MatchRow.id, [one.key[0] for one in found]),
    }.get(kind, (Article.id, [one.article_id for one in found]))
    only = _mentioning(kind, entities) if kind is ExportKind.MENTIONS else []
    return _read(conn, kind, Filters(), after, limit, [column.in_(values), *only])


def _read(
    conn: Connection,
    kind: ExportKind,
    filters: Filters,
    after: RowKey | None,
    limit: int,
    among: Sequence[ColumnElement[bool]],
) -> RowPage:
    parts = [replace(part, column=_ordered(conn, part.column)) for part in KEYS[kind]]
    keys = [part.column.label(f"_key{place}") for place, part in enumerate(KEYS[kind])]
    query = select_rows(conn, kind, filters).add_columns(*keys).where(*among)
    if after is not None:
        query = query.where(is_after(parts, after))
    rows = conn.execute(query.order_by(None).order_by(*in_key_order(parts)).limit(limit + 1)).mappings().all()
    has_more = len(rows) > limit
    shown = rows[:limit]
    last = tuple(shown[-1][key.name] for key in keys) if shown and has_more else None
    return RowPage([{name: row[name] for name in row if not name.startswith("_key")} for row in shown], last)


def _of_articles(kind: ExportKind, article_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """Return the condition that a row is of one of a few articles, on the column of an index."""
    if kind is ExportKind.REVISIONS:
        return [Revision.article_id.in_(article_ids)]
    if kind is ExportKind.MENTIONS:
        return [MentionRow.revision_id.in_(select(Article.revision_id).where(Article.id.in_(article_ids)))]
    return [Article.id.in_(article_ids)]


def _mentioning(kind: ExportKind, entities: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return the condition that an article mentions one of the entities, asked article by article."""
    if not entities:
        return []
    if kind is ExportKind.MENTIONS:
        return [MentionRow.entity_id.in_(entities)]
    mention = aliased(MentionRow)
    found = select(mention.revision_id).where(
        mention.revision_id == Article.revision_id, mention.entity_id.in_(entities)
    )
    return [found.exists()]


def _iter_windows(conn: Connection, kind: ExportKind, after: RowKey | None) -> Iterator[tuple[int, bool]]:
    """Yield the least key of each window, the highest first, and whether it is the last one of all."""
    column = KEYS[kind][0].column
    least = conn.scalar(select(func.min(column)))
    high = after[0] if after is not None else conn.scalar(select(func.max(column)))
    if least is None or high is None:
        yield 0, True
        return
    walked, size = 0, _WINDOW
    while walked < WALKED[kind]:
        walked += size
        low = max(high - walked, least)
        yield low, low == least
        if low == least:
            return
        size *= 2


def _ordered(conn: Connection, column: Any) -> Any:
    return bytewise(conn, column) if column.type.python_type is str else column
