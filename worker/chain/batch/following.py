"""New texts at the address of a known article: the shell around `worker.judging.second_look`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from db.articles.suspects import CurrentText, SuspectRow
from db.enums.articles import TextFrom
from db.enums.outcomes import PageKind
from worker.chain.batch.identify import Identified
from worker.chain.documents import Rejected, joined
from worker.judging.furniture import is_same_article
from worker.judging.second_look import Following, KnownText, WaitingText, decide_following

_OF_FEEDS = (TextFrom.FEED, TextFrom.AGGREGATOR)


@dataclass(frozen=True, slots=True)
class WithheldText:
    """A rejected new text: the result of its input, and the article's waiting suspect, if any."""

    rejected: Rejected
    article_id: int
    waiting: SuspectRow | None = None


def follow(entry: Identified, current: CurrentText | None, *, now: datetime) -> Identified | WithheldText:
    """Return the text if it may become the article's current one, else its rejection.

    Only the crawler's fetches are judged: imports by people are trusted.
    """
    document = entry.document
    if document.capture_id is None or current is None or entry.content_hash == current.content_hash:
        return entry
    if document.stands_in:
        return _stand_in(entry, current)
    if entry.text_from == TextFrom.FORM and current.text_from == TextFrom.PAGE:
        return entry  # it stays behind the text of the page in any case
    if is_same_article((current.title, current.text), (entry.title, entry.text)):
        return WithheldText(replace(_rejected(entry, PageKind.ARTICLE, ""), is_same=True), current.article_id)
    if current.text_from in _OF_FEEDS and document.text_from is TextFrom.PAGE and (entry.text or not current.text):
        return entry
    decision = decide_following(
        KnownText(current.title, current.text),
        KnownText(entry.title, entry.text),
        evidence=document.evidence,
        waiting=_waiting(current.suspect),
        now=document.observed_at,
    )
    if decision.following is Following.FOLLOWS:
        return entry
    if decision.following is Following.CONFIRMED:
        return replace(entry, remark=joined(entry.remark, f"the text was replaced: {decision.reason}"))
    if decision.following is Following.PAYWALL:
        return WithheldText(_rejected(entry, PageKind.PAYWALL, decision.reason), current.article_id)
    suspect = SuspectRow(
        reason=decision.reason,
        looks=decision.looks,
        first_seen_at=decision.since or now,
        last_seen_at=document.observed_at,
        title=entry.title,
        text=entry.text,
    )
    return WithheldText(_rejected(entry, PageKind.SUSPECT, decision.reason), current.article_id, suspect)


def _stand_in(entry: Identified, current: CurrentText) -> Identified | WithheldText:
    """Return whether a feed text may follow: never after a page's text, and only with at least as much content."""
    document = entry.document
    if (
        current.text_from in _OF_FEEDS
        and not (current.text_from == TextFrom.FEED and document.text_from is TextFrom.AGGREGATOR)
        and document.text_from.is_of_feed
        and (entry.text or not current.text)
    ):
        return entry
    return WithheldText(
        _rejected(entry, document.page_kind or PageKind.NO_PAGE, document.page_reason or ""), current.article_id
    )


def _rejected(entry: Identified, kind: PageKind, reason: str) -> Rejected:
    document = entry.document
    return Rejected(
        subject=document.subject,
        reason=f"{kind}: {reason}; the article stays as it was",
        source_id=document.source_id,
        capture_id=document.capture_id,
        page_kind=kind,
    )


def _waiting(suspect: SuspectRow | None) -> WaitingText | None:
    if suspect is None:
        return None
    return WaitingText(KnownText(suspect.title, suspect.text), suspect.looks, suspect.first_seen_at)
