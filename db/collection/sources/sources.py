"""Outlets as they are listed, counted and looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, literal, null, select

from db.collection.feeds.feeds import LISTED
from db.enums.collection import FeedKind, FeedState
from db.models import Article, Feed, Source, SourceDomain, SourceRemoval

AGGREGATOR = "aggregator"
"""The catalogue's kind of outlets with feeds that may describe pages of others."""

NOT_COLLECTED = "none"
WAYS = (FeedKind.FEED.value, FeedKind.SITEMAP.value, FeedKind.SECTION.value, NOT_COLLECTED)
"""The ways by which an outlet can be collected, the best first: the kind of an active feed, or none."""


def find_names(conn: Connection) -> dict[str, str]:
    """Return the names of outlets by id."""
    return {source_id: name for source_id, name in conn.execute(select(Source.id, Source.name))}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """An outlet as shown in lists."""

    id: str
    name: str
    country: str | None
    languages: list[str]
    kind: str | None
    origin: str
    feeds: int
    articles: int
    latest_at: datetime | None
    last_error: str | None
    collected_by: str
    """The best way by which it is collected now: one of `WAYS`."""


def list_sources(conn: Connection, *, only: Iterable[str] | None = None) -> list[SourceRow]:
    """Return outlets by id, with the number of feeds and articles of each and its latest problem."""
    feeds = (
        select(
            Feed.source_id, func.count().label("n"), func.max(Feed.last_error).label("error"), _best_way().label("way")
        )
        .where(LISTED)
        .group_by(Feed.source_id)
        .subquery()
    )
    # of each outlet by itself: an index has both, so that no article is read
    articles = select(func.count()).where(Article.source_id == Source.id).select_from(Article).scalar_subquery()
    latest = select(func.max(Article.collected_at)).where(Article.source_id == Source.id).scalar_subquery()
    query = (
        select(
            Source.id,
            Source.name,
            Source.country,
            Source.languages,
            Source.kind,
            Source.origin,
            func.coalesce(feeds.c.n, 0).label("feeds"),
            articles.label("articles"),
            latest.label("latest_at"),
            feeds.c.error.label("last_error"),
            func.coalesce(feeds.c.way, NOT_COLLECTED).label("collected_by"),
        )
        .outerjoin(feeds, feeds.c.source_id == Source.id)
        .order_by(Source.id)
    )
    if only is not None:
        query = query.where(Source.id.in_(list(only)))
    return [SourceRow(**row._asdict()) for row in conn.execute(query)]


def _best_way() -> ColumnElement[str]:
    """Return the best kind of the active feeds of a group; null without an active one."""
    active = case((Feed.state == FeedState.ACTIVE, Feed.kind))
    ways = [(func.max(case((active == way, 1))) == 1, literal(way)) for way in WAYS if way != NOT_COLLECTED]
    return case(*ways, else_=null())


def count_collected(conn: Connection) -> dict[str, int]:
    """Return the number of outlets by the best way of their collection, those that never brought an article, and those
    that are removed; the removed are counted only as such.
    """
    removed = select(SourceRemoval.source_id).where(SourceRemoval.source_id == Source.id).exists()
    ways = select(Feed.source_id, _best_way().label("way")).group_by(Feed.source_id).subquery()
    way = func.coalesce(ways.c.way, NOT_COLLECTED)
    heard = select(Article.id).where(Article.source_id == Source.id).exists()
    here = select(way, func.count(), func.sum(case((heard, 0), else_=1))).select_from(Source)
    query = here.outerjoin(ways, ways.c.source_id == Source.id).where(~removed).group_by(way)
    counts = {way: 0 for way in WAYS} | {"never_heard": 0}
    for name, number, never in conn.execute(query):
        counts[name] = number
        counts["never_heard"] += int(never)
    return counts | {"removed": conn.scalar(select(func.count()).select_from(SourceRemoval)) or 0}


def list_names(conn: Connection) -> list[tuple[str, str, list[str]]]:
    """Return id, name and domains of every outlet, by id."""
    domains: dict[str, list[str]] = {}
    for domain, source_id in conn.execute(select(SourceDomain.domain, SourceDomain.source_id)):
        domains.setdefault(source_id, []).append(domain)
    named = conn.execute(select(Source.id, Source.name).order_by(Source.id))
    return [(source_id, name, sorted(domains.get(source_id, ()))) for source_id, name in named]


def find_source(conn: Connection, source_id: str) -> Source | None:
    """Return one outlet, or None."""
    row = conn.execute(select(Source.__table__).where(Source.id == source_id)).mappings().first()
    return Source(**row) if row else None


def list_domains(conn: Connection, source_id: str) -> list[str]:
    """Return the domains of an outlet in alphabetical order."""
    return list(
        conn.scalars(
            select(SourceDomain.domain).where(SourceDomain.source_id == source_id).order_by(SourceDomain.domain)
        )
    )


def count_sources(conn: Connection, *, known_at: datetime | None = None) -> int:
    """Return the number of outlets, now or at an instant."""
    query = select(func.count()).select_from(Source)
    return conn.scalar(query if known_at is None else query.where(Source.added_at <= known_at)) or 0


def latest_collected(conn: Connection, source_ids: Collection[str]) -> dict[str, datetime]:
    """Return the time of the last collected article by outlet, for outlets that have one."""
    query = select(Article.source_id, func.max(Article.collected_at)).where(Article.source_id.in_(source_ids))
    return {source_id: latest for source_id, latest in conn.execute(query.group_by(Article.source_id))}
