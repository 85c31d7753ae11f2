"""The interface of a job: a request to make, and the writes that follow from its result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.http.certificates import RULE
from crawlers.http.cookies import JAR
from crawlers.http.results import FetchResult
from crawlers.http.robots import NEWER_THAN
from crawlers.reading.listings import read_listing
from crawlers.reading.parse import ParsedFeed
from crawlers.scheduling.plan import PollLimits
from db.collection.backfills.due import BackfillDue
from db.collection.feeds.hubs import HubDue
from db.collection.feeds.polls import FeedDue
from db.collection.pages.pages import PageDue
from db.enums.outcomes import RequestOutcome, Stage

Step = Callable[[Connection, OutcomeTally], None]
Kind = TypeVar("Kind", bound="Job")


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """Inputs of decisions besides state, result and time.

    `draw` returns a random number in [0, 1); `parse` reads a feed or a sitemap like `read_listing`.
    """

    limits: PollLimits
    allowed: frozenset[tuple[str, int]]
    jitter: Callable[[], float]
    parse: Callable[..., ParsedFeed] = read_listing


class DecisionPlace(Enum):
    """Where a decision may run, by what it costs."""

    LOOP = auto()
    """At once: a thread would cost more than the decision."""
    THREAD = auto()
    PARSER = auto()
    """In a thread that waits for another process."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """The writes to make, in order, each with its weight in rows; and a summary for the log."""

    steps: tuple[tuple[int, Step], ...]
    summary: str


def join_steps(steps: Iterable[tuple[int, Step]], most: int) -> Iterator[tuple[int, tuple[Step, ...]]]:
    """Yield the steps, in order, in as few writes of at most so many rows as there can be; each with its rows."""
    rows, joined = 0, tuple[Step, ...]()
    for weight, step in steps:
        if joined and rows + weight > most:
            yield rows, joined
            rows, joined = 0, ()
        rows, joined = rows + weight, (*joined, step)
    if joined:
        yield rows, joined


def run_steps(steps: Iterable[Step], conn: Connection, tally: OutcomeTally) -> None:
    """Run steps in one transaction."""
    for step in steps:
        step(conn, tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFilter:
    """Selection of due rows."""

    now: datetime
    resting: Collection[str]
    """Hosts to leave alone now."""
    source_id: str | None = None
    not_since: datetime | None = None
    """Only rows without a request since then."""
    recheck: bool = True
    """True to check pages again for edits."""
    backfill_id: int | None = None
    """Only what belongs to this back-fill."""
    public_url: str = ""
    """Our public address, at which hubs can call; empty: none."""

    @property
    def is_once(self) -> bool:
        """True for a run that ends."""
        return self.not_since is not None


class Job(ABC):
    """A due row. Each kind of job is a subclass and an entry of `KINDS`; no other code depends on the kind."""

    stage: ClassVar[Stage]
    """The name under which its outcomes are counted."""
    accept: ClassVar[str]
    """The accepted media types."""
    takes_rest: ClassVar[bool] = False
    """True if it gets what all other kinds leave, beyond its own limit."""
    fills_backlog: ClassVar[bool] = False
    """True if it is paused while workers have a backlog."""
    method: ClassVar[str] = "GET"
    """The method of its request."""

    def __init__(self, due: FeedDue | PageDue | BackfillDue | HubDue) -> None:
        self._row = due

    @property
    def key(self) -> tuple[str, int]:
        """Return the unique key of this job."""
        return self.stage, self._row.id

    @property
    def id(self) -> int:
        """Return the id of the row."""
        return self._row.id

    @property
    def url(self) -> str:
        """Return the URL to request."""
        return self._row.url

    @property
    def host(self) -> str:
        """Return the host of the URL."""
        return self._row.host

    @property
    def source_id(self) -> str | None:
        """Return the outlet, if it is known."""
        return self._row.source_id

    @property
    def body(self) -> bytes:
        """Return the body of the request."""
        return b""

    def choose_place(self, answer: FetchResult) -> DecisionPlace:
        """Return where `decide` may run for this result."""
        return DecisionPlace.THREAD

    def headers(self) -> dict[str, str]:
        """Return the request headers: accepted types, and the validators of the stored version (RFC 9110 §13.1)."""
        row = self._row
        headers = {"Accept": self.accept}
        if row.unverified:
            return headers  # the whole of it once more: that nothing changed would vouch for nothing
        if row.etag:
            headers["If-None-Match"] = row.etag
        if row.last_modified:
            headers["If-Modified-Since"] = row.last_modified
        return headers

    def meta(self, now: datetime) -> dict[str, Any]:
        """Return the request's meta for our middlewares."""
        row, requested_at = self._row, self.requested_at
        meta: dict[str, Any] = {JAR: row.source_id or row.host, RULE: row.rule}
        if (
            row.last_outcome == RequestOutcome.ROBOTS and requested_at is not None
        ):  # not by the rules that it was refused by
            meta[NEWER_THAN] = (now - requested_at).total_seconds()
        return meta

    def record_restored(self, conn: Connection, tally: OutcomeTally, reason: str, now: datetime) -> None:
        """Restore the row after an outage, as the counted outcome of this job."""
        self.restore_after_outage(conn, reason, now)
        tally.count(self.stage, self.source_id, RequestOutcome.NO_NETWORK)

    def count_internal_error(self, tally: OutcomeTally, reason: str) -> None:
        """Count a job whose failure could not be stored either; its claim expires."""
        tally.count(self.stage, self.source_id, RequestOutcome.INTERNAL_ERROR)
        tally.problem(self.stage, self.url, reason, self.source_id)

    @property
    @abstractmethod
    def requested_at(self) -> datetime | None:
        """Return the time of its last request."""

    @property
    @abstractmethod
    def used_to_answer(self) -> bool:
        """Return whether a request ever succeeded, so that a failure may be an outage of ours."""

    @abstractmethod
    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return the consequences of a result. May parse, hash and compress, so it runs where `choose_place` says."""

    @abstractmethod
    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Restore the row after a failure of our own network."""

    @classmethod
    @abstractmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        """Return how many more may be started, with `room` left, `in_flight` of this kind and so many `requests`."""

    @classmethod
    @abstractmethod
    def find_due(cls: type[Kind], conn: Connection, limit: int, wanted: DueFilter) -> Sequence[Kind]:
        """Return at most `limit` due jobs."""

    @classmethod
    @abstractmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        """Return the ids that are now claimed for `lease_s` seconds."""

    @classmethod
    @abstractmethod
    def renew_rows(cls, conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
        """Renew the claims until then; None releases them."""
