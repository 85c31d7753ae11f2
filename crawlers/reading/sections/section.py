"""Section and front pages: which of their links lead to articles. Pure.

Each link has signs of its own: the form of its address, its words, its place in the page, what was learnt of the
outlet's addresses. Pages repeat: links of one form of address, or in one kind of place, are mostly all articles or
none, so each is judged with its likes. It is in `reading` because a section page is read at each poll as a feed is:
bytes in, entries out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate
from urllib.parse import unquote, urlsplit

from crawlers.reading.other_bodies import describe_challenge
from crawlers.reading.parse import FeedEntry, NotAFeed, ParsedFeed
from crawlers.reading.sections.address_shapes import NOTHING_KNOWN, ArticleShapes
from crawlers.reading.sections.address_words import SIDE_HOSTS
from crawlers.reading.sections.anchors import MAX_BYTES, Anchor, find_anchors, find_base, read_page
from crawlers.reading.sections.headline_words import is_more, rate_words
from crawlers.reading.sections.link_targets import LinkedPage, find_wholes, group_links, is_part
from db.net.urls import read_host
from db.text.dates import ParsedDate

THRESHOLD = 2.0
"""Least score of a link to an article."""
_OWN, _BY_FORM, _BY_PLACE = 0.5, 0.3, 0.2
"""Weights of a link's own score, of the mean of its form of address, and of its place in the page."""
_LIST, _MOSTLY, _IN_DATED_LIST = 3, 0.7, 3.2
"""Least number of dated links in a place, their least share, and the weight of standing in such a list."""
_COUNTED = re.compile(r"[(\[]?[0-9]+[)\]]?(?: ?\w+){0,2}|\w+:? ?[(\[]?[0-9]+[)\]]?")
"""Words like “12 comments”."""
_LEARNT = 2.2
"""Weight of what was learnt of the outlet's addresses."""
_REFUSED = -20.0
_MAX_TITLE = 300
_OTHER_RELATIONS = frozenset({"tag", "author", "next", "prev", "nofollow"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLink:
    """A link of a page that probably leads to an article."""

    url: str
    """As the page spells it, absolute."""
    canonical_url: str
    title: str | None
    dated: ParsedDate | None
    place: str
    score: float
    reason: str


def article_links(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    known: ArticleShapes = NOTHING_KNOWN,
    pattern: str | None = None,
) -> tuple[ArticleLink, ...]:
    """Return the links of a page to articles of its outlet, each address once, in the order of the page.

    With a `pattern` (a shell pattern of path and query) it alone decides; else `known` and general signs do.
    """
    return tuple(
        link
        for link in rate_links(body, url=url, content_type=content_type, known=known, pattern=pattern)
        if link.score >= THRESHOLD
    )


def read_section(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    known: ArticleShapes = NOTHING_KNOWN,
    pattern: str | None = None,
) -> ParsedFeed:
    """Return the articles of a page as the entries of a feed. Raises NotAFeed if it has no link to an article."""
    links = article_links(body, url=url, content_type=content_type, known=known, pattern=pattern)
    if not links:
        nothing = f"no link of the page fits {pattern}" if pattern else "no link of the page looks like an article"
        raise NotAFeed(describe_challenge(body) or nothing)
    problems = (f"cut at {MAX_BYTES:,} bytes, it has {len(body):,}",) if len(body) > MAX_BYTES else ()
    return ParsedFeed(title=None, entries=tuple(map(_entry, links)), kind="section", problems=problems)


def _entry(link: ArticleLink) -> FeedEntry:
    return FeedEntry(
        url=link.url,
        guid=link.canonical_url,  # a page may spell it with another counter of clicks each time
        title=link.title,
        author=None,
        published_at=link.dated.as_utc if link.dated else None,
        published_as=link.dated.written if link.dated else None,
        updated_at=None,
        summary=None,
        content=None,
    )


def rate_links(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    known: ArticleShapes = NOTHING_KNOWN,
    pattern: str | None = None,
) -> tuple[ArticleLink, ...]:
    """Return all links of a page to pages of its host, with their scores; see `article_links`."""
    root = read_page(body, content_type)
    if root is None:
        return ()
    targets = group_links(find_anchors(root), url, find_base(root, url))
    if pattern:
        form = re.compile(translate(pattern))
        return tuple(_by_pattern(target, form) for target in targets)
    wholes = find_wholes(targets, url)
    return _together(_in_dated_lists([_rate(target, known, wholes) for target in targets], targets), targets)


def _by_pattern(target: LinkedPage, form: re.Pattern[str]) -> ArticleLink:
    parts = urlsplit(target.url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    fits = any(form.match(spelling) for spelling in dict.fromkeys((path, unquote(path, errors="replace"), parts.path)))
    headline, anchor, _ = _headline(target)
    return ArticleLink(
        url=target.url,
        canonical_url=target.canonical,
        title=headline,
        dated=_dated(target),
        place=anchor.place,
        score=2 * THRESHOLD if fits else _REFUSED,
        reason="fits the outlet's pattern" if fits else "does not fit the outlet's pattern",
    )


def _rate(target: LinkedPage, known: ArticleShapes, wholes: Collection[str]) -> ArticleLink:
    """Return a link with the score of its own signs; `wholes` are addresses that surely are articles."""
    headline, anchor, words = _headline(target)
    learnt, because = known.judge(target.canonical, target.shape)
    reasons = [because, target.shape.reason]
    score = target.shape.score + words + _LEARNT * learnt
    if target.is_elsewhere:
        is_service = read_host(target.canonical).partition(".")[0] in SIDE_HOSTS
        score -= 7.0 if is_service else 3.0
        reasons.append("another host of the outlet")
    if is_part(target, wholes):
        score, reasons = score - 6.0, [*reasons, "a part of another article"]
    if words >= 1.0:
        reasons.append("words like a headline")
    elif target.shape.has_service_word:
        score, reasons = score - 2.0, [*reasons, "about the outlet itself"]
    if any(each.in_heading or each.heading for each in target.anchors):
        score, reasons = score + 1.0, [*reasons, "a heading"]
    dated = _dated(target)
    if dated is not None:
        score, reasons = score + 0.8, [*reasons, "a date beside it"]
    if all(each.is_furniture for each in target.anchors):
        # a bar with the news of the hour, or with their catchwords
        is_strong = (words >= 1.2 and target.shape.score >= 1.5) or target.shape.score >= 4.0
        score -= 1.0 if is_strong else 2.3
        reasons.append("in the navigation, the footer or the like")
    if any(
        mark in each.rel.split() for each in target.anchors for mark in ("tag", "author", "next", "prev", "nofollow")
    ):
        score, reasons = score - 2.0, [*reasons, "marked as another kind of link"]
    return ArticleLink(
        url=target.url,
        canonical_url=target.canonical,
        title=headline,
        dated=dated,
        place=anchor.place,
        score=score,
        reason=", ".join(filter(None, reasons)),
    )


def _headline(target: LinkedPage) -> tuple[str | None, Anchor, float]:
    """Return the best headline of a page, the link that has it, and how much it looks like one."""
    best: tuple[float, int, str, Anchor] | None = None
    for position, anchor in enumerate(target.anchors[:20]):
        for rank, words in enumerate((anchor.heading, *anchor.texts, anchor.text, anchor.label)):
            if not words.strip() or is_more(words):
                continue
            rating = rate_words(words) - 0.3 * (rank > len(anchor.texts) + 1) + 0.2 * (rank == 0)
            if best is None or rating > best[0] or (rating == best[0] and len(words) > len(best[2])):
                best = rating, -position, " ".join(words.split()), anchor
    if best is None:
        return None, target.anchors[0], -0.4
    return best[2][:_MAX_TITLE], best[3], best[0]


def _dated(target: LinkedPage) -> ParsedDate | None:
    return next((anchor.dated for anchor in target.anchors if anchor.dated is not None), None)


def _in_dated_lists(links: Sequence[ArticleLink], targets: Sequence[LinkedPage]) -> list[ArticleLink]:
    """Return the links, with a higher score in places where nearly each has a date beside it: lists of news."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for link in links:
        numbers[link.place].append(link.dated is not None)
    dated = {place for place, known in numbers.items() if sum(known) >= max(_LIST, _MOSTLY * len(known))}
    return [
        replace(link, score=link.score + _IN_DATED_LIST, reason=f"{link.reason}, in a list with dates")
        if link.place in dated and _may_be_listed(link, target)
        else link
        for link, target in zip(links, targets, strict=True)
    ]


def _may_be_listed(link: ArticleLink, target: LinkedPage) -> bool:
    """Return whether a link of a dated list may be its headline: not a section, not the number of comments."""
    is_section = target.shape.kinds in ((), ("word",)) and not target.shape.keys
    return not is_section and not (link.title and _COUNTED.fullmatch(link.title))


def _together(links: Sequence[ArticleLink], targets: Sequence[LinkedPage]) -> tuple[ArticleLink, ...]:
    """Return the links, each with a score that its likes share."""
    forms = [target.shape.grains()[0] for target in targets]
    places = [link.place for link in links]
    by_form, by_place = _means(links, forms), _means(links, places)
    rated = []
    for link, form, place in zip(links, forms, places, strict=True):
        score = _OWN * link.score + _BY_FORM * by_form[form] + _BY_PLACE * by_place[place]
        rated.append(replace(link, score=round(score, 3)))
    return tuple(rated)


def _means(links: Sequence[ArticleLink], keys: Sequence[Hashable]) -> dict[Hashable, float]:
    groups: dict[Hashable, list[float]] = defaultdict(list)
    for link, key in zip(links, keys, strict=True):
        groups[key].append(link.score)
    return {key: sum(scores) / len(scores) for key, scores in groups.items()}
