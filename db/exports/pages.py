"""Rows of exports in pages, continued by key, so that a reader may come back after any row.

The keys never change, unlike the days and addresses that order an export: while articles arrive and change, each row
that was there from the first page to the last is read exactly once.

A page is read within a bound, whatever the filters select. If they select few articles, those are looked up first.
Otherwise the keys are walked in windows that grow, up to a maximum for one page: then it ends with fewer rows, and
the next goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from db.articles.filters import conditions, count_within
from db.dialect import bytewise
from db.enums.exports import ExportKind
from db.exports.read import Filters, select_rows
from db.models import Article, CoverageCell, CoverageSeries, MatchRow, MentionRow, Revision, Source

RowKey = tuple[Any, ...]
"""The values of a row's key."""
FEW = 3_000
"""Number of articles up to which they are looked up first."""
_WINDOW = 1_000


@dataclass(frozen=True, slots=True)
class _KeyPart:
    column: Any
    is_descending: bool = False
    last: Any = None
    """A value that no row comes after."""


_KEYS: Mapping[ExportKind, Sequence[_KeyPart]] = {
    ExportKind.ARTICLES: (_KeyPart(Article.id, True),),
    ExportKind.REVISIONS: (_KeyPart(Revision.id, True),),
    ExportKind.MENTIONS: (
        _KeyPart(MentionRow.revision_id, True),
        _KeyPart(MentionRow.field, True, ""),
        _KeyPart(MentionRow.start, last=0),
        _KeyPart(MentionRow.end, last=0),
        _KeyPart(MentionRow.entity_id, last=""),
    ),
    ExportKind.COOCCURRENCE: (_KeyPart(CoverageSeries.id), _KeyPart(CoverageCell.bucket_on)),
    ExportKind.CLUSTERS: (_KeyPart(Article.cluster_id, True), _KeyPart(Article.id, last=2**63 - 1)),
    ExportKind.MATCHES: (_KeyPart(MatchRow.id, True),),
    ExportKind.SOURCES: (_KeyPart(Source.id),),
}
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
    """Return the next rows of an export, optionally only those of further conditions. Raises CannotFilter.

    A page of articles, revisions, mentions or clusters may have fewer rows and yet not be the last.
    """
    if kind not in WALKED or among:
        return _read(conn, kind, filters, after, limit, among)
    few = _find_few(conn, filters)
    if few is not None:
        return _read(conn, kind, filters, after, limit, _of_articles(kind, few))
    rows: list[Mapping[str, Any]] = []
    passing, entities = replace(filters, entities=()), _mentioning(kind, filters.entities)
    for low, is_end in _iter_windows(conn, kind, after):
        window = [_KEYS[kind][0].column >= low, *entities]
        page = _read(conn, kind, passing, after, limit - len(rows), window)
        rows += page.rows
        if page.after is not None or is_end:
            return RowPage(rows, page.after)
        after = (low, *(part.last for part in _KEYS[kind][1:]))
        if len(rows) == limit:
            break
    return RowPage(rows, after)


def _read(
    conn: Connection,
    kind: ExportKind,
    filters: Filters,
    after: RowKey | None,
    limit: int,
    among: Sequence[ColumnElement[bool]],
) -> RowPage:
    parts = [replace(part, column=_ordered(conn, part.column)) for part in _KEYS[kind]]
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


def _find_few(conn: Connection, filters: Filters) -> list[int] | None:
    """Return the articles that the filters select, if an index says that they are few; else None."""
    days = [*count_within(filters.since, filters.until)]
    indexed = [
        select(Article.id).where(Article.source_id.in_(filters.sources)) if filters.sources else None,
        select(Article.id).where(*days) if days else None,
        select(MentionRow.revision_id).where(MentionRow.entity_id.in_(filters.entities)) if filters.entities else None,
    ]
    for query in indexed:
        if query is not None and len(conn.scalars(query.limit(FEW + 1)).all()) <= FEW:
            return list(conn.scalars(select(Article.id).where(*conditions(filters))))
    return None


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
    column = _KEYS[kind][0].column
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


def _is_after(parts: Sequence[_KeyPart], after: RowKey) -> ColumnElement[bool]:
    """Return the condition that a key comes later. The first part is in it twice, for an index to serve it."""
    later: ColumnElement[bool] = false()
    for part, value in reversed(list(zip(parts, after, strict=True))):
        beyond = part.column < value if part.is_descending else part.column > value
        later = or_(beyond, and_(part.column == value, later))
    first, value = parts[0], after[0]
    return and_(first.column <= value if first.is_descending else first.column >= value, later)
