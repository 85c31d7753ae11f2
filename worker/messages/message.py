"""The content of one message as values: composed of rows once, then written as a mail, JSON, a feed or a chat line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from db.enums.alerts import DeliveryKind, MatchStatus
from worker.messages.snippet import Piece

MARKS: Mapping[str, str] = {MatchStatus.REVISED: "Edited: ", MatchStatus.WITHDRAWN: "No longer matches: "}
"""Prefixes of the headline of a later match of a story, by its status."""

STORIES_MAX = 40
"""Maximum of stories in one message, which states the number of the others."""
REPRINTS_MAX = 12
TERMS_MAX = 12


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication of a story."""

    outlet: str
    url: str
    title: str = ""

    @property
    def is_web(self) -> bool:
        """Return whether it has a web address: texts without an address have a URN."""
        return self.url.lower().startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageItem:
    """One item of a message: an article that matched, an edit of one, or another event."""

    match_id: int
    story: int
    """The match that began the story for this subscription."""
    status: str
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    terms: tuple[str, ...]
    """The matched words, as they stand in the article."""
    matched_at: datetime
    place: Publication | None = None
    article_id: int | None = None
    author: str | None = None
    language: str | None = None
    dated_at: datetime | None = None
    is_day: bool = False
    because: Sequence[Sequence[object]] = ()
    also: tuple[Publication, ...] = ()
    more_also: int = 0
    lead: str = ""
    """Description of the event, before a list of articles."""
    stories: tuple[tuple[Publication, int], ...] = ()
    """The largest stories behind an event, each with its articles."""
    articles: tuple[Publication, ...] = ()
    """The newest articles behind an event."""

    @property
    def headline(self) -> str:
        """Return the title as plain text."""
        return plain(self.title)


@dataclass(frozen=True, slots=True)
class OutletStatus:
    """The state of an outlet, for a message without other content."""

    name: str
    state: str
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message about one subscription."""

    key: str
    kind: str
    """`match`, `digest` or `quiet`."""
    subscription: str
    question: str
    """The query, or the description of a subscription of another kind."""
    created_at: datetime
    items: tuple[MessageItem, ...] = ()
    more: int = 0
    """Stories beyond those in `items`."""
    reprints: tuple[Publication, ...] = ()
    """Later reprints of stories sent before."""
    more_reprints: int = 0
    outlets: tuple[OutletStatus, ...] = ()
    outlets_well: int = 0
    unsubscribe_url: str = ""
    feed_url: str = ""
    zone: str = "UTC"
    """The subscriber's time zone."""
    story_key: str = ""
    """The key of the message that began the story; this message's own for the first one and for digests."""
    test: bool = field(default=False)

    @property
    def stories(self) -> int:
        """Return the number of its stories, including those left out."""
        return len(self.items) + self.more

    @property
    def test_note(self) -> str:
        """Return the note in a test message; empty for any other."""
        if not self.test:
            return ""
        if self.items:
            return "This is a test, sent by hand: below is the newest article that matches, as it would be sent."
        return "This is a test, sent by hand: messages arrive. No article of the archive matches."

    @property
    def reason(self) -> str:
        """Return the reason for this message, up to the name of the subscription."""
        cause = "a test was sent of" if self.test else "you subscribed to"
        return f"You receive this because {cause}"

    @property
    def subject(self) -> str:
        """Return the subject line."""
        return f"[{self.subscription}] {'Test: ' if self.test else ''}{self._gist()}"

    def _gist(self) -> str:
        if self.kind == DeliveryKind.QUIET:
            return "All quiet"
        if self.test and not self.items:
            return "nothing matches"
        if self.kind == DeliveryKind.MATCH and self.items:
            item = self.items[0]
            outlet = f" — {item.place.outlet}" if item.place else ""
            mark = MARKS.get(item.status, "")
            return f"{mark}{item.headline}{outlet}"
        stories = counted(self.stories, "story", "stories")
        reprints = len(self.reprints) + self.more_reprints
        return f"{stories}, {counted(reprints, 'reprint', 'reprints')}" if reprints else stories


def plain(pieces: Iterable[Piece]) -> str:
    """Return pieces as plain text."""
    return "".join(piece.text for piece in pieces)


def counted(number: int, one: str, many: str) -> str:
    """Return the number with the singular or plural noun."""
    return f"{number:,} {one if number == 1 else many}"


def list_terms(because: Sequence[Sequence[object]]) -> tuple[str, ...]:
    """Return the matched words, each once, in reading order; `country: KZ` for properties of the article."""
    words: dict[str, str] = {}
    for name, start, _, surface, _ in because:
        word = str(surface) if start is not None else f"{name}: {surface}"
        words.setdefault(word.casefold(), word)
    return tuple(words.values())[:TERMS_MAX]
