"""Conversion of feed entries into records: pages to fetch, and articles with only the feed's text.

Pure. Entries without a usable link, and entries that share a link, are articles too: they get an address of their own,
derived from the feed and the entry's GUID.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import xxhash

from crawlers.reading.parse import FeedEntry
from crawlers.sanitize import get_words
from db.collection.pages.entries import EntryIn
from db.enums.outcomes import EntryOutcome
from db.net.address_policy import refusal_of_url
from db.net.urls import canonical_url, unwrapped
from db.text.dates import end_of_tomorrow, fault_in, find_date_fault

_TITLE_MAX, _AUTHOR_MAX, _GUID_MAX, _URL_MAX, _BODY_MAX = 1_000, 500, 1_000, 2_000, 200_000
_OPENING_MAX = 100


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries to record, and the numbers of `duplicate`, `no link` and `unusable` ones."""

    usable: tuple[EntryIn, ...]
    dropped: dict[EntryOutcome, int]
    reasons: tuple[tuple[str, str], ...]
    """Pairs of (subject, reason) for entries that were dropped or refused."""


def sort_entries(
    feed_url: str, entries: Sequence[FeedEntry], *, now: datetime, allowed: Collection[tuple[str, int]] = ()
) -> Entries:
    """Return the entries as pages and texts to record. Of two entries for the same page or text, the first is used."""
    dropped = dict.fromkeys((EntryOutcome.DUPLICATE, EntryOutcome.NO_LINK, EntryOutcome.UNUSABLE), 0)
    reasons: list[tuple[str, str]] = []
    by_page: dict[str, list[EntryIn]] = {}
    own: list[EntryIn] = []
    for entry in entries:
        canonical, reason = _address(feed_url, entry)
        record = _entry_in(feed_url, entry, canonical, now)
        if reason:
            reasons.append(((entry.url or "")[:500], reason))
        if canonical:
            by_page.setdefault(canonical, []).append(record)
        elif record.feed_hash is None:
            dropped[EntryOutcome.UNUSABLE if entry.url else EntryOutcome.NO_LINK] += 1
        else:
            own.append(record.by_itself("its link cannot be used" if entry.url else "the entry has no link"))
    usable: dict[str, EntryIn] = {}
    for canonical, several in by_page.items():
        refusal = refusal_of_url(several[0].url, allowed)
        if refusal:
            reasons.append((canonical, refusal))
        distinct = [several[0]] if refusal else _distinct(several)
        if len(distinct) == 1:
            usable[canonical] = replace(distinct[0], refusal=refusal)
        else:
            own += [record.by_itself(f"{len(distinct)} entries share one link") for record in distinct]
        dropped[EntryOutcome.DUPLICATE] += len(several) - len(distinct)
    for record in own:
        dropped[EntryOutcome.DUPLICATE] += record.canonical_url in usable
        usable.setdefault(record.canonical_url, record)
    if remark := _remark(entries, dropped[EntryOutcome.NO_LINK], now):
        reasons.append((feed_url, remark))
    return Entries(tuple(usable.values()), dropped, tuple(reasons))


def _remark(entries: Sequence[FeedEntry], without_link: int, now: datetime) -> str | None:
    """Return a remark on problems with the entries of a feed."""
    remarks = []
    if without_link:
        remarks.append(f"{without_link} of {len(entries)} entries have neither a link nor words")
    latest = end_of_tomorrow(now)
    if faults := [fault for entry in entries if (fault := _date_fault(entry, latest))]:
        remarks.append(f"{len(faults)} of {len(entries)} entries: {faults[0]}")
    return "; ".join(remarks) or None


def hash_words(title: str | None, body: str | None) -> str | None:
    """Return the hash of an entry's words, without markup and pictures; None if there are no words."""
    words = f"{title or ''}\0{get_words(body or '')}"
    return xxhash.xxh3_128_hexdigest(words.encode("utf-8", "replace")) if words != "\0" else None


def _address(feed_url: str, entry: FeedEntry) -> tuple[str | None, str | None]:
    """Return the canonical URL of an entry's page, or the reason why its link is unusable."""
    if not entry.url:
        return None, None
    try:
        canonical = canonical_url(entry.url)
    except ValueError as error:
        return None, str(error)
    if entry.url.partition("#")[0] == feed_url:
        return None, "the link leads back to the feed"
    if not canonical.startswith("http"):
        return None, f"not an absolute http(s) address: {entry.url[:200]!r}"
    return canonical, None


def _distinct(several: Iterable[EntryIn]) -> list[EntryIn]:
    """Return the entries with one link that are distinct articles: GUIDs and headlines are unique."""
    seen: set[str] = set()
    distinct: list[EntryIn] = []
    for record in several:
        names = {f"guid {record.guid}"} if record.guid else set()
        names.add(f"words {' '.join((record.title or get_words(record.body or '')).casefold().split())}")
        if not names & seen:
            distinct.append(record)
        seen |= names
    return distinct


def _entry_in(feed_url: str, entry: FeedEntry, canonical: str | None, now: datetime) -> EntryIn:
    published_at, published_as = entry.published_at, entry.published_as
    if published_at is None:
        published_at, published_as = entry.updated_at, entry.updated_as
    if published_at is not None and find_date_fault(published_at, latest=end_of_tomorrow(now)):
        published_at = published_as = None
    title, body = entry.title[:_TITLE_MAX] if entry.title else None, _body(entry)
    name = entry.guid or title or get_words(body or "")[:_OPENING_MAX]
    digest = xxhash.xxh3_128_hexdigest(f"{feed_url}\0{name}".encode("utf-8", "replace"))
    return EntryIn(
        canonical_url=canonical or "",
        url=unwrapped((entry.url or "").strip())[:_URL_MAX] if canonical else feed_url,
        guid=entry.guid[:_GUID_MAX] if entry.guid else None,
        title=title,
        author=entry.author[:_AUTHOR_MAX] if entry.author else None,
        published_at=published_at,
        published_as=published_as,
        body=body,
        language=entry.language,
        urn=f"urn:steppewatch:entry:{digest}",
        feed_hash=hash_words(title, body),
    )


def _date_fault(entry: FeedEntry, latest: datetime) -> str | None:
    """Return the reason why the date of an entry is not a valid date of publication."""
    if entry.published_at is None and entry.published_as:
        return fault_in(entry.published_as, latest=latest)
    at = entry.published_at or entry.updated_at
    return find_date_fault(at, latest=latest) if at else None


def _body(entry: FeedEntry) -> str | None:
    """Return the text of an article in the feed, as HTML: the longer of content and summary."""
    body = max(entry.content or "", entry.summary or "", key=len)
    if len(body) > _BODY_MAX:
        body = body[:_BODY_MAX]
        open_tag = body.rfind("<")
        body = body[:open_tag] if open_tag > body.rfind(">") else body
    return body or None
