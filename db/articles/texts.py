"""Complete articles as queries see them: the text of a revision with all its metadata."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from db.models import Article, EntityRow, MentionRow, Revision, Source, SourceDomain


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A revision, its article and its outlet."""

    revision_id: int
    article_id: int
    cluster_id: int
    title: str | None
    author: str | None
    language: str | None
    genre: str | None
    url: str
    dated_at: datetime
    """Time of publication, or of collection if the publication is unknown."""
    counts_on: date
    source_id: str
    source_name: str
    country: str | None
    text: str
    is_undated: bool = False
    """True if it counts on no day."""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMention:
    """A mention with the type of its entity."""

    field: str
    start: int
    end: int
    entity_id: str
    type: str
    level: str


_COLUMNS = (
    Revision.id.label("revision_id"),
    Revision.article_id,
    func.coalesce(Article.cluster_id, Article.id).label("cluster_id"),
    Revision.title,
    Revision.author,
    Revision.language,
    Revision.genre,
    Article.url,
    func.coalesce(Article.published_at, Article.collected_at, type_=Article.collected_at.type).label("dated_at"),
    Article.counts_on,
    Source.id.label("source_id"),
    Source.name.label("source_name"),
    Source.country,
    Revision.text,
    Article.is_undated,
)


def _texts() -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*_COLUMNS)
    return query.join(Article, Article.id == Revision.article_id).join(Source, Source.id == Article.source_id)


def read_texts(conn: Connection, revision_ids: Collection[int]) -> list[TextRow]:
    """Return revisions by id, ordered by it."""
    query = _texts().where(Revision.id.in_(revision_ids)).order_by(Revision.id)
    return _rows(conn, query)


def _rows(conn: Connection, query: Select[*tuple[Any, ...]]) -> list[TextRow]:
    rows = conn.execute(query).all()
    domains: dict[str, tuple[str, ...]] = {}
    owned = select(SourceDomain.source_id, SourceDomain.domain).order_by(SourceDomain.domain)
    for source_id, domain in conn.execute(owned.where(SourceDomain.source_id.in_({row.source_id for row in rows}))):
        domains[source_id] = (*domains.get(source_id, ()), domain)
    return [TextRow(**row._asdict(), domains=domains.get(row.source_id, ())) for row in rows]


def read_mentions(conn: Connection, revision_ids: Collection[int]) -> dict[int, list[StoredMention]]:
    """Return the mentions of revisions by id, in reading order."""
    query = (
        select(
            MentionRow.revision_id,
            MentionRow.field,
            MentionRow.start,
            MentionRow.end,
            MentionRow.entity_id,
            EntityRow.type,
            MentionRow.level,
        )
        .join(EntityRow, EntityRow.id == MentionRow.entity_id)
        .where(MentionRow.revision_id.in_(revision_ids))
        .order_by(MentionRow.revision_id, MentionRow.field, MentionRow.start, MentionRow.end)
    )
    found: dict[int, list[StoredMention]] = {}
    for revision_id, field, start, end, entity_id, type, level in conn.execute(query):
        found.setdefault(revision_id, []).append(
            StoredMention(field=field, start=start, end=end, entity_id=entity_id, type=type, level=level)
        )
    return found
