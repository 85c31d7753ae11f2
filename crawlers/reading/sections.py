"""Section and front pages: which of their links lead to articles. Pure.

Each link has signs of its own: the form of its address, its words, its place in the page, what was learnt of the
outlet's addresses. Pages repeat: links of one form of address, or in one kind of place, are mostly all articles or
none, so each is judged with its likes. It is in `reading` because a section page is read at each poll as a feed is:
bytes in, entries out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import translate
from urllib.parse import unquote, urljoin, urlsplit

from crawlers.reading.address_shapes import NOTHING_KNOWN, AddressShape, ArticleShapes, is_media, shape_of
from crawlers.reading.address_words import SIDE_HOSTS
from crawlers.reading.anchors import MAX_BYTES, Anchor, base_of, find_anchors, read_page
from crawlers.reading.headline_words import is_more, rate_words
from crawlers.reading.other_bodies import describe_challenge
from crawlers.reading.parse import FeedEntry, NotAFeed, ParsedFeed
from db.net.urls import canonical_url, host_of, registrable_domain, unwrapped
from db.text.dates import ParsedDate

MAX_LINKS = 3_000
"""Maximum of different addresses that are judged in one page."""
THRESHOLD = 2.0
"""Least score of a link to an article."""
_OWN, _BY_FORM, _BY_PLACE = 0.5, 0.3, 0.2
"""Weights of a link's own score, of the mean of its form of address, and of its place in the page."""
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


@dataclass(slots=True, kw_only=True)
class _Target:
    """The links of a page to one address."""

    url: str
    canonical: str
    shape: AddressShape
    is_elsewhere: bool
    anchors: list[Anchor] = field(default_factory=list)


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
    targets = _group(find_anchors(root), url, base_of(root, url))
    if pattern:
        form = re.compile(translate(pattern))
        return tuple(_by_pattern(target, form) for target in targets)
    return _together([_rate(target, known) for target in targets], targets)


def _group(anchors: Iterable[Anchor], url: str, base: str) -> list[_Target]:
    """Return the pages of this host that the links lead to."""
    targets: dict[str, _Target] = {}
    own = _canonical(url)
    host = host_of(own or url)
    domain = registrable_domain(host)
    for anchor in anchors:
        address = _address(anchor.href, base)
        canonical = _canonical(address) if address else None
        if not address or not canonical or canonical == own or is_media(canonical):
            continue
        if registrable_domain(host_of(canonical)) != domain or _is_same_page(canonical, own):
            continue
        if canonical not in targets and len(targets) >= MAX_LINKS:
            continue
        if canonical not in targets:
            is_elsewhere = host_of(canonical) != host
            targets[canonical] = _Target(
                url=address, canonical=canonical, shape=shape_of(canonical), is_elsewhere=is_elsewhere
            )
        targets[canonical].anchors.append(anchor)
    return list(targets.values())


def _is_same_page(canonical: str, own: str | None) -> bool:
    """Return whether an address is that of the page in another view: the query differs, and names no article."""
    path, _, query = canonical.partition("?")
    return own is not None and bool(query) and path == own.partition("?")[0] and shape_of(canonical).score < 2.0


def _address(href: str, base: str) -> str | None:
    if href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    try:
        return unwrapped(urljoin(base, href).partition("#")[0])
    except ValueError:
        return None


def _canonical(address: str) -> str | None:
    try:
        canonical = canonical_url(address)
    except ValueError:
        return None
    return canonical if canonical.startswith("http") else None


def _by_pattern(target: _Target, form: re.Pattern[str]) -> ArticleLink:
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


def _rate(target: _Target, known: ArticleShapes) -> ArticleLink:
    """Return a link with the score of its own signs."""
    headline, anchor, words = _headline(target)
    learnt, because = known.judge(target.canonical, target.shape)
    reasons = [because, target.shape.reason]
    score = target.shape.score + words + _LEARNT * learnt
    if target.is_elsewhere:
        is_service = host_of(target.canonical).partition(".")[0] in SIDE_HOSTS
        score -= 7.0 if is_service else 3.0
        reasons.append("another host of the outlet")
    if words >= 1.0:
        reasons.append("words like a headline")
    if any(each.in_heading or each.heading for each in target.anchors):
        score, reasons = score + 1.0, [*reasons, "a heading"]
    dated = _dated(target)
    if dated is not None:
        score, reasons = score + 0.8, [*reasons, "a date beside it"]
    if all(each.is_furniture for each in target.anchors):
        # a bar with the news of the hour, or with their catchwords
        is_strong = (words >= 1.2 and target.shape.score >= 1.5) or target.shape.score >= 4.0
        score -= 1.0 if is_strong else 2.0
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


def _headline(target: _Target) -> tuple[str | None, Anchor, float]:
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


def _dated(target: _Target) -> ParsedDate | None:
    return next((anchor.dated for anchor in target.anchors if anchor.dated is not None), None)


def _together(links: Sequence[ArticleLink], targets: Sequence[_Target]) -> tuple[ArticleLink, ...]:
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
