"""The job of fetching a page."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Self

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.http.results import FetchResult
from crawlers.jobs.fetches import decide_fetch, restore_fetch
from crawlers.jobs.job import DecisionContext, DueFilter, Job, JobResult
from crawlers.jobs.schedule import pages_at_once
from crawlers.jobs.stand_ins import with_stand_in
from db.collection.captures import CaptureIn, compress, record_captures
from db.collection.pages.pages import PageDue, PageFetched, claim_pages, find_due_pages, record_fetch, renew_page_claims
from db.enums.outcomes import Stage


class FetchJob(Job):
    """A page to fetch."""

    stage = Stage.FETCH
    accept = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"
    fills_backlog = True

    def __init__(self, page: PageDue) -> None:
        super().__init__(page)
        self._page = page

    @property
    def requested_at(self) -> datetime | None:
        """Return the time of the last fetch."""
        return self._page.fetched_at

    @property
    def used_to_answer(self) -> bool:
        """Return whether a fetch ever succeeded."""
        return self._page.fetches > 0

    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return the capture to store, if there is one, and the new state of the page."""
        return _decide_page(self._page, answer, now, context)

    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Restore the page's state."""
        record_fetch(conn, restore_fetch(self._page, reason, now=now))

    @classmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        """Return the remaining room, less the share of feeds."""
        return min(room, pages_at_once(requests) - in_flight)

    @classmethod
    def find_due(cls, conn: Connection, limit: int, wanted: DueFilter) -> list[Self]:
        """Return due pages."""
        pages = find_due_pages(
            conn,
            now=wanted.now,
            limit=limit,
            resting=wanted.resting,
            source_id=wanted.source_id,
            recheck=wanted.recheck,
            not_since=wanted.not_since,
        )
        return [cls(page) for page in pages]

    @classmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        """Return the pages that are now claimed."""
        return claim_pages(conn, ids, now=now, lease_s=lease_s)

    @classmethod
    def renew_rows(cls, conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
        """Renew the claims on pages until then; None releases them."""
        renew_page_claims(conn, ids, until=until)


def _decide_page(page: PageDue, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
    fetched = with_stand_in(page, answer, decide_fetch(page, answer, now=now, jitter=context.jitter()), now=now)
    capture = (fetched.capture, compress(fetched.capture.body)) if fetched.capture else None
    step = partial(_store_fetch, page, fetched.page, capture)
    return JobResult(((4, step),), fetched.page.error or fetched.page.outcome)


def _store_fetch(
    page: PageDue,
    fetched: PageFetched,
    capture: tuple[CaptureIn, bytes] | None,
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    if capture is not None:
        record_captures(conn, [capture])
    record_fetch(conn, fetched)
    tally.count(Stage.FETCH, page.source_id, fetched.outcome)
    if fetched.error:
        tally.problem(Stage.FETCH, page.url, fetched.error, page.source_id)
