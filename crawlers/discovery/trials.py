"""Trials of the addresses of feeds: the listed entries, or in plain words the fault. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawlers.bounded_process import ProcessEnded
from crawlers.discovery.candidates import FeedAddress, address_key
from crawlers.discovery.findings import FeedCondition, FoundBy
from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.reading.other_bodies import describe_challenge
from crawlers.reading.parse import FeedEntry, NotAFeed, ParsedFeed, parse_feed
from crawlers.reading.sections.section import read_section
from crawlers.reading.sitemaps.sitemap import NotASitemap, ParsedSitemap, parse_sitemap
from db.enums.collection import FeedKind
from db.enums.outcomes import RequestOutcome
from db.text.dates import end_of_tomorrow

STALE = timedelta(days=60)
"""Age of the newest entry from which on a feed counts as stale."""
_SAME = 0.8
"""Share of common entries from which on two feeds list the same."""
_MAX_KEYS = 500
_PROTECTED = ("cf-mitigated", "x-amzn-waf-action", "x-sucuri-block", "x-datadome-captcha", "x-px-captcha")
_CONDITIONS = {
    RequestOutcome.MISSING: FeedCondition.MISSING,
    RequestOutcome.FORBIDDEN: FeedCondition.REFUSED,
    RequestOutcome.ROBOTS: FeedCondition.REFUSED,
    RequestOutcome.REFUSED: FeedCondition.REFUSED,
    RequestOutcome.EMPTY: FeedCondition.EMPTY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result of trying an address. `problem` says in plain words what is wrong with it, if anything is."""

    url: str
    """Address after redirects."""
    asked_url: str
    kind: FeedKind
    found_by: FoundBy
    condition: FeedCondition
    title: str | None = None
    entries: int = 0
    newest_at: datetime | None = None
    language: str | None = None
    problem: str | None = None
    rank: float = 0.0
    unverified: str | None = None
    """The fault of a certificate on the way to it."""
    keys: frozenset[str] = frozenset()
    """Addresses or names of its entries."""

    @property
    def is_usable(self) -> bool:
        """Return whether articles can be collected by it."""
        return self.condition in (FeedCondition.WORKS, FeedCondition.STALE)


def try_candidate(
    candidate: FeedAddress, result: FetchResult, *, now: datetime, parse: Callable[..., ParsedFeed] = parse_feed
) -> Trial:
    """Return what stands at a candidate's address."""
    trouble = result.trouble or describe_status(result.status)
    if trouble is None and not result.body.strip():
        trouble = FetchFailure(RequestOutcome.EMPTY, "the response is empty")
    if trouble is not None:
        condition = _CONDITIONS.get(trouble.kind, FeedCondition.FAILING)
        challenge = _describe_challenge(result) if result.status else None
        return _failed(
            candidate, result, condition if challenge is None else FeedCondition.OTHER, challenge or trouble.reason
        )
    try:
        feed = _parsed(candidate, result, parse)
    except (NotAFeed, NotASitemap, ProcessEnded) as error:
        return _failed(candidate, result, FeedCondition.OTHER, _describe_challenge(result) or str(error))
    except Exception as error:  # any error of a parser is a failure of this address
        return _failed(candidate, result, FeedCondition.OTHER, f"it cannot be read: {type(error).__name__}"[:200])
    return _read(candidate, result, feed, now)


def _parsed(candidate: FeedAddress, result: FetchResult, parse: Callable[..., ParsedFeed]) -> ParsedFeed:
    kind = candidate.kind
    content_type = result.header("content-type")
    if kind == FeedKind.SECTION:
        return read_section(result.body, url=result.url, content_type=content_type, pattern=candidate.pattern)
    if kind == FeedKind.SITEMAP:
        sitemap = parse_sitemap(result.body, url=result.url, content_type=content_type)
        entries = sitemap.entries or _children(sitemap)
        return ParsedFeed(title=None, entries=entries, kind=sitemap.kind, problems=sitemap.problems)
    return parse(result.body, url=result.url, content_type=content_type, bodies="none")


def _children(sitemap: ParsedSitemap) -> tuple[FeedEntry, ...]:
    """Return the sitemaps of an index as entries, to be counted."""
    return tuple(
        FeedEntry(
            url=child.url, guid=None, title=None, author=None, published_at=None, updated_at=child.lastmod,
            summary=None, content=None,
        )
        for child in sitemap.children
    )  # fmt: skip


def _read(candidate: FeedAddress, result: FetchResult, feed: ParsedFeed, now: datetime) -> Trial:
    latest = end_of_tomorrow(now)
    dates = [at for entry in feed.entries if (at := entry.published_at or entry.updated_at) and at <= latest]
    newest = max(dates, default=None)
    condition, problem = FeedCondition.WORKS, None
    if not feed.entries:
        condition, problem = FeedCondition.EMPTY, "it lists nothing"
    elif newest is not None and now - newest > STALE:
        condition, problem = FeedCondition.STALE, f"its newest entry is of {newest:%Y-%m-%d}"
    return Trial(
        url=result.url,
        asked_url=candidate.url,
        kind=candidate.kind,
        found_by=candidate.found_by,
        condition=condition,
        title=(feed.title or candidate.title or "")[:300] or None,
        entries=len(feed.entries),
        newest_at=newest,
        language=_language(feed.entries),
        problem=problem,
        rank=candidate.rank,
        unverified=result.unverified,
        keys=frozenset(_key(entry) for entry in feed.entries[:_MAX_KEYS]),
    )


def _failed(candidate: FeedAddress, result: FetchResult, condition: FeedCondition, problem: str) -> Trial:
    return Trial(
        url=result.url or candidate.url,
        asked_url=candidate.url,
        kind=candidate.kind,
        found_by=candidate.found_by,
        condition=condition,
        title=candidate.title,
        problem=problem,
        rank=candidate.rank,
        unverified=None if result.trouble else result.unverified,
    )


def _describe_challenge(result: FetchResult) -> str | None:
    """Return a sentence if a protection service answered in place of the outlet."""
    if any(result.header(name) for name in _PROTECTED):
        return "a protection service answered in place of the outlet, to test whether a person asks"
    return describe_challenge(result.body)


def _language(entries: Iterable[FeedEntry]) -> str | None:
    said = Counter(entry.language for entry in entries if entry.language)
    return said.most_common(1)[0][0] if said else None


def _key(entry: FeedEntry) -> str:
    return address_key(entry.url) if entry.url else f"{entry.guid}\0{entry.title}"


def distinct(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the usable trials, best first, without those that list the same as a better one."""
    chosen: list[Trial] = []
    for trial in sorted(filter(lambda each: each.is_usable, trials), key=_order):
        is_same = any(
            address_key(trial.url) == address_key(other.url) or _is_within(trial.keys, other.keys) for other in chosen
        )
        if not is_same:
            chosen.append(trial)
    return tuple(chosen)


def _order(trial: Trial) -> tuple[bool, float, int, str]:
    """Return a key that sorts the best first: fresh before stale, then by rank, then by number of entries."""
    return trial.condition != FeedCondition.WORKS, -trial.rank, -trial.entries, trial.url


def _is_within(keys: frozenset[str], others: frozenset[str]) -> bool:
    return bool(keys) and len(keys & others) >= _SAME * len(keys)


def recommended(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return those to collect from: the best, and fresh ones that the page itself names and that list other things."""
    several = distinct(trials)
    main = (FoundBy.GIVEN, FoundBy.ALTERNATE, FoundBy.HEADER)
    rest = [
        trial
        for trial in several[1:]
        if trial.condition == FeedCondition.WORKS and trial.found_by in main and trial.rank > 2.5
    ]
    return (*several[:1], *rest[:4])
