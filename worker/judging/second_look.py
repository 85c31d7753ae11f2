"""Whether a text that was found at an article's address may follow the one that stood there before.

Only an article replaces an article. A text follows when it still is that article: much of it is the old text, or it
has the old headline and is an article by its own evidence. A text that only begins as the old one did is what a
paywall leaves of it. Anything else waits as suspect until it has stood for a day and three looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from worker.judging.phrases import paywall_at
from worker.judging.resemblance import resemble_titles, shared_words, shingles

LOOKS = 3
STANDS = timedelta(days=1)
"""What replaces everything is believed after so many looks over so long a time."""

_KEPT = 0.3
"""Share of the old text that is still there in an article that was rewritten in part."""
_OF_OLD = 0.5
"""Share of the new text that is old: an article that was shortened."""
_BEGINNING = 0.75
"""A text shorter than this share of the old one, and with nothing of its own, is a beginning of it."""
_OWN = 0.9


class Following(StrEnum):
    """What becomes of a text at an address that has one."""

    FOLLOWS = "follows"
    CONFIRMED = "confirmed"
    SUSPECT = "suspect"
    PAYWALL = "paywall"


@dataclass(frozen=True, slots=True)
class KnownText:
    """The text that an article has, or that waits as suspect."""

    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A suspect text: seen how often, and since when."""

    known: KnownText
    looks: int
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SecondLookDecision:
    """What becomes of the new text, why, and what then waits: how often seen and since when."""

    following: Following
    reason: str
    looks: int = 0
    since: datetime | None = None

    @property
    def may_replace(self) -> bool:
        """Whether the new text becomes the article's."""
        return self.following in (Following.FOLLOWS, Following.CONFIRMED)


def decide_following(
    old: KnownText, new: KnownText, *, evidence: int, waiting: WaitingText | None, now: datetime
) -> SecondLookDecision:
    """Return whether `new` may follow `old`. `evidence` is how much the page speaks for being an article, 0 to 7."""
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
    """Return whether `new` is only a beginning of `old`, perhaps with a request to subscribe below it."""
    asked_at = paywall_at(new)
    own = new if asked_at is None else new[:asked_at].rpartition("\n")[0] or new[:asked_at]
    if not own.strip() or len(own) >= _BEGINNING * len(old):
        return False
    first = shingles(old[: len(own) + len(own) // 10 + 20])
    parts = shingles(own)
    return len(parts & first) >= _OWN * len(parts)
