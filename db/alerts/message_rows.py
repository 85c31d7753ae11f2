"""Content of deliveries and feeds: matches with their articles, outlets and reprints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from db.enums.alerts import SENT_STATUSES, MatchStatus
from db.models import Article, MatchRow, OutboxEntry, Revision, Source
from db.text.headlines import BEGINNING, headline

_STORY: ColumnElement[int] = func.coalesce(MatchRow.item_id, MatchRow.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDetails:
    """A match with the matched revision; the fields of articles are None for other events."""

    match_id: int
    story: int
    status: str
    matched_at: datetime
    because: Sequence[Sequence[Any]]
    facts: dict[str, Any]
    article_id: int | None
    url: str | None
    published_at: datetime | None
    published_is_day: bool | None
    source_name: str | None
    title: str | None
    author: str | None
    language: str | None
    text: str | None


_COLUMNS = (
    MatchRow.id.label("match_id"),
    _STORY.label("story"),
    MatchRow.status,
    MatchRow.matched_at,
    MatchRow.because,
    MatchRow.facts,
    Article.id.label("article_id"),
    Article.url,
    Article.published_at,
    Article.published_is_day,
    Source.name.label("source_name"),
    Revision.title,
    Revision.author,
    Revision.language,
    Revision.text,
)


def _match_details() -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*_COLUMNS)
    return (
        query.outerjoin(Revision, Revision.id == MatchRow.revision_id)
        .outerjoin(Article, Article.id == MatchRow.article_id)
        .outerjoin(Source, Source.id == Article.source_id)
    )


def read_delivery(conn: Connection, delivery_id: int, *, stories: int) -> tuple[list[MatchDetails], int]:
    """Return the matches of a delivery, of at most that many stories, and the total number of stories.

    The oldest stories come first; of one story the latest match.
    """
    told = (OutboxEntry.delivery_id == delivery_id, MatchRow.status.in_(SENT_STATUSES))
    inside = select(func.max(MatchRow.id)).join(OutboxEntry, OutboxEntry.match_id == MatchRow.id).where(*told)
    latest = inside.group_by(_STORY)
    total = conn.scalar(select(func.count()).select_from(latest.subquery())) or 0
    query = _match_details().where(MatchRow.id.in_(latest)).order_by(_STORY).limit(stories)
    return [MatchDetails(**row._asdict()) for row in conn.execute(query)], total


def read_first_told(conn: Connection, delivery_id: int) -> set[int]:
    """Return the stories that a delivery contains for the first time."""
    query = select(MatchRow.id).join(OutboxEntry, OutboxEntry.match_id == MatchRow.id)
    return set(conn.scalars(query.where(OutboxEntry.delivery_id == delivery_id, MatchRow.item_id.is_(None))))


def read_reprints(conn: Connection, delivery_id: int, *, limit: int) -> tuple[list[MatchDetails], int]:
    """Return reprints in a delivery whose stories it does not contain, the newest first, and their number."""
    of_delivery = (OutboxEntry.delivery_id == delivery_id,)
    told = (
        select(_STORY)
        .join(OutboxEntry, OutboxEntry.match_id == MatchRow.id)
        .where(*of_delivery, MatchRow.status.in_(SENT_STATUSES))
    )
    here = (*of_delivery, MatchRow.status == MatchStatus.ALSO, MatchRow.item_id.not_in(told))
    joined = _match_details().join(OutboxEntry, OutboxEntry.match_id == MatchRow.id).where(*here)
    total = conn.scalar(select(func.count()).select_from(joined.subquery())) or 0
    return [
        MatchDetails(**row._asdict()) for row in conn.execute(joined.order_by(MatchRow.id.desc()).limit(limit))
    ], total


def read_subscription(
    conn: Connection, subscription_id: int, *, limit: int, before: int | None = None
) -> list[MatchDetails]:
    """Return the sent matches of a subscription, the newest first, optionally only those older than a match."""
    sent = select(MatchRow.id)
    sent = sent.where(MatchRow.subscription_id == subscription_id, MatchRow.status.in_(SENT_STATUSES))
    if before is not None:
        sent = sent.where(MatchRow.id < before)
    # by their ids from the index first: in the order of the ids the matches of all others would be read too
    ids = conn.scalars(sent.order_by(MatchRow.id.desc()).limit(limit)).all()
    query = _match_details().where(MatchRow.id.in_(ids)).order_by(MatchRow.id.desc())
    return [MatchDetails(**row._asdict()) for row in conn.execute(query)]


def read_also(conn: Connection, stories: Sequence[int]) -> dict[int, list[tuple[str, str, str]]]:
    """Return (outlet, URL, headline) of the reprints of stories, each list in the order of arrival."""
    query = (
        select(MatchRow.item_id, Source.name, Article.url, Revision.title, func.substr(Revision.text, 1, BEGINNING))
        .join(Revision, Revision.id == MatchRow.revision_id)
        .join(Article, Article.id == MatchRow.article_id)
        .join(Source, Source.id == Article.source_id)
        .where(MatchRow.item_id.in_(stories), MatchRow.status == MatchStatus.ALSO)
        .order_by(MatchRow.id)
    )
    found: dict[int, list[tuple[str, str, str]]] = {}
    for story, outlet, url, title, beginning in conn.execute(query):
        if story is not None:
            found.setdefault(story, []).append((outlet, url, headline(title, beginning)))
    return found
