"""The shape of a job: a request to make, and the writes that follow from its answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.feeds.parse import ParsedFeed, parse_feed
from crawlers.http.certificates import RULE
from crawlers.http.cookies import JAR
from crawlers.http.results import FetchResult
from crawlers.http.robots import NEWER_THAN
from crawlers.jobs.schedule import PollPolicy
from db.collection.feeds import FeedDue
from db.collection.pages import PageDue

Step = Callable[[Connection, OutcomeTally], None]
Kind = TypeVar("Kind", bound="Job")


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """What decisions need besides state, answer and time.

    `jitter` returns a random number in [0, 1), `parse` reads a feed as `parse_feed` does.
    """

    policy: PollPolicy
    allowed: frozenset[tuple[str, int]]
    jitter: Callable[[], float]
    parse: Callable[..., ParsedFeed] = parse_feed


@dataclass(frozen=True, slots=True)
class JobResult:
    """The writes to make, in order, each with its weight in rows; and a summary in a few words."""

    steps: tuple[tuple[int, Step], ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFilter:
    """Which due rows are looked for."""

    now: datetime
    resting: Collection[str]
    """Hosts that are not asked now."""
    source_id: str | None = None
    not_since: datetime | None = None
    """Only what was not asked for since then."""
    recheck: bool = True
    """Whether pages are looked at again for edits."""


class Job(ABC):
    """One row that is due. Each kind of job is a subclass and an entry of `KINDS`; nothing else asks for the kind."""

    stage: ClassVar[str]
    """The name under which its outcomes are counted."""
    accept: ClassVar[str]
    """The media types that can be read."""
    is_parsed: ClassVar[bool] = False
    """Whether `decide` waits for another process."""
    fills_backlog: ClassVar[bool] = False
    """Whether it rests while workers have enough to do."""

    def __init__(self, due: FeedDue | PageDue) -> None:
        self._row = due

    @property
    def key(self) -> tuple[str, int]:
        """Return what tells this job from all others."""
        return self.stage, self._row.id

    @property
    def id(self) -> int:
        """Return the id of the row."""
        return self._row.id

    @property
    def url(self) -> str:
        """Return the address to ask for."""
        return self._row.url

    @property
    def host(self) -> str:
        """Return the host of the address."""
        return self._row.host

    @property
    def source_id(self) -> str | None:
        """Return the outlet, if it is known."""
        return self._row.source_id

    def headers(self) -> dict[str, str]:
        """Return the request headers: readable types, and the validators of what we have (RFC 9110 §13.1)."""
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
        """Return what our middlewares need to know of a request."""
        row, requested_at = self._row, self.requested_at
        meta: dict[str, Any] = {JAR: row.source_id or row.host, RULE: row.rule}
        if row.last_outcome == "robots" and requested_at is not None:  # not by the rules that it was refused by
            meta[NEWER_THAN] = (now - requested_at).total_seconds()
        return meta

    def record_restored(self, conn: Connection, tally: OutcomeTally, reason: str, now: datetime) -> None:
        """Restore the row after an outage, as the counted outcome of this job."""
        self.restore_after_outage(conn, reason, now)
        tally.count(self.stage, self.source_id, "no network")

    def count_internal_error(self, tally: OutcomeTally, reason: str) -> None:
        """Count a job of which not even the failure could be stored; its claim runs out."""
        tally.count(self.stage, self.source_id, "internal error")
        tally.problem(self.stage, self.url, reason, self.source_id)

    @property
    @abstractmethod
    def requested_at(self) -> datetime | None:
        """Return when it was asked for last."""

    @property
    @abstractmethod
    def used_to_answer(self) -> bool:
        """Return whether it ever was read: then its silence may be the fault of our network."""

    @abstractmethod
    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return everything that follows from an answer. Parses, hashes and compresses: not for the event loop."""

    @abstractmethod
    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Put the row back to where it was: that it failed was the fault of our network."""

    @classmethod
    @abstractmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        """Return how many more may be begun, of `room` left, with `in_flight` of this kind and so many `requests`."""

    @classmethod
    @abstractmethod
    def find_due(cls: type[Kind], conn: Connection, limit: int, wanted: DueFilter) -> Sequence[Kind]:
        """Return at most `limit` jobs that are due."""

    @classmethod
    @abstractmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        """Return the ids that now are ours for `lease_s` seconds."""

    @classmethod
    @abstractmethod
    def renew_rows(cls, conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
        """Keep the claims until then; None releases them."""
