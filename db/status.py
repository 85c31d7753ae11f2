"""The status of the whole system, for `status` and the status page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, case, func, select
from sqlalchemy.orm import aliased

from db.clocks import count_ahead
from db.collection.captures import count_waiting
from db.collection.feeds.feeds import FeedHealth, count_feeds, count_guesses, find_network_problem, iter_feeds
from db.collection.feeds.losses import MeasuredLoss, measure_losses
from db.collection.sources.removals import read_removed
from db.collection.sources.sources import count_collected, count_sources
from db.collection.sources.walls import Walled, find_walled
from db.coverage.cells import TOTAL, count_marks, iter_cells
from db.enums.collection import FeedState
from db.models import Article, EntityRow, Feed, MentionRow, Revision, Source, UnverifiedRevision, VocabularyVersion
from db.outcomes import ProblemRow, count_outcomes, latest_problems
from db.totals import count_articles, count_suspects
from db.vocabulary.retags import count_outdated, is_retag_requested

_BEGINNING = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStatus:
    """The status of the database at one moment."""

    at: datetime
    articles: int
    stories: int
    revisions: int
    mentions: int
    """Those of current revisions, as far as coverage is counted."""
    latest_article_at: datetime | None
    sources: int
    collected: Mapping[str, int]
    """Number of outlets by the best way of their collection (`feed`, `sitemap`, `section`, `none`), of those that never
    brought an article (`never_heard`), and of `removed` ones.
    """
    feeds: Mapping[str, int]
    """Number of `active`, `paused`, `gone` feeds; and of `failing`, `never polled` among the active ones."""
    guesses: Mapping[str, int]
    """Number of active feeds that the catalogue calls a guess, by how trying them ended: a `FeedTrial`."""
    last_poll_at: datetime | None
    captures_waiting: int
    revisions_unfinished: int
    coverage_marks: int
    outcomes: Sequence[tuple[str, str, int]]
    """(stage, outcome, inputs) of the last 24 hours."""
    problems: Sequence[ProblemRow]
    unreachable: str | None
    """Reason why no outlet is reachable; None if there is no known problem."""
    vocabulary: str | None
    entities: int
    outdated: int
    """Revisions tagged with another vocabulary."""
    is_retagging: bool
    """True if workers retag them."""
    suspects: int
    """Articles with a waiting suspect text."""
    walled: Mapping[str, Walled]
    """Outlets with mostly other pages than articles in the last 24 hours."""
    ahead: Mapping[str, int]
    """Number of waits beyond their maximum because a clock ran ahead; a worker makes them due."""


def read_health(conn: Connection, *, now: datetime, problems: int = 10) -> StoreStatus:
    """Return the status of the database at `now`, with that many of the latest problems."""
    counts = count_articles(conn)
    vocabulary = conn.execute(
        select(VocabularyVersion.version, VocabularyVersion.entities).where(VocabularyVersion.is_current.is_(True))
    ).first()
    return StoreStatus(
        at=now,
        articles=counts["articles"],
        stories=counts["stories"],
        revisions=counts["revisions"],
        mentions=_count_mentions(conn),
        latest_article_at=counts["latest_at"],
        sources=count_sources(conn),
        collected=count_collected(conn),
        feeds=count_feeds(conn),
        guesses=count_guesses(conn),
        last_poll_at=conn.scalar(select(func.max(Feed.polled_at))),
        captures_waiting=count_waiting(conn),
        revisions_unfinished=counts["unfinished"],
        coverage_marks=count_marks(conn),
        outcomes=count_outcomes(conn, since=now - timedelta(days=1)),
        problems=latest_problems(conn, problems),
        unreachable=find_network_problem(conn),
        vocabulary=vocabulary.version if vocabulary else None,
        entities=vocabulary.entities if vocabulary else 0,
        outdated=count_outdated(conn),
        is_retagging=is_retag_requested(conn),
        suspects=count_suspects(conn),
        walled=find_walled(conn, now=now),
        ahead=count_ahead(conn, now=now),
    )


def _count_mentions(conn: Connection) -> int:
    """Return the number of counted mentions: the months' totals contain each once.

    Counting the mentions themselves would take seconds for millions of them.
    """
    return sum(cell.mentions for cell in iter_cells(conn, grain="month", entities=[TOTAL]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestArticle:
    """An article as shown in a list."""

    id: int
    url: str
    title: str | None
    beginning: str
    """The first 300 characters of the text."""
    source_name: str
    language: str | None
    published_at: datetime | None
    published_is_day: bool
    collected_at: datetime
    counts_on: date
    original_source_name: str | None
    """The outlet of the original if this is a reprint; None for an original."""
    entities: tuple[str, ...]
    """Labels of the most frequent entities, the most frequent first."""
    unverified: str | None = None
    """The fault of the sender's certificate; None if there was none."""


def latest_articles(conn: Connection, limit: int = 20, *, entities: int = 4) -> list[LatestArticle]:
    """Return the articles collected last, the newest first."""
    original, publisher = aliased(Article), aliased(Source)
    query = (
        select(
            Article.revision_id,
            Article.id,
            Article.url,
            Revision.title,
            func.substr(Revision.text, 1, _BEGINNING).label("beginning"),
            Source.name.label("source_name"),
            Article.language,
            Article.published_at,
            Article.published_is_day,
            Article.collected_at,
            Article.counts_on,
            case((Article.cluster_id != Article.id, publisher.name)).label("original_source_name"),
            UnverifiedRevision.reason.label("unverified"),
        )
        .join(Revision, Revision.id == Article.revision_id)
        .join(Source, Source.id == Article.source_id)
        .outerjoin(original, original.id == Article.cluster_id)
        .outerjoin(UnverifiedRevision, UnverifiedRevision.revision_id == Article.revision_id)
        .outerjoin(publisher, publisher.id == original.source_id)
        .order_by(Article.id.desc())
        .limit(limit)
    )
    rows = [row._asdict() for row in conn.execute(query)]
    revision_ids = [row.pop("revision_id") for row in rows]
    labels = _most_mentioned(conn, revision_ids, entities)
    return [LatestArticle(**row, entities=labels.get(id, ())) for id, row in zip(revision_ids, rows, strict=True)]


def _most_mentioned(conn: Connection, revision_ids: Sequence[int], limit: int) -> dict[int, tuple[str, ...]]:
    often = func.count().desc()
    query = (
        select(MentionRow.revision_id, EntityRow.label)
        .join(EntityRow, EntityRow.id == MentionRow.entity_id)
        .where(MentionRow.revision_id.in_(revision_ids))
        .group_by(MentionRow.revision_id, EntityRow.id, EntityRow.label)
        .order_by(MentionRow.revision_id, often, EntityRow.label)
    )
    labels: dict[int, tuple[str, ...]] = {}
    for revision_id, label in conn.execute(query):
        before = labels.get(revision_id, ())
        if len(before) < limit:
            labels[revision_id] = (*before, label)
    return labels


class OutletState(StrEnum):
    """The state of an outlet by the states of its feeds: the first of these that one of them has."""

    FAILING = "failing"
    IMPAIRED = "impaired"
    """Most of its pages are no articles."""
    OK = "ok"
    NO_ANSWER_YET = "no answer yet"
    """Polled only while our network was down."""
    NEVER_POLLED = "never polled"
    PAUSED = FeedState.PAUSED
    GONE = FeedState.GONE
    RETIRED = FeedState.RETIRED
    NO_FEED = "no feed"


_BY_RANK = tuple(OutletState)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletHealth:
    """An outlet with the combined health of its feeds."""

    id: str
    name: str
    articles: int
    feeds: int
    failing: int
    state: OutletState
    polled_at: datetime | None
    succeeded_at: datetime | None
    last_error: str | None
    """The error of the failing feed that was polled last, or the problem with its pages."""
    unverified: str | None = None
    """The fault of the certificate of one of its feeds; None if there was none."""
    loss: MeasuredLoss | None = None
    """The estimated loss of the last seven days; None if it was not polled in them."""

    @property
    def missed(self) -> float:
        """Return the expected number of items that were never seen in the last seven days."""
        return self.loss.missed if self.loss else 0.0


def list_outlets(conn: Connection, *, now: datetime | None = None) -> list[OutletHealth]:
    """Return the outlets with feeds or articles: those with problems first, then the latest success first.

    With `now` the result also includes which of them show no articles, and their losses.
    """
    feeds: dict[str, list[FeedHealth]] = {}
    for feed in iter_feeds(conn):
        feeds.setdefault(feed.source_id, []).append(feed)
    # of each outlet by itself, so that an index has all that it needs
    articles = select(func.count()).where(Article.source_id == Source.id).select_from(Article).scalar_subquery()
    query = select(Source.id, Source.name, articles)
    walled = find_walled(conn, now=now) if now else {}
    losses = measure_losses(conn, until=now) if now else {}
    outlets = [
        replace(
            _outlet(source_id, name, count, feeds.get(source_id, []), walled.get(source_id)),
            loss=losses.get(source_id),
        )
        for source_id, name, count in conn.execute(query)
        if count or source_id in feeds
    ]
    return sorted(outlets, key=_rank)


def read_outlet_states(conn: Connection, *, now: datetime, source_id: str | None = None) -> dict[str, str]:
    """Return the state of every outlet, or of one, as in `OutletHealth.state`, or `removed`."""
    sources = select(Source.id) if source_id is None else select(Source.id).where(Source.id == source_id)
    feeds: dict[str, list[FeedHealth]] = {outlet: [] for outlet in conn.scalars(sources)}
    for feed in iter_feeds(conn, source_id=source_id):
        feeds[feed.source_id].append(feed)
    walled, removed = find_walled(conn, now=now, source_id=source_id), read_removed(conn).ids
    return {
        outlet: "removed" if outlet in removed else _worst_state(of_outlet, is_walled=outlet in walled)
        for outlet, of_outlet in feeds.items()
    }


def _outlet(
    source_id: str, name: str, articles: int, feeds: Sequence[FeedHealth], walled: Walled | None
) -> OutletHealth:
    failing = [feed for feed in feeds if _judge_state(feed) is OutletState.FAILING]
    latest = max(failing, key=lambda feed: feed.polled_at or _NEVER, default=None)
    return OutletHealth(
        id=source_id,
        name=name,
        articles=articles,
        feeds=len(feeds),
        failing=len(failing),
        state=_worst_state(feeds, is_walled=walled is not None),
        polled_at=max((feed.polled_at for feed in feeds if feed.polled_at), default=None),
        succeeded_at=max((feed.succeeded_at for feed in feeds if feed.succeeded_at), default=None),
        last_error=(latest.last_error or latest.last_outcome) if latest else walled.sentence if walled else None,
        unverified=next((feed.unverified for feed in feeds if feed.unverified), None),
    )


def _worst_state(feeds: Sequence[FeedHealth], *, is_walled: bool) -> OutletState:
    states = [*map(_judge_state, feeds), *([OutletState.IMPAIRED] if is_walled else [])]
    return min(states, key=_BY_RANK.index, default=OutletState.NO_FEED)


def _judge_state(feed: FeedHealth) -> OutletState:
    if feed.state != FeedState.ACTIVE:
        return OutletState(feed.state)
    if feed.failures:
        return OutletState.FAILING
    if feed.succeeded_at is None:
        return OutletState.NEVER_POLLED if feed.polled_at is None else OutletState.NO_ANSWER_YET
    return OutletState.OK


def _rank(outlet: OutletHealth) -> tuple[int, float, str]:
    return _BY_RANK.index(outlet.state), -(outlet.succeeded_at or _NEVER).timestamp(), outlet.id


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
