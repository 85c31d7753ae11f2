"""What stands in for a page that cannot be had: what its feed says of the article. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from crawlers.feeds.entries import hash_words
from crawlers.http.results import FetchResult
from crawlers.jobs.fetches import Fetched
from crawlers.sanitize import without_tags
from db.collection.captures import CaptureIn, compress
from db.collection.entries import EntryIn, FeedText
from db.collection.pages import PageDue, PageFetched

_SUBSTANCE = 200
"""Letters from which on a feed's text is more than a teaser."""

_KINDS = frozenset(
    {"forbidden", "server error", "robots", "refused", "redirects", "not a page", "empty", "too large", "missing"}
)
"""Troubles that are the page's own; those of the network pass."""

_NOTHING = compress(b"")
_BUSY = frozenset({429, 503})
_PATIENCE = 4
"""Failed fetches in a row, about two hours, after which any trouble is the page's own."""


def with_stand_in(page: PageDue, answer: FetchResult, fetched: Fetched, *, now: datetime) -> Fetched:
    """Return what a fetch makes of a page, with a capture of the feed's text where there is none of the page.

    Each text of a feed is handed over once, whether with a page or without. A page that was read before is not told
    anew by a headline, nor by a feed that outlives it; an address inside our network is nothing that a headline makes
    an article.
    """
    digest = hash_words(page.hints.get("title"), page.hints.get("body"))
    if fetched.capture is not None:
        return Fetched(replace(fetched.page, feed_hash=digest), fetched.capture)
    unverified = page.hints.get("feed_unverified")
    is_vouched = page.unverified is not None and not page.fetches and not unverified
    if digest is None or (digest == page.feed_hash and not is_vouched) or not _is_lasting(answer, fetched.page):
        return fetched
    outcome = fetched.page.outcome
    if page.fetches and outcome in ("missing", "gone"):
        return fetched
    if (page.fetches or outcome == "refused") and len(without_tags(page.hints.get("body", ""))) < _SUBSTANCE:
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
    """Return, to be recorded, the captures of texts that only their feed has and that no worker was given yet.

    Words that workers have from a sender who could not prove who he is are given again when one sends them who can.
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
    """Return the capture of an article of which there is only what its feed says."""
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
    """Return whether the trouble is the page's own, and waiting is of no use."""
    if fetched.outcome == "unchanged":
        return False
    return fetched.failures >= _PATIENCE or (
        answer.status not in _BUSY and (fetched.outcome in _KINDS or fetched.outcome == "gone")
    )
