"""Headlines: without the name of their outlet, compared with each other and with the text below them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import numpy as np

from worker.dedup.fingerprint import MAX_HEADLINE, Fingerprint
from worker.dedup.shingles import Shingles, Words, count_words, get_spellings
from worker.dedup.sketch import HEADLINE_WORDS

TEASER: Final = 25  # words: such a short text may be only a teaser
AGREEING: Final = 0.5  # of the shorter headline's words
SIMILAR_HEADLINE: Final = 0.4  # the same report in two outlets
SAME_HEADLINE: Final = 2 / 3  # the same in one outlet, where headlines have much in common in any case
AGREEING_WORDS: Final = 3  # or all of them
_CONFIRMED_SHARE: Final = 0.4  # of a headline's words that stand in its text, if the text is about the headline
_MOST_WORDS_OF_A_NAME: Final = 4
_RULE: Final = re.compile(r"\s*(?:\||::|»|¦)\s*")
"""Separators that never occur inside a headline."""
_DASH: Final = re.compile(r"\s+[-–—•·/:]\s+|(?<=\w):\s+")
_NOT_ALNUM: Final = re.compile(r"[\W_]+")


def strip_outlet(title: str | None, *outlets: str | None) -> str:
    """Return a title without the name of its outlet before or behind it; `outlets` are names, domains, addresses.

    Behind a bar any short piece is a name; behind a dash it must be one of the outlet's.
    """
    trimmed = " ".join((title or "").split())[:1_000]
    names = {name for outlet in outlets for name in _list_names(outlet) if name}
    left = _without_name(_without_name(trimmed, _RULE, None), _DASH, names)
    return left or trimmed


def _without_name(title: str, mark: re.Pattern[str], names: set[str] | None) -> str:
    breaks = list(mark.finditer(title))
    if not breaks:
        return title
    first, last = breaks[0], breaks[-1]
    for head, tail in ((title[: last.start()], title[last.end() :]), (title[first.end() :], title[: first.start()])):
        is_name = _is_one_of(tail, names) if names is not None else len(tail.split()) <= _MOST_WORDS_OF_A_NAME
        if is_name and len(head.split()) >= len(tail.split()) and len(head) > len(tail):
            return head
    return title


def _is_one_of(piece: str, names: set[str]) -> bool:
    folded = _NOT_ALNUM.sub("", piece.casefold())
    return len(folded) > 1 and any(folded == name or (len(folded) > 3 and name.startswith(folded)) for name in names)


def _list_names(outlet: str | None) -> tuple[str, ...]:
    """Return the possible spellings of an outlet's name, domain or host in a title: whole, and its first label."""
    host = outlet or ""
    if "//" in host:
        try:
            host = urlsplit(host).hostname or ""
        except ValueError:
            return ()
    host = host.casefold().removeprefix("www.")
    return _NOT_ALNUM.sub("", host), _NOT_ALNUM.sub("", host.partition(".")[0])


def is_bare(mark: Fingerprint) -> bool:
    """Return whether an item has no text besides its headline."""
    return mark.words == 0 or (mark.words == len(mark.headline) and are_equal(mark.sequence, mark.headline))


def are_equal(one: Words, other: Words) -> bool:
    """Return whether two headlines are the same words."""
    return len(one) == len(other) and bool((get_spellings(one) == get_spellings(other)).all())


def have_one_headline(a: Fingerprint, b: Fingerprint) -> bool:
    """Return whether two items have the same headline, long enough to be specific and not cut."""
    return HEADLINE_WORDS <= len(a.headline) < MAX_HEADLINE and are_equal(a.headline, b.headline)


def have_similar_headlines(a: Fingerprint, b: Fingerprint, share: float = AGREEING) -> bool:
    """Return whether this share of the shorter headline's words is in the other one; False without a headline.

    A few words in common, such as the name of a country, are no evidence.
    """
    shorter = min(count_words(mark.headline) for mark in (a, b))
    same = shared_words(get_spellings(a.headline), get_spellings(b.headline))
    return same >= share and same * shorter >= min(AGREEING_WORDS, shorter)


def is_of_another_teaser(a: Fingerprint, b: Fingerprint) -> bool:
    """Return whether two short texts have different headlines, neither of them confirmed by the text."""
    if max(a.words, b.words) > TEASER or not len(a.headline) or not len(b.headline) or have_similar_headlines(a, b):
        return False
    return not (_is_confirmed_by_text(a) or _is_confirmed_by_text(b))


def _is_confirmed_by_text(mark: Fingerprint) -> bool:
    words = np.unique(get_spellings(mark.headline))
    found = int(np.isin(words, get_spellings(mark.sequence)).sum())
    return found >= 2 and found >= len(words) * _CONFIRMED_SHARE


def shared_words(one: Shingles, other: Shingles) -> float:
    """Return the share of the smaller set's distinct words in the other; 0 for an empty one."""
    left, right = np.unique(one), np.unique(other)
    smaller = min(len(left), len(right))
    return len(np.intersect1d(left, right, assume_unique=True)) / smaller if smaller else 0.0
