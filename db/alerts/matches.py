"""Matches of subscriptions, written in the transaction of the event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, false, func, or_, select, update
from sqlalchemy.orm import aliased

from db.dialect import insert
from db.enums.alerts import SENT_STATUSES, MatchStatus
from db.enums.articles import TextFrom
from db.models import Article, Capture, Feed, MatchRow, OutboxEntry, Revision, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A revision, with the fields that decide whether it is news."""

    revision_id: int
    article_id: int
    cluster_id: int
    is_current: bool
    is_first: bool
    """True for the article's first revision."""
    observed_at: datetime
    published_at: datetime | None
    published_is_day: bool
    is_backfill: bool
    """True if it comes from the first poll of every feed that lists it."""
    is_undated: bool = False
    """True if the article counts on no day: without a date of publication, and not brought as new by a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier match of a subscription in the same story."""

    id: int
    subscription_id: int
    article_id: int
    cluster_id: int
    status: str
    item_id: int | None
    terms: frozenset[tuple[str, str]]
    """(field, term) of the matched terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchIn:
    """A new match; for the fields see `db.models.MatchRow`."""

    subscription_id: int
    event: str
    status: str
    article_id: int | None = None
    revision_id: int | None = None
    item_id: int | None = None
    because: Sequence[Sequence[object]] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def read_facts(conn: Connection, revision_ids: Collection[int]) -> dict[int, Fact]:
    """Return the facts about revisions by id; their clusters must be stored already."""
    earlier = aliased(Revision)
    not_form = (earlier.article_id == Revision.article_id, earlier.text_from != TextFrom.FORM)
    first = select(func.min(earlier.id)).where(earlier.article_id == Revision.article_id).scalar_subquery()
    first_of_page = select(func.min(earlier.id)).where(*not_form).scalar_subquery()
    query = (
        select(
            Revision.id,
            Revision.article_id,
            Article.cluster_id,
            (Article.revision_id == Revision.id).label("is_current"),
            or_(Revision.id == first, func.coalesce(Revision.id == first_of_page, false())).label("is_first"),
            Revision.observed_at,
            Article.published_at,
            Article.published_is_day,
            Capture.page_id,
            Article.is_undated,
        )
        .join(Article, Article.id == Revision.article_id)
        .outerjoin(Capture, Capture.id == Revision.capture_id)
        .where(Revision.id.in_(revision_ids))
        .order_by(Revision.id)
    )
    rows = conn.execute(query).all()
    backfill = find_backfilled(conn, {row.page_id for row in rows if row.page_id is not None})
    return {
        row.id: Fact(
            revision_id=row.id,
            article_id=row.article_id,
            cluster_id=row.cluster_id or row.article_id,
            is_current=row.is_current,
            is_first=row.is_first,
            observed_at=row.observed_at,
            published_at=row.published_at,
            published_is_day=row.published_is_day,
            is_backfill=row.page_id in backfill,
            is_undated=row.is_undated,
        )
        for row in rows
    }


def find_backfilled(conn: Connection, page_ids: Collection[int]) -> set[int]:
    """Return the pages that were listed only in the first poll of their feeds."""
    query = (
        select(Sighting.page_id, Sighting.first_seen_at, Feed.followed_since)
        .join(Feed, Feed.id == Sighting.feed_id)
        .where(Sighting.page_id.in_(page_ids))
    )
    found: dict[int, bool] = {}
    for page_id, seen_at, since in conn.execute(query):
        found[page_id] = found.get(page_id, True) and since is not None and seen_at <= since
    return {page_id for page_id, is_old in found.items() if is_old}


def find_earlier(conn: Connection, subscription_ids: Collection[int], cluster_ids: Collection[int]) -> list[Earlier]:
    """Return the matches of subscriptions in stories, the oldest first."""
    query = (
        select(
            MatchRow.id,
            MatchRow.subscription_id,
            Article.id.label("article_id"),
            func.coalesce(Article.cluster_id, Article.id).label("cluster_id"),
            MatchRow.status,
            MatchRow.item_id,
            MatchRow.because,
        )
        .join(Article, Article.id == MatchRow.article_id)
        .where(Article.cluster_id.in_(cluster_ids), MatchRow.subscription_id.in_(subscription_ids))
        .order_by(MatchRow.id)
    )
    rows = conn.execute(query).all()
    return [
        Earlier(
            id=row.id,
            subscription_id=row.subscription_id,
            article_id=row.article_id,
            cluster_id=row.cluster_id,
            status=row.status,
            item_id=row.item_id,
            terms=list_fired_terms(row.because),
        )
        for row in rows
    ]


def find_watchers(conn: Connection, article_ids: Collection[int]) -> set[int]:
    """Return the ids of subscriptions that matched one of these articles before."""
    query = select(MatchRow.subscription_id).where(MatchRow.article_id.in_(article_ids)).distinct()
    return set(conn.scalars(query))


def list_fired_terms(because: Sequence[Sequence[Any]]) -> frozenset[tuple[str, str]]:
    """Return (field, term) of the matched terms, without their positions."""
    return frozenset((entry[0], entry[4]) for entry in because)


def record_match(conn: Connection, match: MatchIn, *, now: datetime) -> int | None:
    """Store a match; return its id, or None if the event was matched before."""
    row = {
        "subscription_id": match.subscription_id,
        "event": match.event,
        "article_id": match.article_id,
        "revision_id": match.revision_id,
        "status": match.status,
        "item_id": match.item_id,
        "because": [list(entry) for entry in match.because],
        "facts": match.facts,
        "matched_at": now,
    }
    statement = insert(conn, MatchRow).values(row)
    statement = statement.on_conflict_do_nothing(index_elements=["subscription_id", "event"])
    match_id: int | None = conn.scalar(statement.returning(MatchRow.id))
    return match_id


def move_matches(conn: Connection, *, keep: int, gone: int, revisions: tuple[int, int] | None = None) -> None:
    """Move the matches of one article to another with which it was joined.

    With `revisions`: the second of two is the same text as the first. If a subscription has a match for each, the one
    that began the story stays, and nothing is sent twice.
    """
    if revisions is None:
        conn.execute(update(MatchRow).where(MatchRow.article_id == gone).values(article_id=keep))
        _forget_own_reprints(conn, keep)
        return
    kept, _ = revisions
    query = select(MatchRow.id, MatchRow.subscription_id, MatchRow.item_id).where(MatchRow.revision_id.in_(revisions))
    by_subscription: dict[int, list[tuple[bool, int]]] = {}
    for row in conn.execute(query.order_by(MatchRow.id)):
        by_subscription.setdefault(row.subscription_id, []).append((row.item_id is not None, row.id))
    for several in by_subscription.values():
        (_, stays), *others = sorted(several)
        for _, goes in others:
            _merge_match(conn, stays, goes)
        values = {"event": f"revision {kept}", "revision_id": kept, "article_id": keep}
        conn.execute(update(MatchRow).where(MatchRow.id == stays).values(values))


def _forget_own_reprints(conn: Connection, article_id: int) -> None:
    """Remove unsent reprint matches of an article with itself."""
    began = aliased(MatchRow)
    own = select(began.id).where(began.article_id == article_id)
    of_itself = (MatchRow.article_id == article_id, MatchRow.status == MatchStatus.ALSO, MatchRow.item_id.in_(own))
    ids = list(conn.scalars(update(MatchRow).where(*of_itself).values(status=MatchStatus.KNOWN).returning(MatchRow.id)))
    conn.execute(delete(OutboxEntry).where(OutboxEntry.match_id.in_(ids), OutboxEntry.delivery_id.is_(None)))


def forget_superseded(conn: Connection, revision_ids: Collection[int]) -> None:
    """Delete unsent matches of revisions that were not current; they are current now and are matched again."""
    begun = select(MatchRow.item_id).where(MatchRow.item_id.is_not(None))
    untold = (MatchRow.status == MatchStatus.SUPERSEDED, MatchRow.id.not_in(begun))
    conn.execute(delete(MatchRow).where(MatchRow.revision_id.in_(sorted(revision_ids)), *untold))


def _merge_match(conn: Connection, stays: int, goes: int) -> None:
    conn.execute(update(MatchRow).where(MatchRow.item_id == goes).values(item_id=stays))
    conn.execute(update(MatchRow).where(MatchRow.id == stays, MatchRow.item_id == stays).values(item_id=None))
    told = select(OutboxEntry.recipient_id).where(OutboxEntry.match_id == stays)
    mine = update(OutboxEntry).where(OutboxEntry.match_id == goes, OutboxEntry.recipient_id.not_in(told))
    conn.execute(mine.values(match_id=stays))
    conn.execute(delete(MatchRow).where(MatchRow.id == goes))


@dataclass(frozen=True, slots=True)
class EventBefore:
    """The latest match of a subscription about an outlet."""

    match_id: int
    matched_at: datetime
    facts: dict[str, Any]


def find_latest_events(conn: Connection, subscription_ids: Collection[int]) -> dict[tuple[int, str], EventBefore]:
    """Return the latest match of each subscription about each outlet that the facts of its matches name."""
    outlet = MatchRow.facts["outlet"].as_string()
    latest = select(func.max(MatchRow.id)).where(MatchRow.subscription_id.in_(subscription_ids))
    query = select(MatchRow.id, MatchRow.subscription_id, MatchRow.matched_at, MatchRow.facts)
    rows = conn.execute(query.where(MatchRow.id.in_(latest.group_by(MatchRow.subscription_id, outlet))))
    return {
        (row.subscription_id, str(row.facts["outlet"])): EventBefore(row.id, row.matched_at, row.facts)
        for row in rows
        if "outlet" in row.facts
    }


def count_matches(conn: Connection, subscription_ids: Collection[int] | None = None) -> dict[int, tuple[int, datetime]]:
    """Return the number of sent matches and the time of the latest one, of some subscriptions or of all."""
    query = select(MatchRow.subscription_id, func.count(), func.max(MatchRow.matched_at))
    query = query.where(MatchRow.status.in_(SENT_STATUSES)).group_by(MatchRow.subscription_id)
    if subscription_ids is not None:
        query = query.where(MatchRow.subscription_id.in_(subscription_ids))
    return {key: (number, latest) for key, number, latest in conn.execute(query)}


def hand_over_matches(conn: Connection, article_ids: Collection[int], *, source_id: str) -> None:
    """Let stories that were sent under one of these articles go on under another, before the articles are deleted.

    The first match of the story that is of another outlet than `source_id` takes the place of the deleted one, with its
    status and its entries in the outbox: nothing is sent twice, and what waits is sent about that article.
    """
    began = aliased(MatchRow)
    query = (
        select(began.id, func.min(MatchRow.id), began.status)
        .join(began, began.id == MatchRow.item_id)
        .join(Article, Article.id == MatchRow.article_id)
        .where(began.article_id.in_(article_ids), Article.source_id != source_id)
        .group_by(began.id, began.status)
        .order_by(began.id)
    )
    for goes, stays, status in conn.execute(query).all():
        conn.execute(update(MatchRow).where(MatchRow.id == stays).values(status=status))
        _merge_match(conn, stays, goes)
