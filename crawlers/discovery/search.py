"""The course of a search for the ways to collect from an outlet: what to ask for next, after the answers so far. Pure.

First the page itself, then what it names, then (without success) the customary addresses, at last sitemaps, and the
page itself as a section page. Each host is asked politely and slowly, so the search ends as soon as it has a feed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from crawlers.discovery.candidates import (
    FeedAddress,
    address_key,
    customary,
    find_candidates,
    sitemap_candidates,
)
from crawlers.discovery.findings import FeedCondition, FoundBy
from crawlers.discovery.trials import Trial, distinct, try_candidate
from crawlers.http.results import FetchResult, describe_status
from crawlers.reading.parse import ParsedFeed, parse_feed
from crawlers.reading.sections.section import article_links
from db.enums.collection import FeedKind

MAX_REQUESTS = 24
_DECLARED, _CUSTOMARY_AT_ONCE, _SITEMAPS = 6, 3, 3
"""Maximum of addresses in one round."""
LEAST_LINKS = 5
"""Least number of links to articles that make a page a section page."""


@dataclass(slots=True, kw_only=True)
class OutletSearch:
    """A search from the address of a page (or feed) of an outlet. `trials` are its results so far."""

    url: str
    now: datetime
    parse: Callable[..., ParsedFeed] = parse_feed
    trials: list[Trial] = field(default_factory=list)
    page: Trial | None = None
    """The page itself, tried as a feed."""
    final_url: str | None = None
    """Address of the page, after redirects."""
    _asked: set[str] = field(default_factory=set)
    _waiting: dict[str, FeedAddress] = field(default_factory=dict)
    _later: list[FeedAddress] = field(default_factory=list)
    _stage: int = 0

    def first(self) -> list[str]:
        """Return the addresses of the first round."""
        self._asked.add(address_key(self.url))
        return [self.url]

    def next_round(self, answers: Mapping[str, FetchResult]) -> list[str]:
        """Take in the answers of a round; return the addresses of the next one, none at the end."""
        for url, result in answers.items():
            self._take(url, result)
        while self._stage < len(_STAGES):
            wanted = self._ask(_STAGES[self._stage](self))
            if wanted:
                return wanted
            self._stage += 1
        return []

    @property
    def found(self) -> tuple[Trial, ...]:
        """Return the ways to collect, best first: feeds, else sitemaps, else the page itself."""
        feeds = distinct(trial for trial in self.trials if trial.kind == FeedKind.FEED)
        others = distinct(trial for trial in self.trials if trial.kind != FeedKind.FEED)
        return (*feeds, *others)

    def _take(self, url: str, result: FetchResult) -> None:
        candidate = self._waiting.pop(url, None)
        if candidate is None:
            self._take_page(url, result)
        elif candidate.found_by == FoundBy.ROBOTS and candidate.kind == FeedKind.FEED:  # robots.txt itself
            text = result.body[:500_000].decode("utf-8", "replace") if _is_there(result) else None
            self._later = list(sitemap_candidates(self.final_url or self.url, text))
        else:
            trial = try_candidate(candidate, result, now=self.now, parse=self.parse)
            self.trials.append(trial)
            if trial.condition == FeedCondition.OTHER and candidate.kind == FeedKind.FEED and _is_there(result):
                self._later += self._named_by(result)  # a page about feeds

    def _take_page(self, url: str, result: FetchResult) -> None:
        """Take in the page that the search began from, or the front page of its host."""
        given = FeedAddress(url=url, found_by=FoundBy.GIVEN, rank=4.0)
        trial = try_candidate(given, result, now=self.now, parse=self.parse)
        self.page = trial
        if trial.is_usable or (trial.condition == FeedCondition.EMPTY and result.body.strip()):
            self.trials.append(trial)
        if trial.condition != FeedCondition.OTHER or not _is_there(result):
            return
        self.final_url = self.final_url or result.url
        self._later += self._named_by(result)
        links = article_links(result.body, url=result.url, content_type=result.header("content-type"))
        if len(links) >= LEAST_LINKS:
            page = FeedAddress(url=url, found_by=FoundBy.PAGE, rank=0.0, kind=FeedKind.SECTION)
            self.trials.append(try_candidate(page, result, now=self.now))

    def _named_by(self, result: FetchResult) -> list[FeedAddress]:
        return list(
            find_candidates(
                result.body,
                url=result.url,
                content_type=result.header("content-type"),
                link_header=result.header("link"),
            )
        )

    def _has_feed(self) -> bool:
        return any(trial.is_usable and trial.kind == FeedKind.FEED for trial in self.trials)

    def _ask(self, candidates: Sequence[FeedAddress]) -> list[str]:
        """Return the addresses of those candidates that were not asked for yet."""
        wanted = []
        for candidate in candidates:
            key = address_key(candidate.url)
            if key in self._asked or len(self._asked) >= MAX_REQUESTS:
                continue
            self._asked.add(key)
            self._waiting[candidate.url] = candidate
            wanted.append(candidate.url)
        return wanted

    def _declared(self) -> list[FeedAddress]:
        """Return what the page names, then what the pages about feeds that it links to name."""
        if self._has_feed():
            return []
        named, self._later = self._later[:_DECLARED], []
        return named

    def _customary(self) -> list[FeedAddress]:
        """Return customary addresses, a few at a time; none for a site that cannot be reached."""
        self._later = []
        if self._has_feed() or (self.page and self.page.condition == FeedCondition.FAILING):
            return []
        fresh = [each for each in customary(self.final_url or self.url) if address_key(each.url) not in self._asked]
        return fresh[:_CUSTOMARY_AT_ONCE]

    def _robots(self) -> list[FeedAddress]:
        if self._has_feed() or self.final_url is None:
            return []
        return [FeedAddress(url=urljoin(self.final_url, "/robots.txt"), found_by=FoundBy.ROBOTS, rank=0.0)]

    def _sitemaps(self) -> list[FeedAddress]:
        if self._has_feed():
            return []
        named, self._later = self._later[:_SITEMAPS], []
        return named


_STAGES: tuple[Callable[[OutletSearch], list[FeedAddress]], ...] = (
    OutletSearch._declared,
    OutletSearch._customary,
    OutletSearch._robots,
    OutletSearch._sitemaps,
)


def _is_there(result: FetchResult) -> bool:
    return result.trouble is None and describe_status(result.status) is None
