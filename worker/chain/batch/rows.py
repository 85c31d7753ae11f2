"""Identified documents as rows: the article to record, and the revision that waits for the next stages. Pure."""

from __future__ import annotations

from db.articles.recording.arrivals import ArticleIn, Recorded
from db.articles.revisions import RevisionOut
from worker.chain.batch.identify import Identified
from worker.chain.documents import Document, Rejected


def reject_removed(document: Document, source_id: str) -> Rejected:
    """Return the rejection of a document whose outlet a person removed; it is counted for no outlet."""
    return Rejected(
        subject=document.subject,
        reason=f"its outlet {source_id} was removed; steppewatch source restore {source_id} brings it back",
        capture_id=document.capture_id,
    )


def to_article(entry: Identified, source_id: str, genre: str | None) -> ArticleIn:
    """Return the row of a document, to be recorded."""
    return ArticleIn(
        canonical_url=entry.canonical_url,
        url=entry.url,
        source_id=source_id,
        content_hash=entry.content_hash,
        observed_at=entry.document.observed_at,
        capture_id=entry.document.capture_id,
        title=entry.title,
        text=entry.text,
        author=entry.author,
        language=entry.language,
        genre=genre,
        published_at=entry.published_at,
        published_is_day=entry.published_is_day,
        second_language=entry.second_language,
        text_from=entry.text_from,
        unverified=entry.document.unverified,
        is_verified=entry.document.is_verified,
        claims=entry.own.claims,
        fingerprint=entry.fingerprint.to_bytes(),
        shingles=entry.fingerprint.size,
        sketch=entry.fingerprint.sample.tolist(),
    )


def to_revision(entry: Identified, result: Recorded) -> RevisionOut:
    """Return the recorded text of a document as it would be read, without reading it."""
    assert result.revision_id is not None
    return RevisionOut(
        id=result.revision_id,
        article_id=result.article_id,
        capture_id=entry.document.capture_id,
        source_id=result.source_id,
        canonical_url=result.canonical_url,
        published_at=result.published_at,
        title=entry.title,
        text=entry.text,
        language=entry.language,
        second_language=entry.second_language,
        fingerprint=entry.fingerprint.to_bytes(),
    )
