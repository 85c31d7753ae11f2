"""Captures → documents: the judged content of a fetched page, or its feed text if it shows no article."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any

import xxhash

from db.collection.captures import CaptureOut
from db.enums.articles import TextFrom
from db.enums.outcomes import PageKind
from db.net.urls import read_host, registrable_domain
from db.text.dates import ParsedDate, end_of_tomorrow, parse_date
from db.text.encoding import find_charset
from worker.chain.documents import Document, Rejected, joined
from worker.extract.dates.choice import Beside, DateEvidence, date_article, left_out
from worker.extract.fragment import fragment_text
from worker.extract.language.detection import DeclaredLanguages
from worker.extract.page import Extracted, Hints, Unextractable, extract_page
from worker.judging.page_kind import Look, PageVerdict, evidence_of_article, judge_page
from worker.judging.phrases import paywall_at
from worker.judging.text_source import FEED_WORDS_TAKEN, choose_text

log = logging.getLogger("worker")

_REQUEST = 300
"""Characters of a subscription request at the end of a text: words further away are the article's own."""
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A capture and its extracted page; None without a page, with the reason in `trouble`."""

    capture: CaptureOut
    page: Extracted | None
    trouble: str | None = None

    @property
    def text_hash(self) -> str | None:
        """The hash of the page's text, without numbers; None for an empty page."""
        if self.page is None:
            return None
        words = " ".join(_DIGITS.sub("", self.page.text or self.page.signs.words).split())
        return xxhash.xxh3_128_hexdigest(words.encode("utf-8", "replace")) if words else None


def show_page(capture: CaptureOut) -> ShownPage:
    """Return the content of a capture. Never fails: an unreadable page is a problem of this capture alone."""
    if not capture.body:
        return ShownPage(capture, None, str(capture.hints.get("page_trouble") or "the page could not be had"))
    try:
        page = extract_page(
            capture.body, url=capture.url, charset=find_charset(capture.content_type), hints=_hints(capture)
        )
    except Unextractable as error:
        return ShownPage(capture, None, str(error))
    except Exception as error:  # an unforeseen page must not fail its whole batch
        log.exception("%s: could not be read", capture.url)
        return ShownPage(capture, None, f"internal error: {error!r}")
    return ShownPage(capture, page)


def build_document(shown: ShownPage, *, same_text_at: int = 0) -> Document | Rejected:
    """Return the article of a capture; else the text of its feed; else a rejection.

    `same_text_at` is the number of other addresses of the host with the same text.
    """
    feed_text = fragment_text(str(shown.capture.hints.get("body") or ""))
    page = shown.page
    if page is None:
        return _stand_in(shown.capture, feed_text, kind=None, reason=shown.trouble or "")
    look = _look(shown.capture, page, same_text_at)
    verdict = judge_page(look)
    if verdict.kind is PageKind.PAYWALL:
        return _beginning(shown.capture, page, feed_text, verdict)
    if not verdict.is_article:
        return _stand_in(shown.capture, feed_text, kind=verdict.kind, reason=verdict.reason)
    source = choose_text(page.text, feed_text, is_article=True)
    text = feed_text if source.is_of_feed else page.text
    source = _text_source(shown.capture) if source.is_of_feed else source
    evidence = evidence_of_article(look)
    return _page_document(shown.capture, page, text=text, text_from=source, verdict=verdict, evidence=evidence)


def _look(capture: CaptureOut, page: Extracted, same_text_at: int) -> Look:
    requested_url = capture.page_url or capture.url
    return Look(
        asked_url=requested_url,
        final_url=capture.url,
        same_host=registrable_domain(read_host(requested_url)) == registrable_domain(read_host(capture.url)),
        text=page.text,
        signs=page.signs,
        feed_title=_text(capture.hints, "title"),
        headers={name: str(value) for name, value in capture.headers.items()},
        same_text_at=same_text_at,
    )


def _page_document(
    capture: CaptureOut, page: Extracted, *, text: str, text_from: TextFrom, verdict: PageVerdict, evidence: int = 0
) -> Document:
    of_feed = _text(capture.hints, "feed_unverified") if text_from.is_of_feed else None
    unverified = _text(capture.hints, "page_unverified") or of_feed
    return Document(
        subject=capture.url,
        url=capture.page_url or capture.url,
        title=page.title,
        text=text,
        author=page.author,
        language=page.language if text_from is TextFrom.PAGE else None,
        second_language=page.second_language,
        declared=_declared_languages(capture),
        published_at=page.published_at,
        published_is_day=page.published_is_day,
        observed_at=capture.fetched_at,
        source_id=capture.source_id,
        capture_id=capture.id,
        led_to=capture.url,
        declared_url=page.declared_url,
        genre=page.genre,
        remark=joined(
            None if verdict.is_article else f"{verdict.kind.value}: {verdict.reason}",
            page.date_remark,
            _aggregator_remark(capture),
        ),
        text_from=text_from,
        unverified=unverified,
        is_verified=unverified is None and capture.url.startswith("https:"),
        page_kind=verdict.kind,
        page_reason=None if verdict.is_article else verdict.reason,
        evidence=evidence,
        outlinks=page.outlinks if verdict.is_article else (),
    )


def _beginning(capture: CaptureOut, page: Extracted, feed_text: str, verdict: PageVerdict) -> Document | Rejected:
    """Return the readable text before a paywall, or the feed text if that is longer."""
    asked_at = paywall_at(page.text)
    is_last = asked_at is not None and len(page.text) - asked_at <= _REQUEST
    own = page.text[:asked_at].rpartition("\n")[0] if is_last else page.text
    if len(feed_text) >= len(own):
        return _stand_in(capture, feed_text, kind=verdict.kind, reason=verdict.reason, title=page.title)
    return _page_document(capture, page, text=own, text_from=TextFrom.PAGE, verdict=verdict)


def _stand_in(
    capture: CaptureOut, feed_text: str, *, kind: PageKind | None, reason: str, title: str | None = None
) -> Document | Rejected:
    """Return the feed text for a page that is no article or was not available."""
    hints = capture.hints
    title = _text(hints, "title") or title
    problem = f"{kind}: {reason}" if kind else reason
    if not title and not feed_text:
        return Rejected(
            subject=capture.url,
            reason=problem,
            source_id=capture.source_id,
            capture_id=capture.id,
            page_kind=kind,
        )
    known = Beside(_feed_date(capture), capture.time_zone, end_of_tomorrow(capture.fetched_at))
    dated = date_article(DateEvidence(declared=()), known)
    return Document(
        subject=capture.url,
        url=capture.page_url or capture.url,
        title=title,
        text=feed_text,
        author=_text(hints, "author"),
        language=None,
        declared=_declared_languages(capture),
        published_at=dated.at if dated else None,
        published_is_day=dated.is_day if dated else False,
        observed_at=capture.fetched_at,
        source_id=capture.source_id,
        capture_id=capture.id,
        remark=joined(
            f"{problem}; {FEED_WORDS_TAKEN}",
            left_out(DateEvidence(declared=()), known),
            _aggregator_remark(capture),
        ),
        text_from=_text_source(capture),
        unverified=_text(capture.hints, "feed_unverified"),
        is_verified=_text(capture.hints, "feed_unverified") is None,
        page_kind=kind,
        page_reason=reason,
        address=capture.address,
    )


def _text_source(capture: CaptureOut) -> TextFrom:
    """Return the origin of a feed text: the outlet's own feed, or an aggregator's."""
    return TextFrom.AGGREGATOR if _text(capture.hints, "told_by") else TextFrom.FEED


def _aggregator_remark(capture: CaptureOut) -> str | None:
    """Return a remark if the metadata of the page comes from an aggregator."""
    told_by = _text(capture.hints, "told_by")
    return f"details that the page lacks come from the aggregator {told_by}" if told_by else None


def _hints(capture: CaptureOut) -> Hints:
    declared = _declared_languages(capture)
    return Hints(
        title=_text(capture.hints, "title"),
        author=_text(capture.hints, "author"),
        published=_feed_date(capture),
        time_zone=capture.time_zone,
        latest=end_of_tomorrow(capture.fetched_at),
        language=declared.feed,
        languages=declared.outlet,
    )


def _feed_date(capture: CaptureOut) -> ParsedDate | None:
    """Return the date of publication from the feed, with its original offset."""
    return parse_date(_text(capture.hints, "published_at") or "")


def _declared_languages(capture: CaptureOut) -> DeclaredLanguages:
    """Return the evidence of feed and outlet on the language of a page."""
    return DeclaredLanguages(feed=_text(capture.hints, "language"), outlet=tuple(capture.languages))


def _text(hints: Any, name: str) -> str | None:
    value = hints.get(name)
    return value if isinstance(value, str) and value.strip() else None
