"""The articles behind the rows of exports, in the order of the pages, for a reader that selects rows by article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from db.articles.filters import Filters, conditions, conditions_on_articles, count_within, in_languages
from db.articles.lists.candidates import add_entities
from db.articles.lists.holders import find_few, select_holders
from db.articles.word_index import Need
from db.dialect.functions import is_one_of_few, passes
from db.enums.exports import ExportKind
from db.exports.page_keys import KEYS, KeyPart, RowKey, build_end_key, in_key_order, is_after
from db.models import Article, MatchRow, MentionRow, Revision

FEW = 3_000
"""Number of articles that filters select up to which they are looked up first."""
_FEW_HOLDERS = 10_000
"""The same for articles with the words of a query."""
_FIRST_BATCH, _LAST_BATCH = 200, 3_200
_FIRST_WINDOW, _LAST_WINDOW = 1_000, 16_000


@dataclass(frozen=True, slots=True)
class RowArticle:
    """An article with a row, or with several whose keys begin alike."""

    key: RowKey
    """The key after which its rows end."""
    article_id: int
    revision_id: int
    """Its current text."""


@dataclass(frozen=True, slots=True)
class RowArticles:
    """Some articles, and the key up to which there are no others; None if none follow at all."""

    found: Sequence[RowArticle]
    to: RowKey | None


@dataclass(frozen=True, slots=True)
class _Order:
    """The columns that order the articles of a kind of rows: the key or its beginning."""

    parts: Sequence[KeyPart]
    query: Select[*tuple[Any, ...]]


def iter_row_articles(
    conn: Connection,
    kind: ExportKind,
    filters: Filters,
    need: Need | None,
    *,
    after: RowKey | None,
    among: Sequence[ColumnElement[bool]] = (),
) -> Iterator[RowArticles]:
    """Yield the articles with rows after a key that pass the filters and may fulfil the need, in the order of the keys.

    `among` are further conditions on the rows. Each batch is read within a bound, whatever is selected.
    """
    need = add_entities(filters, need)
    order = ROW_ARTICLES[kind]
    passing = [*conditions_on_articles(filters), *in_languages(conn, filters.languages)]
    query = order.query.where(*among)
    few = find_few(conn, need, limit=_FEW_HOLDERS) if need is not None else None
    if few is not None:
        batches = _iter_few(conn, kind, query.where(is_one_of_few(Article.revision_id, few), *passing), after)
    elif (articles := find_few_articles(conn, replace(filters, entities=()))) is not None:
        batches = _iter_few(conn, kind, query.where(is_one_of_few(Article.id, articles), *passing), after)
    else:
        batches = _walk(conn, kind, query.where(passes(and_(*passing))), after)
    for batch in batches:
        if need is None:
            yield batch
        else:
            holders = select_holders(conn, need, {one.revision_id for one in batch.found})
            yield replace(batch, found=[one for one in batch.found if one.revision_id in holders])


def find_few_articles(conn: Connection, filters: Filters) -> list[int] | None:
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


def _build_orders() -> Mapping[ExportKind, _Order]:
    copy = aliased(Article)
    has_copies = select(copy.id).where(copy.cluster_id == Article.cluster_id, copy.id != copy.cluster_id).exists()
    current = KeyPart(Article.revision_id, True)
    return {
        ExportKind.ARTICLES: _order(KEYS[ExportKind.ARTICLES]),
        ExportKind.MENTIONS: _order([current]),
        ExportKind.REVISIONS: _order(KEYS[ExportKind.REVISIONS], Revision.article_id),
        ExportKind.CLUSTERS: _order(KEYS[ExportKind.CLUSTERS], None, has_copies),
        ExportKind.MATCHES: _order(KEYS[ExportKind.MATCHES], MatchRow.article_id),
    }


def _order(parts: Sequence[KeyPart], article: Any = None, *where: ColumnElement[bool]) -> _Order:
    query = select(*(part.column for part in parts), Article.id, Article.revision_id).where(*where)
    return _Order(parts, query if article is None else query.join(Article, Article.id == article))


ROW_ARTICLES = _build_orders()
"""The kinds of rows that articles have."""


def _iter_few(
    conn: Connection, kind: ExportKind, query: Select[*tuple[Any, ...]], after: RowKey | None
) -> Iterator[RowArticles]:
    # sorted here, and no index for the key: else all keys after it might be walked for the few
    found = _read(conn, kind, query.where(*(passes(condition) for condition in _beyond(kind, after))))
    found.sort(key=lambda one: _sort_key(kind, one.key))
    for start in range(0, len(found), _FIRST_BATCH):
        part = found[start : start + _FIRST_BATCH]
        is_last = start + _FIRST_BATCH >= len(found)
        yield RowArticles(part, None if is_last else part[-1].key)


def _walk(
    conn: Connection, kind: ExportKind, query: Select[*tuple[Any, ...]], after: RowKey | None
) -> Iterator[RowArticles]:
    """Yield the articles in windows of keys that grow, because filters may select few of many."""
    first = ROW_ARTICLES[kind].parts[0].column
    least = conn.scalar(select(func.min(first)))
    high = after[0] if after is not None else conn.scalar(select(func.max(first)))
    if least is None or high is None:
        return
    query = query.order_by(*in_key_order(ROW_ARTICLES[kind].parts))
    size, window = _FIRST_BATCH, _FIRST_WINDOW
    while True:
        low = max(high - window, least)
        batch = _read(conn, kind, query.where(first >= low, *_beyond(kind, after)).limit(size))
        is_full = len(batch) == size
        if is_full:
            after = batch[-1].key
            size = min(2 * size, _LAST_BATCH)
        else:
            after = build_end_key(kind, low)
            window = min(2 * window, _LAST_WINDOW)
        high = after[0]
        is_last = not is_full and low == least
        yield RowArticles(batch, None if is_last else after)
        if is_last:
            return


def _read(conn: Connection, kind: ExportKind, query: Select[*tuple[Any, ...]]) -> list[RowArticle]:
    return [
        RowArticle(build_end_key(kind, *begin), article_id, revision_id)
        for *begin, article_id, revision_id in conn.execute(query)
    ]


def _sort_key(kind: ExportKind, key: RowKey) -> tuple[int, ...]:
    parts = ROW_ARTICLES[kind].parts
    return tuple(-value if part.is_descending else value for part, value in zip(parts, key, strict=False))


def _beyond(kind: ExportKind, after: RowKey | None) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions for an article to have rows after a key, which may be between two rows of one article."""
    if after is None:
        return
    parts = ROW_ARTICLES[kind].parts
    begin = after[: len(parts)]
    if after == build_end_key(kind, *begin):
        yield is_after(parts, begin)
    else:
        here = and_(*(part.column == value for part, value in zip(parts, begin, strict=True)))
        yield and_(parts[0].column <= begin[0], or_(is_after(parts, begin), here))
