"""Stand-ins for pages that cannot be fetched: the text of the article in its feed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from crawlers.http.results import FetchResult
from crawlers.jobs.fetches import Fetched
from crawlers.reading.entries import hash_words
from crawlers.sanitize import without_tags
from db.collection.captures import CaptureIn, compress
from db.collection.pages.entries import EntryIn, FeedText
from db.collection.pages.pages import PageDue, PageFetched
from db.enums.outcomes import RequestOutcome

_SUBSTANCE = 200
"""Length in characters from which a feed's text is more than a teaser."""

_OF_THE_PAGE = frozenset(
    {
        RequestOutcome.FORBIDDEN,
        RequestOutcome.SERVER_ERROR,
        RequestOutcome.ROBOTS,
        RequestOutcome.REFUSED,
        RequestOutcome.REDIRECTS,
        RequestOutcome.NOT_A_PAGE,
        RequestOutcome.EMPTY,
        RequestOutcome.TOO_LARGE,
        RequestOutcome.MISSING,
        RequestOutcome.GONE,
    }
)
"""Failures of the page itself; network failures are temporary."""

_NOTHING = compress(b"")
_BUSY = frozenset({429, 503})
_PATIENCE = 4
"""Failed fetches in a row, about two hours, after which any failure counts as the page's own."""


def with_stand_in(page: PageDue, answer: FetchResult, fetched: Fetched, *, now: datetime) -> Fetched:
    """Return the result of a fetch, with a capture of the feed's text if the page has none.

    Each text of a feed is handed over once, with or without a page. A page that was read before is not replaced by a
    mere headline, nor by a feed that outlives it; a headline with a private address does not make an article.
    """
    digest = hash_words(page.hints.get("title"), page.hints.get("body"))
    if fetched.capture is not None:
        return Fetched(replace(fetched.page, feed_hash=digest), fetched.capture)
    unverified = page.hints.get("feed_unverified")
    is_vouched = page.unverified is not None and not page.fetches and not unverified
    if digest is None or (digest == page.feed_hash and not is_vouched) or not _is_lasting(answer, fetched.page):
        return fetched
    outcome = fetched.page.outcome
    if page.fetches and outcome in (RequestOutcome.MISSING, RequestOutcome.GONE):
        return fetched
    if (page.fetches or outcome == RequestOutcome.REFUSED) and len(
        without_tags(page.hints.get("body", ""))
    ) < _SUBSTANCE:
        return fetched
    return Fetched(
        replace(fetched.page, feed_hash=digest, unverified=unverified),
        _capture_of_words(
            page_id=page.id,
            source_id=page.source_id,
            url=page.url,
            hints=dict(page.hints),
            trouble=fetched.page.error or outcome,
            digest=digest,
            now=now,
            status=answer.status,
            headers=dict(answer.headers),
        ),
    )


def captures_of_words(
    told: Iterable[FeedText], entries: Mapping[str, EntryIn], answer: FetchResult, *, now: datetime
) -> list[tuple[CaptureIn, bytes]]:
    """Return the captures to record for texts that exist only in the feed and that no worker has got yet.

    A text that came from an unverified sender is handed over again when a verified one sends it.
    """
    captures = []
    for before in told:
        entry = entries[before.canonical_url]
        is_vouched = before.unverified is not None and answer.is_verified
        if entry.feed_hash is None or (entry.feed_hash == before.feed_hash and not is_vouched):
            continue
        capture = _capture_of_words(
            page_id=before.page_id,
            source_id=before.source_id,
            url=before.url,
            hints=entry.hints | ({"feed_unverified": answer.unverified} if answer.unverified else {}),
            trouble=entry.trouble or "",
            digest=entry.feed_hash,
            now=now,
        )
        captures.append((capture, _NOTHING))
    return captures


def _capture_of_words(
    *,
    page_id: int | None,
    source_id: str | None,
    url: str,
    hints: dict[str, str],
    trouble: str,
    digest: str,
    now: datetime,
    status: int = 0,
    headers: dict[str, str] | None = None,
) -> CaptureIn:
    """Return the capture of an article that exists only as text in its feed."""
    return CaptureIn(
        page_id=page_id,
        source_id=source_id,
        url=url,
        fetched_at=now,
        status=status,
        content_type=None,
        body=b"",
        body_hash=digest,
        headers=headers or {},
        hints={**hints, "page_trouble": trouble},
    )


def _is_lasting(answer: FetchResult, fetched: PageFetched) -> bool:
    """Return whether the failure is the page's own, so that waiting is pointless."""
    if fetched.outcome == RequestOutcome.UNCHANGED:
        return False
    return fetched.failures >= _PATIENCE or (answer.status not in _BUSY and fetched.outcome in _OF_THE_PAGE)
