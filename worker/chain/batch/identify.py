"""Document → the article to store: address, content hash, language, date, fingerprint. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import xxhash

from db.enums.articles import TextFrom
from db.net.urls import canonical_url, text_urn, unwrapped
from db.text.dates import end_of_tomorrow, find_date_fault
from worker.chain.batch.own_addresses import NONE, OwnAddresses, own_addresses
from worker.chain.documents import Document, Rejected, joined
from worker.dedup.fingerprint import Fingerprint, fingerprint
from worker.dedup.headline import strip_outlet
from worker.extract.genre import genre_of_url
from worker.extract.language.detection import identify_language
from worker.extract.language.weighing import LanguageGuess
from worker.text.nfc import nfc

MAX_TITLE = 1_000
MAX_TEXT = 2_000_000
"""Characters. The longest commentary is far below; a database dump is far above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A document ready to be stored; all texts are NFC and final."""

    document: Document
    canonical_url: str
    url: str
    content_hash: str
    title: str | None
    text: str
    author: str | None
    language: str | None
    second_language: str | None
    genre: str | None
    published_at: datetime | None
    published_is_day: bool
    fingerprint: Fingerprint
    remark: str | None
    """Readable note on faults of the document and their treatment; None without any."""
    own: OwnAddresses = NONE
    """Its other addresses."""

    @property
    def text_from(self) -> str:
        """The origin of the text, as in `db.models.Revision`.

        A headline that a person imports without its text is a form of the article: it replaces no text.
        """
        is_headline = self.document.capture_id is None and not self.text
        from_page = self.document.text_from is TextFrom.PAGE
        return TextFrom.FORM if from_page and (self.own.is_form or is_headline) else self.document.text_from.value


def identify(document: Document, *, now: datetime) -> Identified | Rejected:
    """Return the article to store for a document, or its rejection.

    A document without a usable text is rejected unless it has a headline: that is stored and tagged. An impossible
    publication date from any source becomes missing, with a remark.
    """
    title = _one_line(document.title)[:MAX_TITLE] or None
    text = _paragraphs(document.text)
    if not text and not title:
        return _rejected(document, "neither a text nor a headline was found")
    if len(text) > MAX_TEXT:
        return _rejected(document, f"a text of {len(text):,} characters; the limit is {MAX_TEXT:,}")
    url = unwrapped(clean(document.url or "").strip())
    try:
        address = document.address or (canonical_url(url) if url else text_urn(title, text))
    except ValueError as error:
        return _rejected(document, str(error))
    published_at, is_day, remark = document.published_at, document.published_is_day, document.remark
    if published_at is not None and (fault := find_date_fault(published_at, latest=end_of_tomorrow(now))):
        remark = joined(remark, fault)
        published_at, is_day = None, False
    language, second_language = _languages(document, title, text)
    return Identified(
        document=document,
        canonical_url=address,
        url=url or address,
        content_hash=content_hash(title, text),
        title=title,
        text=text,
        author=_one_line(document.author)[:MAX_TITLE] or None,
        language=language,
        second_language=second_language,
        genre=document.genre or genre_of_url(url),
        published_at=published_at,
        published_is_day=is_day,
        fingerprint=fingerprint(text, strip_outlet(title, url)),
        remark=remark,
        own=_own_addresses(document, url),
    )


def _own_addresses(document: Document, url: str) -> OwnAddresses:
    """Return the other addresses of a document; a page that is no article is no evidence of any."""
    if document.address or document.stands_in:
        return NONE
    return own_addresses(url, led_to=document.led_to, declared=document.declared_url)


def content_hash(title: str | None, text: str) -> str:
    """Return the key under which equal titles and texts are one revision."""
    return xxhash.xxh3_128_hexdigest(f"{title or ''}\n{text}".encode())


def clean(text: str) -> str:
    """Return the text without characters that databases cannot store: NUL, and halves of surrogate pairs."""
    return _UNSTORABLE.sub("", text)


def _paragraphs(text: str) -> str:
    """Return the text in stored form: NFC, one paragraph a line, single spaces.

    So texts that differ in layout only are the same text, and their order of arrival does not matter.
    """
    lines = nfc(clean(text)).splitlines()
    return "\n".join(filter(None, (_SPACES.sub(" ", line).strip() for line in lines)))


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\f\v]+")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,8})?")


def _languages(document: Document, title: str | None, text: str) -> LanguageGuess:
    """Return the language of a document, and a second possible one."""
    if declared := _language(document.language):
        return LanguageGuess(declared, _language(document.second_language))
    return identify_language(f"{title or ''}\n{text[:4_000]}", document.declared)


def _language(declared: str | None) -> str | None:
    """Return a language tag if it is well formed (RFC 5646, language and script or region)."""
    tag = (declared or "").strip().replace("_", "-")
    return tag if _LANGUAGE_TAG.fullmatch(tag) else None


def _one_line(value: str | None) -> str:
    return nfc(" ".join(clean(value or "").split()))


def _rejected(document: Document, reason: str) -> Rejected:
    return Rejected(
        subject=document.subject, reason=reason, source_id=document.source_id, capture_id=document.capture_id
    )
