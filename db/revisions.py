"""Revisions on their way: claimed, read, and finished once by whoever understands them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.orm import aliased

from db.models import Article, FingerprintRow, Revision


def outcomes_of(conn: Connection, revision_ids: Sequence[int]) -> dict[int, str]:
    """Return `new` for revisions that are the first of their article, `revised` for later ones."""
    first = aliased(Revision)
    query = (
        select(Revision.id, func.min(first.id))
        .join(first, first.article_id == Revision.article_id)
        .where(Revision.id.in_(revision_ids))
        .group_by(Revision.id)
    )
    return {revision_id: "new" if revision_id == lowest else "revised" for revision_id, lowest in conn.execute(query)}


@dataclass(frozen=True, slots=True)
class RevisionOut:
    """A stored text, as tagging and comparing need it."""

    id: int
    article_id: int
    capture_id: int | None
    source_id: str
    canonical_url: str
    published_at: datetime | None
    title: str | None
    text: str
    language: str | None
    fingerprint: bytes


def read_revisions(conn: Connection, revision_ids: Sequence[int]) -> list[RevisionOut]:
    """Return the revisions by id; those that are finished by now are left out."""
    query = (
        select(
            Revision.id,
            Revision.article_id,
            Revision.capture_id,
            Article.source_id,
            Article.canonical_url,
            Article.published_at,
            Revision.title,
            Revision.text,
            Revision.language,
            FingerprintRow.data,
        )
        .join(Article, Article.id == Revision.article_id)
        .join(FingerprintRow, FingerprintRow.revision_id == Revision.id)
        .where(Revision.id.in_(revision_ids), Revision.stage == "stored")
        .order_by(Revision.id)
    )
    return [RevisionOut(*tuple(row)) for row in conn.execute(query)]


def claim_revisions(conn: Connection, *, now: datetime, lease_s: float, limit: int) -> list[int]:
    """Return ids of revisions whose batch never finished them and that now are ours; may be empty."""
    free = or_(Revision.claimed_until.is_(None), Revision.claimed_until < now)
    query = select(Revision.id).where(Revision.stage == "stored", free).order_by(Revision.id).limit(limit)
    ids = list(conn.scalars(query.with_for_update(skip_locked=True)))
    if ids:
        until = now + timedelta(seconds=lease_s)
        conn.execute(update(Revision).where(Revision.id.in_(ids)).values(claimed_until=until))
    return ids


def finish_revisions(conn: Connection, revision_ids: Sequence[int], *, vocabulary_version: str) -> list[int]:
    """Mark revisions as understood; return those that were not so before (each is finished once)."""
    query = (
        update(Revision)
        .where(Revision.id.in_(revision_ids), Revision.stage == "stored")
        .values(stage="done", claimed_until=None, vocabulary_version=vocabulary_version)
        .returning(Revision.id)
    )
    return sorted(conn.scalars(query))


def record_scope(conn: Connection, in_scope: Mapping[int, bool | None]) -> None:
    """Store which revisions are in scope; the articles of which they are the current one repeat it."""
    for flag in (True, False, None):
        ids = sorted(revision_id for revision_id, value in in_scope.items() if value is flag)
        if ids:
            conn.execute(update(Revision).where(Revision.id.in_(ids)).values(in_scope=flag))
            conn.execute(update(Article).where(Article.revision_id.in_(ids)).values(in_scope=flag))
