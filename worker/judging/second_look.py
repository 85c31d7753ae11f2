"""Decision whether a text found at an article's address may replace the previous one.

Only an article replaces an article. A text follows if it still is that article: much of it is the old text, or it has
the old headline and is an article by its own evidence. A text equal to the beginning of the old one is the remainder
before a paywall. Any other text waits as suspect until it has been seen for a day and three times.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from worker.judging.phrases import paywall_at
from worker.judging.resemblance import resemble_titles, shared_words, shingles

LOOKS = 3
STANDS = timedelta(days=1)
"""A completely different text is accepted after this many sightings over this time."""

_KEPT = 0.3
"""Share of the old text in a partly rewritten article."""
_OF_OLD = 0.5
"""Share of old text in the new one: a shortened article."""
_BEGINNING = 0.75
"""A text shorter than this share of the old one, and without text of its own, is a beginning of it."""
_OWN = 0.9


class Following(StrEnum):
    """The decision about a text at an address with a known article."""

    FOLLOWS = "follows"
    CONFIRMED = "confirmed"
    SUSPECT = "suspect"
    PAYWALL = "paywall"


@dataclass(frozen=True, slots=True)
class KnownText:
    """The current or suspect text of an article."""

    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A suspect text, with the number of sightings and the first of them."""

    known: KnownText
    looks: int
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SecondLookDecision:
    """The decision about the new text, with its reason, and the sightings of the suspect after it."""

    following: Following
    reason: str
    looks: int = 0
    since: datetime | None = None

    @property
    def may_replace(self) -> bool:
        """True if the new text becomes the article's."""
        return self.following in (Following.FOLLOWS, Following.CONFIRMED)


def decide_following(
    old: KnownText, new: KnownText, *, evidence: int, waiting: WaitingText | None, now: datetime
) -> SecondLookDecision:
    """Return whether `new` may follow `old`. `evidence` is the page's weight as an article, 0 to 7."""
    kept, of_old = shared_words(old.text, new.text)
    if old.text and not new.text:
        return SecondLookDecision(Following.SUSPECT, "the page shows no text any more", 1, now)
    if is_beginning(old.text, new.text):
        return SecondLookDecision(Following.PAYWALL, "only a beginning of the text is shown")
    if kept >= _KEPT or of_old >= _OF_OLD:
        return SecondLookDecision(Following.FOLLOWS, "much of the text is the same")
    if evidence >= 3 and old.title and new.title and resemble_titles(old.title, new.title):
        return SecondLookDecision(Following.FOLLOWS, "the headline is the same, and the page is an article")
    if not old.text and old.title and new.title and resemble_titles(old.title, new.title):
        return SecondLookDecision(Following.FOLLOWS, "the headline is the same, and there was no text")
    looks, since = 1, now
    if waiting is not None and is_same(waiting.known, new):
        looks, since = waiting.looks + 1, waiting.first_seen_at
    if looks >= LOOKS and now - since >= STANDS:
        return SecondLookDecision(Following.CONFIRMED, f"it has stood since {since:%Y-%m-%d %H:%M}", looks, since)
    return SecondLookDecision(Following.SUSPECT, "it has nothing in common with the article", looks, since)


def is_same(one: KnownText, other: KnownText) -> bool:
    """Return whether two texts are the same but for small changes, a counter or a time."""
    if not one.text and not other.text:
        return (one.title or "") == (other.title or "")
    kept, of_old = shared_words(one.text, other.text)
    return min(kept, of_old) >= _OF_OLD


def is_beginning(old: str, new: str) -> bool:
    """Return whether `new` is only a beginning of `old`, perhaps with a subscription request below it."""
    asked_at = paywall_at(new)
    own = new if asked_at is None else new[:asked_at].rpartition("\n")[0] or new[:asked_at]
    if not own.strip() or len(own) >= _BEGINNING * len(old):
        return False
    first = shingles(old[: len(own) + len(own) // 10 + 20])
    parts = shingles(own)
    return len(parts & first) >= _OWN * len(parts)
