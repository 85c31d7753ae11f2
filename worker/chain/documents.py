"""Inputs of the chain: documents, and inputs that could not become one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.enums.articles import TextFrom
from db.enums.outcomes import InputOutcome, PageKind
from worker.extract.language.detection import NOTHING_DECLARED, DeclaredLanguages


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One collected text with its metadata. All of it is untrusted."""

    subject: str
    """Display name in messages: a file, a file and line, an address."""
    url: str | None
    title: str | None
    text: str
    author: str | None
    language: str | None
    published_at: datetime | None
    published_is_day: bool
    observed_at: datetime
    source: str | None = None
    """The outlet as written in the document: an id, a name or a domain."""
    source_name: str | None = None
    """The outlet's name, where `source` is its id in another database."""
    source_id: str | None = None
    """The outlet's id if the crawler knows it."""
    capture_id: int | None = None
    genre: str | None = None
    """The genre that its page declares."""
    remark: str | None = None
    """Readable note on unreadable parts; the rest is used."""
    text_from: TextFrom = TextFrom.PAGE
    page_kind: PageKind | None = None
    """Kind of its page; None when no page was fetched."""
    page_reason: str | None = None
    """Readable reason for the kind of its page, or for its absence."""
    address: str | None = None
    """Canonical URL of its article if that differs from its own."""
    second_language: str | None = None
    """A second possible language."""
    declared: DeclaredLanguages = NOTHING_DECLARED
    """Other evidence of its language, as long as that is unknown."""
    led_to: str | None = None
    """The end of redirects, if there were any."""
    declared_url: str | None = None
    """The address that its page declares as its own."""
    unverified: str | None = None
    """The fault of the sender's certificate; None if there was none."""
    is_verified: bool = False
    """True if the sender's certificate was valid."""
    evidence: int = 0
    """Strength of the evidence that its page is an article, 0 to 7."""
    outlinks: tuple[str, ...] = ()
    """Addresses that its page links to in its text."""

    @property
    def stands_in(self) -> bool:
        """True if a feed text replaces a page that was not available or is no article."""
        return (self.page_kind is not None and self.page_kind is not PageKind.ARTICLE) or self.page_reason is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An input that is no document, with a readable reason."""

    subject: str
    reason: str
    source_id: str | None = None
    capture_id: int | None = None
    page_kind: PageKind | None = None
    """Kind of its page, in place of an article."""
    is_same: bool = False
    """True if only the surroundings of the article changed: nothing is stored, and nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputResult:
    """The result of one input."""

    subject: str
    outcome: InputOutcome
    source_id: str | None = None
    capture_id: int | None = None
    reason: str | None = None


def joined(*remarks: str | None) -> str | None:
    """Return several remarks as one; None without any."""
    return "; ".join(filter(None, remarks)) or None
