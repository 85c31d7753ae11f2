"""First appearances of entities and pairs, and the stories and articles behind a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Select, and_, func, select
from sqlalchemy.orm import aliased

from db.dialect.functions import is_one_of_few
from db.enums.coverage import CoverageSplit
from db.models import Article, CoverageCell, CoverageFact, CoverageSeries, EntityRow, Revision, Source
from db.text.headlines import BEGINNING, headline

_LARGEST = 1_000
_Rows = TypeVar("_Rows", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True, kw_only=True)
class TopStory:
    """A story behind a count: its original, and the number of its counted articles."""

    article_id: int
    url: str
    title: str | None
    headline: str
    """The title, or the first words of a text without one."""
    articles: int


def first_appearances(conn: Connection, since: date, until: date) -> list[tuple[date, str, int]]:
    """Return (day, entity, articles) of entities that no article mentioned before `since`, and some did by `until`.

    Articles without a day are left out.
    """
    series = CoverageSeries
    query = (
        _count_new(CoverageSplit.ALL, since, until)
        .where(series.entity_id.in_(select(EntityRow.id)))
        .group_by(series.first_on, series.entity_id, series.part)
        .order_by(series.first_on, series.entity_id)
    )
    return [(day, entity, int(articles)) for day, entity, _, articles in conn.execute(query)]


def first_pairs(conn: Connection, since: date, until: date, *, limit: int) -> list[tuple[date, str, str, int]]:
    """Return (day, entity, other, articles by `until`) of entities that no article named together before `since`.

    Those with most articles come first; at most `limit`.
    """
    series = CoverageSeries
    query = _count_new(CoverageSplit.ENTITY, since, until).group_by(series.first_on, series.entity_id, series.part)
    query = query.order_by(func.sum(CoverageCell.articles).desc(), series.entity_id, series.part).limit(limit)
    return [(day, entity, other, int(number)) for day, entity, other, number in conn.execute(query)]


def _count_new(split: CoverageSplit, since: date, until: date) -> Select[*tuple[Any, ...]]:
    """Return the query of the series by day that begin on these days, with their articles in them; not yet grouped."""
    series, cells = CoverageSeries, CoverageCell
    query: Select[*tuple[Any, ...]] = select(
        series.first_on, series.entity_id, series.part, func.sum(cells.articles)
    ).join(cells, and_(cells.series_id == series.id, cells.bucket_on.between(since, until)))
    return query.where(series.split == split, series.first_on.between(since, until))


class StoriesAsked(NamedTuple):
    """The stories of articles that mention all these entities (one or two) on these days."""

    entities: Sequence[str]
    since: date
    until: date


def top_stories(conn: Connection, entities: Sequence[str], since: date, until: date, *, limit: int) -> list[TopStory]:
    """Return the largest stories of articles that mention all these entities (one or two) on these days."""
    return list_top_stories(conn, [StoriesAsked(entities, since, until)], limit=limit)[0]


def list_top_stories(conn: Connection, asked: Sequence[StoriesAsked], *, limit: int) -> list[list[TopStory]]:
    """Return the largest stories behind each of several counts, as `top_stories` does, with all titles read at once."""
    original = aliased(Article)
    counts = [_count_largest(conn, *one, limit) or _count_stories(conn, *one, limit) for one in asked]
    titles = (
        select(original.id, original.url, Revision.title, func.substr(Revision.text, 1, BEGINNING))
        .join(Revision, Revision.id == original.revision_id)
        .where(original.id.in_({story_id for one in counts for story_id in one}))
    )
    rows: dict[int, dict[str, Any]] = {
        id: {"article_id": id, "url": url, "title": title, "headline": headline(title, text) or url}
        for id, url, title, text in conn.execute(titles)
    }
    return [
        [TopStory(**rows[story_id], articles=number) for story_id, number in one.items() if story_id in rows]
        for one in counts
    ]


def _count_largest(
    conn: Connection, entities: Sequence[str], since: date, until: date, limit: int
) -> dict[int, int] | None:
    """Return the articles of the largest stories; None if fewer than `limit` of them have two reprints, or if too many
    are of one size.

    An index has the reprints, which are few: a frequent entity has tens of thousands of articles in a season.
    """
    query = _require_mentions(select(func.coalesce(Article.cluster_id, 0), func.count()), entities, since, until)
    query = query.where(Article.cluster_id != Article.id, Article.counts_on.between(since, until))
    query = query.group_by(Article.cluster_id).order_by(func.count().desc()).limit(_LARGEST)
    reprints: dict[int, int] = dict(conn.execute(query).all())
    ranked = list(reprints.values())
    if (
        len(ranked) < limit
        or ranked[limit - 1] < 2
        or (len(ranked) == _LARGEST and ranked[-1] >= ranked[limit - 1] - 1)
    ):
        return None
    # an original is one more, so that a story with one reprint less may be as large
    near = [story for story, number in reprints.items() if number >= ranked[limit - 1] - 1]
    originals = _require_mentions(select(Article.id), entities, since, until).where(is_one_of_few(Article.id, near))
    present = set(conn.scalars(originals))
    counts = {story: reprints[story] + (story in present) for story in near}
    largest = sorted(counts, key=lambda story: (-counts[story], story))[:limit]
    return {story: counts[story] for story in largest}


def _count_stories(conn: Connection, entities: Sequence[str], since: date, until: date, limit: int) -> dict[int, int]:
    """Return the articles of the largest stories, each article looked up."""
    story = func.coalesce(Article.cluster_id, Article.id)
    query = _require_mentions(select(story, func.count()), entities, since, until)
    query = query.group_by(story).order_by(func.count().desc(), story).limit(limit)
    return {story_id: number for story_id, number in conn.execute(query)}


def _require_mentions(query: _Rows, entities: Sequence[str], since: date, until: date) -> _Rows:
    """Return a query of articles as one of those that mention all these entities on these days."""
    query = query.join(CoverageFact, CoverageFact.article_id == Article.id)
    query = query.where(CoverageFact.entity_id == entities[0], CoverageFact.counts_on.between(since, until))
    for other in entities[1:]:
        also = select(CoverageFact.article_id).where(CoverageFact.entity_id == other)
        query = query.where(Article.id.in_(also.where(CoverageFact.counts_on.between(since, until))))
    return query


def top_articles(conn: Connection, entity: str, since: date, until: date, *, limit: int) -> list[tuple[str, str, str]]:
    """Return (outlet, URL, headline) of the newest articles that mention an entity on these days."""
    query = (
        select(Source.name, Article.url, Revision.title, func.substr(Revision.text, 1, BEGINNING))
        .join(CoverageFact, CoverageFact.article_id == Article.id)
        .join(Revision, Revision.id == Article.revision_id)
        .join(Source, Source.id == Article.source_id)
        .where(CoverageFact.entity_id == entity, CoverageFact.counts_on.between(since, until))
        .order_by(CoverageFact.counts_on.desc(), Article.published_at.desc(), Article.canonical_url)
        .limit(limit)
    )
    return [(outlet, url, headline(title, text) or url) for outlet, url, title, text in conn.execute(query)]


def newest_articles(conn: Connection, entity: str, since: date, until: date, *, limit: int) -> list[int]:
    """Return the newest articles that count for an entity on these days, the newest first."""
    query = (
        select(CoverageFact.article_id)
        .join(Article, Article.id == CoverageFact.article_id)
        .where(CoverageFact.entity_id == entity, CoverageFact.counts_on.between(since, until))
        .order_by(
            CoverageFact.counts_on.desc(),
            func.coalesce(Article.published_at, Article.collected_at).desc(),
            CoverageFact.article_id.desc(),
        )
        .limit(limit)
    )
    return list(conn.scalars(query))
