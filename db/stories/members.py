"""The articles of a story, page by page: the original, then its reprints by date."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from db.models import Article, ClusterLink, Revision, Source
from db.text.headlines import BEGINNING


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article of a story, with the measured overlap with the original if there is one."""

    article_id: int
    revision_id: int
    url: str
    source_id: str
    source_name: str
    title: str | None
    beginning: str
    language: str | None
    genre: str | None
    published_at: datetime | None
    published_is_day: bool
    collected_at: datetime
    counts_on: date
    is_undated: bool
    revisions: int
    containment: float | None = None
    jaccard: float | None = None
    relation: str | None = None


def find_story(conn: Connection, article_id: int) -> int | None:
    """Return the id of the original of an article's story; None if the article does not exist."""
    query = select(func.coalesce(Article.cluster_id, Article.id)).where(Article.id == article_id)
    return conn.scalar(query)


def count_members(conn: Connection, story: int) -> int:
    """Return the number of articles of a story."""
    return conn.scalar(select(func.count()).select_from(Article).where(_is_of(story))) or 0


@dataclass(frozen=True, slots=True)
class StorySize:
    """The extent of a story."""

    articles: int
    outlets: int
    first_at: datetime | None
    last_at: datetime | None
    """Publication of the first and of the last article that have a date."""


def read_size(conn: Connection, story: int) -> StorySize:
    """Return the extent of a story."""
    columns = (
        func.count(),
        func.count(Article.source_id.distinct()),
        func.min(Article.published_at),
        func.max(Article.published_at),
    )
    return StorySize(*conn.execute(select(*columns).where(_is_of(story))).one())


def read_members(
    conn: Connection, story: int, *, limit: int, after: int | None = None, only: int | None = None
) -> list[StoryMember]:
    """Return articles of a story by date of publication, those without one last; optionally only those after one.

    With `only` just that article, if it is one of them.

    Raises LookupError if that article is not of the story.
    """
    query = _members().where(_is_of(story), *_after(conn, story, after))
    query = query if only is None else query.where(Article.id == only)
    query = query.order_by(Article.published_at.is_(None), Article.published_at, Article.canonical_url).limit(limit)
    rows = [row._asdict() for row in conn.execute(query)]
    links = _read_links(conn, story, [row["revision_id"] for row in rows])
    return [StoryMember(**row, **links.get(row["revision_id"], {})) for row in rows]


def _members() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Article.id.label("article_id"),
            Article.revision_id,
            Article.url,
            Article.source_id,
            Source.name.label("source_name"),
            Article.title,
            func.substr(Revision.text, 1, BEGINNING).label("beginning"),
            Article.language,
            Article.genre,
            Article.published_at,
            Article.published_is_day,
            Article.collected_at,
            Article.counts_on,
            Article.is_undated,
            Article.revisions,
        )
        .join(Source, Source.id == Article.source_id)
        .join(Revision, Revision.id == Article.revision_id)
    )


def _is_of(story: int) -> ColumnElement[bool]:
    return or_(Article.cluster_id == story, and_(Article.id == story, Article.cluster_id.is_(None)))


def _after(conn: Connection, story: int, article_id: int | None) -> Iterator[ColumnElement[bool]]:
    if article_id is None:
        return
    query = select(Article.published_at, Article.canonical_url).where(Article.id == article_id, _is_of(story))
    row = conn.execute(query).one_or_none()
    if row is None:
        raise LookupError(f"there is no article {article_id} in this story")
    later = Article.canonical_url > row.canonical_url
    if row.published_at is None:
        yield and_(Article.published_at.is_(None), later)
        return
    same_time = and_(Article.published_at == row.published_at, later)
    yield or_(Article.published_at.is_(None), Article.published_at > row.published_at, same_time)


def _read_links(conn: Connection, story: int, revision_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the overlap of these texts with the current text of the original, by revision."""
    original = conn.scalar(select(Article.revision_id).where(Article.id == story))
    if original is None:
        return {}
    columns = (ClusterLink.containment, ClusterLink.jaccard, ClusterLink.relation)
    wanted: Collection[int] = set(revision_ids) - {original}
    links = {}
    for own, other in (
        (ClusterLink.revision_a, ClusterLink.revision_b),
        (ClusterLink.revision_b, ClusterLink.revision_a),
    ):
        query = select(other.label("revision_id"), *columns).where(own == original, other.in_(wanted))
        for row in conn.execute(query):
            found = row._asdict()
            links[found.pop("revision_id")] = found
    return links
