"""The form of an outlet's addresses, and what it tells about them: article, or list, tag, author, login. Pure.

Nothing is known of a new outlet: then general signs speak (long slugs, dates, numbers). What its addresses turned out
to be is learnt: `learn_shapes` counts articles and other pages by the shape of their addresses.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from urllib.parse import parse_qsl, unquote, urlsplit

from crawlers.reading.sections.address_words import (
    ARTICLE_WORDS,
    AUTHOR_WORDS,
    ID_KEYS,
    LISTS,
    LOOSE_LISTS,
    PAGES,
    PAGING_KEYS,
    SECTIONS,
    SERVICE,
    SERVICE_WORDS,
)
from db.net.urls import canonical_url, read_host

MAX_LEARNT = 5_000
"""Maximum of articles, and of other pages, that are learnt from."""
_STRONGEST = 4.0
_FEW = 3
"""Fewer observations of a shape say nothing."""

_EXTENSION = re.compile(r"\.(html?|shtml|xhtml|php\d?|aspx?|jsp|do|cfm|stm|ece|amp)$", re.IGNORECASE)
_MEDIA = re.compile(
    r"\.(jpe?g|png|gif|webp|svg|avif|ico|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|pptx?|zip|rar|gz|mp[34]|m4[av]|avi|mov"
    r"|webm|ogg|wav|apk|exe|ics|epub|txt|csv)$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19[9]|20[0-9])[0-9]")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:[0-2][0-9]|3[01])(?![0-9])"
    r"|(?<![0-9])(?:[0-2][0-9]|3[01])[-_.](?:0[1-9]|1[0-2])[-_.](?:19|20)[0-9]{2}(?![0-9])"
)
_HASH = re.compile(
    r"(?=[a-f-]*[0-9])[0-9a-f]{8}(?:-?[0-9a-f]{4}){1,8}[0-9a-f]{0,8}|(?=\D*\d)(?=.*[A-Z])[0-9A-Za-z]{6,40}"
)
_COMMENTS = re.compile(r"(?:comment-)?page-?[0-9]+|seite-?[0-9]+|comments?|kommentare?")
_WORD_BREAK = re.compile(r"[-_+. ,;~]+")
_NUMBER = re.compile(r"[0-9]+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressShape:
    """The form of an address: the kind of each part of its path, with signs that it is an article."""

    host: str
    first: str
    """The first part of its path if that is a plain word."""
    kinds: tuple[str, ...]
    ending: str
    keys: tuple[str, ...]
    score: float
    """Above 0: more likely an article, by general signs."""
    reason: str
    has_service_word: bool
    """It has a word of pages about the outlet itself."""

    def grains(self) -> tuple[str, ...]:
        """Return names of its kind from the finest to the coarsest, for counting."""
        tail = f"{'/'.join(self.kinds)}{self.ending}?{'&'.join(self.keys)}"
        return f"{self.host}/{self.first}|{tail}", f"{self.first}|{tail}", tail


@dataclass(frozen=True, slots=True)
class ArticleShapes:
    """The known forms of an outlet's addresses; empty if nothing is known."""

    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Articles and other pages by shape."""
    articles: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    """Canonical addresses of either."""

    def judge(self, canonical: str, shape: AddressShape) -> tuple[float, str]:
        """Return how much more likely an article an address is by what was learnt (0: no idea), and why."""
        if canonical in self.articles:
            return _STRONGEST, "is an article"
        if canonical in self.others:
            return -_STRONGEST, "is no article"
        for grain in shape.grains():
            articles, others = self.counts.get(grain, (0, 0))
            if articles + others >= _FEW:
                odds = math.log((articles + 0.5) / (others + 0.5))
                strength = max(-_STRONGEST, min(_STRONGEST, odds))
                return strength, f"{articles} of {articles + others} addresses of this form were articles"
        if len(self.articles) >= 4 * _FEW:
            return -1.0, "no article so far had an address of this form"
        return 0.0, ""


NOTHING_KNOWN = ArticleShapes()


def learn_shapes(articles: Iterable[str], others: Iterable[str] = ()) -> ArticleShapes:
    """Return what addresses of articles and of other pages of an outlet tell; unusable addresses tell nothing."""
    known = [_usable(islice(urls, MAX_LEARNT)) for urls in (articles, others)]
    known[1] -= known[0]
    counts: dict[str, list[int]] = {}
    for place, urls in enumerate(known):
        tallied = Counter(grain for url in urls for grain in read_shape(url).grains())
        for grain, number in tallied.items():
            counts.setdefault(grain, [0, 0])[place] = number
    return ArticleShapes(
        {grain: (of[0], of[1]) for grain, of in counts.items()}, frozenset(known[0]), frozenset(known[1])
    )


def _usable(urls: Iterable[str]) -> set[str]:
    found = set()
    for url in urls:
        try:
            canonical = canonical_url(url)
        except ValueError:
            continue
        if canonical.startswith("http"):
            found.add(canonical)
    return found


def is_media(url: str) -> bool:
    """Return whether the path ends like a file that is no page."""
    return _MEDIA.search(urlsplit(url).path) is not None


@lru_cache(maxsize=8_192)
def read_shape(url: str) -> AddressShape:
    """Return the shape of an http(s) address."""
    parts = urlsplit(url)
    segments = [segment for segment in unquote(parts.path, errors="replace").split("/") if segment][:20]
    ending = ""
    if segments and (found := _EXTENSION.search(segments[-1])):
        ending, segments[-1] = found[0].lower(), segments[-1][: found.start()]
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="replace")[:20]
    kinds = tuple(_classify(segment) for segment in segments)
    score, reasons = _rate_path([segment.lower() for segment in segments], kinds)
    is_list = any(segment.lower() in LISTS | LOOSE_LISTS for segment in segments)
    for key, value in pairs:
        if key.lower() in PAGING_KEYS:
            score, reasons = score - 3.0, [*reasons, "one page of a list"]
        elif re.fullmatch(r"[0-9]{2,20}" if key.lower() in ID_KEYS else r"[0-9]{6,20}", value):
            if not is_list:
                score, reasons = max(score, 0.0), []  # the path may be no more than `/index.php`
            score, reasons = score + 2.5, [*reasons, "a number in the query"]
    if ending and score > 0:
        score += 0.3
    first = segments[0].lower()[:40] if kinds and kinds[0] in ("word", "words") and len(segments) > 1 else ""
    return AddressShape(
        host=read_host(url),
        first=first,
        kinds=kinds,
        ending=ending,
        keys=tuple(sorted({key.lower()[:40] for key, _ in pairs})),
        score=score,
        reason=", ".join(reasons),
        has_service_word=any(
            word in SERVICE_WORDS for segment in segments[-2:] for word in _WORD_BREAK.split(segment.lower())
        ),
    )


def _classify(segment: str) -> str:
    """Return the kind of a part of a path."""
    if segment.isdecimal():
        if _YEAR.fullmatch(segment):
            return "year"
        return "date" if _DATE.fullmatch(segment) else "nn" if len(segment) < 3 else "number"
    if _DATE.match(segment) and len(segment) <= 10:
        return "date"
    words = count_words(segment)
    if words >= 3:
        return "slug"
    if _HASH.fullmatch(segment):
        return "hash"
    if re.search(r"[0-9]{3,}", segment):
        return "numbered"
    return "words" if words == 2 else "word"


def count_words(segment: str) -> int:
    """Return the number of words in a slug; two signs of a script without spaces count as one."""
    wide = len(_WIDE.findall(segment))
    if wide >= 2:
        return wide // 2
    return sum(1 for word in _WORD_BREAK.split(segment) if len(word) > 1 and not word.isdigit())


def _rate_path(segments: list[str], kinds: tuple[str, ...]) -> tuple[float, list[str]]:
    if not segments:
        return -6.0, ["the front page"]
    score, reasons = 0.0, []
    words = max(count_words(segment) for segment in segments[-3:])
    if words >= 3:
        score += 1.2 if words == 3 else 2.0 if words == 4 else 2.5
        reasons.append(f"{words} words in the address")
    if "date" in kinds or ("year" in kinds and kinds.index("year") + 1 < len(kinds) and _has_month(segments, kinds)):
        score += 1.5
        reasons.append("a date in the address")
    elif "year" in kinds:
        score += 0.4
    if number := _longest_number(segments[-2:]):
        score += 1.6 if number >= 5 else 0.9
        reasons.append("a number in the address")
    elif "hash" in kinds[-2:]:
        score += 1.2
        reasons.append("a key in the address")
    if any(segment in ARTICLE_WORDS for segment in segments[:-1]):
        score += 0.5
    return _rate_lists(segments, kinds, score, reasons)


def _rate_lists(
    segments: list[str], kinds: tuple[str, ...], score: float, reasons: list[str]
) -> tuple[float, list[str]]:
    """Return the score after looking for lists, services and plain sections."""
    is_strong = score >= 2.0
    is_sure = score >= 3.5 and ("date" in kinds or "year" in kinds) and kinds[-1] == "slug"
    if any(map(_is_person, segments)):
        return score - 6.0, ["an author"]
    if any(segment in LISTS for segment in segments) and not is_sure and not _is_below_section(segments):
        return score - 6.0, ["a list, a tag, an author or a service"]
    if any(segment in LOOSE_LISTS for segment in segments):
        return (score - 1.0, reasons) if is_strong else (score - 6.0, ["a list or a subject"])
    if segments[0] in SERVICE or segments[-1] in SERVICE:
        return (score - 1.5, reasons) if is_strong else (score - 4.0, ["about the outlet itself"])
    if _COMMENTS.fullmatch(segments[-1]) or (
        len(segments) > 1 and segments[-2] in PAGES and kinds[-1] in ("nn", "number")
    ):
        return score - 5.0, ["one page of a list"]
    if kinds[-1] in ("year", "nn", "date") and not any(kind in ("slug", "number", "numbered") for kind in kinds):
        return score - 2.0, ["a period or a page of a list"]
    if not reasons:
        plain = "a short word" if len(segments) == 1 else "short words"
        return score - (1.5 if kinds[-1] == "word" else 0.8), [plain]
    return score, reasons


def _is_person(segment: str) -> bool:
    """Return whether a part of a path is that of a person: `author-jane-doe-4711`, `profile-671`."""
    first, *rest = _WORD_BREAK.split(segment)
    return first in AUTHOR_WORDS and 1 <= len(rest) <= 4 and rest[-1].isdecimal()


def _is_below_section(segments: list[str]) -> bool:
    """Return whether an address is that of an article in a section: `/cat/politics/five-words-or-a-number-12345`."""
    above = {place for place, segment in enumerate(segments) if segment in LISTS}
    is_deep = len(segments) >= 3 and above == {len(segments) - 3} and segments[-3] in SECTIONS
    return is_deep and (count_words(segments[-1]) >= 4 or _longest_number(segments[-1:]) >= 4)


def _has_month(segments: list[str], kinds: tuple[str, ...]) -> bool:
    after = segments[kinds.index("year") + 1]
    return 1 <= int(after[:4]) <= 12 if after.isdecimal() else after.isalpha() and len(after) <= 9


def _longest_number(segments: list[str]) -> int:
    """Return the number of digits of the longest number that is neither a year nor a date; 0 below three."""
    lengths = [
        len(found)
        for segment in segments
        for found in _NUMBER.findall(_DATE.sub(" ", segment))
        if len(found) >= 3 and not _YEAR.fullmatch(found)
    ]
    return max(lengths, default=0)
