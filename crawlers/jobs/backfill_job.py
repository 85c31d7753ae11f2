"""The jobs of a back-fill: its documents, and the pages that these list. They take what live polls and pages leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.bounded_process import ProcessEnded
from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.jobs.fetch_job import FetchJob
from crawlers.jobs.job import DecisionContext, DecisionPlace, DueFilter, Job, JobResult, Step
from crawlers.jobs.poll_job import store_entries
from crawlers.jobs.schedule import NETWORK_RETRY_S
from crawlers.reading.entries import sort_entries
from crawlers.reading.listings import ListingOrder
from crawlers.reading.older import DaySpan, ListingDocument, OlderListing
from crawlers.reading.parse import NotAFeed
from crawlers.scheduling.hints import retry_after_s
from crawlers.scheduling.history import hash_key
from db.collection.backfills.backfills import DOCUMENTS_MAX
from db.collection.backfills.due import (
    BackfillDue,
    claim_backfill_pages,
    claim_backfills,
    find_backfill_pages,
    find_due_documents,
    record_document,
    renew_backfill_claims,
    settle_backfills,
)
from db.collection.pages.pages import renew_page_claims
from db.enums.outcomes import EntryOutcome, RequestOutcome, Stage

_RETRY_S = 60.0
_TRIES = 4
"""Number of failures after which a document is left out; one that is missing or forbidden is left out at once."""
_FINAL = frozenset(
    {
        RequestOutcome.MISSING,
        RequestOutcome.GONE,
        RequestOutcome.FORBIDDEN,
        RequestOutcome.REFUSED,
        RequestOutcome.ROBOTS,
        RequestOutcome.TOO_LARGE,
        RequestOutcome.NOT_A_FEED,
        RequestOutcome.UNREADABLE,
        RequestOutcome.REDIRECTS,
        RequestOutcome.EMPTY,
    }
)


def limit_share(requests: int) -> int:
    """Return how many of so many requests may be under way for documents, and for pages: a quarter for both."""
    return max(1, requests // 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """The state to store after a document; `documents` None leaves the list of documents as it is."""

    outcome: RequestOutcome
    documents: dict[str, Any] | None
    counts: dict[str, int]
    next_at: datetime
    failures: int = 0
    error: str | None = None


class _BackfillShare:
    """The share of back-fills in all requests, the same for their documents and for their pages."""

    @classmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        """Return the rest of the share."""
        return min(room, limit_share(requests) - in_flight)


def _is_for_others(wanted: DueFilter) -> bool:
    """Return whether a run that ends was started for other work than a back-fill."""
    return wanted.is_once and wanted.backfill_id is None


class BackfillJob(_BackfillShare, Job):
    """A document of a back-fill to read."""

    stage = Stage.BACKFILL
    accept = "application/xml, application/rss+xml, application/atom+xml, text/html;q=0.8, */*;q=0.5"

    def __init__(self, backfill: BackfillDue) -> None:
        super().__init__(backfill)
        self._backfill = backfill

    @property
    def requested_at(self) -> datetime | None:
        """Return None: documents have no history."""
        return None

    @property
    def used_to_answer(self) -> bool:
        """Return whether a document was ever read."""
        return bool(self._backfill.documents.get("read"))

    def choose_place(self, answer: FetchResult) -> DecisionPlace:
        """Return the parser's process if there is something to parse."""
        return DecisionPlace.LOOP if answer.trouble else DecisionPlace.PARSER

    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return the entries to store, and the documents that are left."""
        backfill = self._backfill
        trouble = answer.trouble or describe_status(answer.status)
        listing = None if trouble else _read(backfill, answer, context)
        if isinstance(listing, FetchFailure):
            trouble, listing = listing, None
        if listing is None:
            assert trouble is not None
            followed = _failed(backfill, answer, trouble, now)
            return JobResult(((1, partial(_store, backfill, followed, ())),), trouble.reason)
        entries = sort_entries(backfill.url, listing.entries, now=now, allowed=context.allowed)
        followed = _followed(backfill, listing, entries.dropped, now)
        steps: list[tuple[int, Step]] = store_entries(
            backfill, entries, answer, feed_id=backfill.feed_id, seen_at=now, waits=True
        )
        steps.append(
            (1, partial(_store, backfill, followed, (*listing.problems, *(why for _, why in entries.reasons))))
        )
        return JobResult(tuple(steps), f"{len(entries.usable)} articles, {len(listing.documents)} documents")

    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Leave the document for later."""
        again_at = now + timedelta(seconds=NETWORK_RETRY_S)
        record_document(
            conn,
            self.id,
            documents=None,
            counts={},
            next_at=again_at,
            failures=self._backfill.failures,
            error=reason,
        )

    @classmethod
    def find_due(cls, conn: Connection, limit: int, wanted: DueFilter) -> list[BackfillJob]:
        """Return back-fills with a document to read."""
        if _is_for_others(wanted):
            return []
        found = find_due_documents(conn, now=wanted.now, limit=limit, resting=wanted.resting, only=wanted.backfill_id)
        return [cls(backfill) for backfill in found]

    @classmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        """Return the back-fills that are now claimed."""
        return claim_backfills(conn, ids, now=now, lease_s=lease_s)

    @classmethod
    def renew_rows(cls, conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
        """Renew the claims on back-fills until then; None releases them."""
        renew_backfill_claims(conn, ids, until=until)


class BackfillPageJob(_BackfillShare, FetchJob):
    """A page that a back-fill found."""

    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return the capture to store and the new state of the page; with the last page the back-fill ends."""
        result = super().decide(answer, now, context)
        return JobResult((*result.steps, (1, partial(_settle, now))), result.summary)

    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Let the page wait for its back-fill again."""
        renew_page_claims(conn, [self.id], until=None)

    @classmethod
    def find_due(cls, conn: Connection, limit: int, wanted: DueFilter) -> list[Self]:
        """Return pages that wait for their back-fill."""
        if _is_for_others(wanted):
            return []
        pages = find_backfill_pages(conn, now=wanted.now, limit=limit, resting=wanted.resting, only=wanted.backfill_id)
        return [cls(page) for page in pages]

    @classmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        """Return the pages that are now claimed."""
        return claim_backfill_pages(conn, ids, now=now, lease_s=lease_s)


def _read(backfill: BackfillDue, answer: FetchResult, context: DecisionContext) -> OlderListing | FetchFailure:
    kind, url, before = _first(backfill)
    order = ListingOrder(
        document=ListingDocument(kind=kind, url=url, before=before),
        span=DaySpan(backfill.since_on, backfill.until_on),
        domains=backfill.domains,
    )
    try:
        listing = context.parse(
            answer.body, url=answer.url, content_type=answer.header("content-type"), bodies="raw", order=order
        )
    except NotAFeed as error:
        return FetchFailure(RequestOutcome.NOT_A_FEED, str(error))
    except ProcessEnded as error:
        return FetchFailure(RequestOutcome.UNREADABLE, f"reading it was ended: {error}")
    except Exception as error:  # any error of the parser is a failure of this document
        said = f"the parser failed: {type(error).__name__}: {error}"[:300]
        return FetchFailure(RequestOutcome.UNREADABLE, said)
    assert isinstance(listing, OlderListing)
    return listing


def _followed(
    backfill: BackfillDue, listing: OlderListing, dropped: Mapping[EntryOutcome, int], now: datetime
) -> _Followed:
    counts = Counter({"documents": 1, "articles": len(listing.entries)}) + Counter(listing.left_out)
    counts.update({str(outcome): inputs for outcome, inputs in dropped.items() if inputs})
    documents = _after(backfill, listing.documents)
    return _Followed(outcome=RequestOutcome.CHANGED, documents=documents, counts=dict(counts), next_at=now)


def _failed(backfill: BackfillDue, answer: FetchResult, trouble: FetchFailure, now: datetime) -> _Followed:
    """Return what follows from a failure: another try, later and later, or none."""
    failures = backfill.failures + 1
    if trouble.kind in _FINAL or answer.status in (404, 410) or failures >= _TRIES:
        return _Followed(
            outcome=trouble.kind,
            documents=_after(backfill, ()),
            counts={"documents that failed": 1},
            next_at=now,
            error=trouble.reason,
        )
    wish = retry_after_s(answer.header("retry-after"), now) if answer.status in (429, 503) else None
    again_at = now + timedelta(seconds=max(_RETRY_S * 4 ** (failures - 1), wish or 0.0))
    return _Followed(
        outcome=trouble.kind, documents=None, counts={}, next_at=again_at, failures=failures, error=trouble.reason
    )


def _after(backfill: BackfillDue, following: Sequence[ListingDocument]) -> dict[str, Any]:
    """Return the documents that are left after the first one; each is read once."""
    first, *left = backfill.documents["left"]
    read = [*backfill.documents.get("read", ()), hash_key(first[1])]
    known = {*read, *(hash_key(one[1]) for one in left)}
    for document in following:
        if hash_key(document.url) not in known and len(read) + len(left) < DOCUMENTS_MAX:
            known.add(hash_key(document.url))
            left.append([document.kind, document.url, document.before])
    return {"left": left, "read": read}


def _first(backfill: BackfillDue) -> tuple[str, str, int]:
    kind, url, *before = backfill.documents["left"][0]
    return str(kind), str(url), int(before[0]) if before else 0


def _store(
    backfill: BackfillDue, followed: _Followed, problems: Sequence[str], conn: Connection, tally: OutcomeTally
) -> None:
    record_document(
        conn,
        backfill.id,
        documents=followed.documents,
        counts=followed.counts,
        next_at=followed.next_at,
        failures=followed.failures,
        error=followed.error,
    )
    tally.count(Stage.BACKFILL, backfill.source_id, followed.outcome)
    if reason := followed.error or "; ".join(dict.fromkeys(problems)):
        tally.problem(Stage.BACKFILL, backfill.url, reason, backfill.source_id)
    _settle(followed.next_at, conn, tally)


def _settle(now: datetime, conn: Connection, _tally: OutcomeTally) -> None:
    settle_backfills(conn, now=now)
