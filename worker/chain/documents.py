"""What enters the chain: documents, and inputs that could not become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from worker.extract.language import NOTHING_SAID, Said
from worker.judging.page_kind import PageKind
from worker.judging.text_source import TextSource

OUTCOMES = ("new", "copy", "revised", "seen_again", "rejected")
"""Each input ends in exactly one of these."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text as collected, with what is known of it. Nothing in it is trusted yet."""

    subject: str
    """What to call it in messages: a file, a file and line, an address."""
    url: str | None
    title: str | None
    text: str
    author: str | None
    language: str | None
    published_at: datetime | None
    published_is_day: bool
    observed_at: datetime
    source: str | None = None
    """The outlet as the document names it: an id, a name or a domain."""
    source_name: str | None = None
    """The outlet's name, where `source` is its id in another store."""
    source_id: str | None = None
    """The outlet where the crawler knows it."""
    capture_id: int | None = None
    genre: str | None = None
    """What its page declares it to be."""
    remark: str | None = None
    """What could not be read of it, for people; the rest is taken all the same."""
    text_from: TextSource = TextSource.PAGE
    page_kind: PageKind | None = None
    """What its page is; None when no page was fetched."""
    page_reason: str | None = None
    """Why its page is that, or could not be had; for people."""
    address: str | None = None
    """Under which it is filed if its URL is not its own."""
    second_language: str | None = None
    """Another one that it may be in as well."""
    said: Said = NOTHING_SAID
    """What others say of its language, where that is not known yet."""
    led_to: str | None = None
    """Where redirects ended, if they led anywhere."""
    declared_url: str | None = None
    """What its page names as its own address."""
    unverified: str | None = None
    """What was wrong with the certificate of whoever sent it; None if nothing was."""
    is_verified: bool = False
    """Whether it was sent by somebody who proved who he is."""
    evidence: int = 0
    """How much its page speaks for being an article, 0 to 7."""

    @property
    def stands_in(self) -> bool:
        """Whether the feed speaks here for a page that could not be had or is no article."""
        return (self.page_kind is not None and self.page_kind is not PageKind.ARTICLE) or self.page_reason is not None


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that is no document, and why, in words for people."""

    subject: str
    reason: str
    source_id: str | None = None
    capture_id: int | None = None
    page_kind: str | None = None
    """What its page is instead of the article, or `suspect`."""
    is_same: bool = False
    """Only what stands around the article has changed: nothing is stored, and nothing is wrong."""


@dataclass(frozen=True, slots=True)
class InputResult:
    """How one input ended."""

    subject: str
    outcome: str
    source_id: str | None = None
    capture_id: int | None = None
    reason: str | None = None


def joined(*remarks: str | None) -> str | None:
    """Return several remarks as one; None when there is none."""
    return "; ".join(filter(None, remarks)) or None
