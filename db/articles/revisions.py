"""Revisions in processing: claimed, read, and finished once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from db.collection.captures import finish_captures
from db.coverage.cells import mark_articles
from db.dialect import insert
from db.enums.articles import RevisionStage, TextFrom
from db.enums.outcomes import InputOutcome, Stage
from db.models import Article, FingerprintRow, Revision, RevisionAttempt
from db.outcomes import ProblemSeen, record_outcomes, record_problems


def find_outcomes(conn: Connection, revision_ids: Sequence[int]) -> dict[int, InputOutcome]:
    """Return `new` for revisions that are the first of their article, `revised` for later ones.

    `seen_again` is for a text that came back after another one, for another form of a known page, and for a page of
    which another form was known.
    """
    first = aliased(Revision)
    of_page = case((first.text_from != TextFrom.FORM, first.id))
    query = (
        select(
            Revision.id,
            Revision.text_from,
            Revision.returned_at,
            func.min(first.id).label("lowest"),
            func.min(of_page).label("lowest_of_page"),
        )
        .join(first, first.article_id == Revision.article_id)
        .where(Revision.id.in_(revision_ids))
        .group_by(Revision.id, Revision.text_from, Revision.returned_at)
    )
    return {row.id: _outcome(row) for row in conn.execute(query)}


def _outcome(row: Any) -> InputOutcome:
    if row.returned_at:
        return InputOutcome.SEEN_AGAIN
    if row.id == row.lowest:
        return InputOutcome.NEW
    is_other_form = row.id == row.lowest_of_page or (row.text_from == TextFrom.FORM and row.lowest_of_page is not None)
    return InputOutcome.SEEN_AGAIN if is_other_form else InputOutcome.REVISED


def lock_articles(conn: Connection, revision_ids: Sequence[int]) -> dict[int, int]:
    """Return the current articles of revisions, locked; another transaction may have joined them to others."""
    query = select(Revision.id, Revision.article_id).where(Revision.id.in_(revision_ids))
    locking = query.join(Article, Article.id == Revision.article_id).order_by(Article.id).with_for_update(of=Article)
    while True:
        locked = dict(conn.execute(locking).all())
        if locked == dict(conn.execute(query).all()):
            return locked


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionOut:
    """A stored text with the fields for tagging and comparing."""

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
    second_language: str | None = None


WHOLE = (
    Revision.id,
    Revision.article_id,
    Revision.capture_id,
    Article.source_id,
    Article.canonical_url,
    Article.published_at,
    Revision.title,
    Revision.text,
    Revision.language,
    FingerprintRow.data.label("fingerprint"),
    Revision.second_language,
)
"""The columns of a `RevisionOut`, by its names."""


def read_revisions(conn: Connection, revision_ids: Sequence[int]) -> list[RevisionOut]:
    """Return the unfinished revisions by id."""
    query = (
        select(*WHOLE)
        .join(Article, Article.id == Revision.article_id)
        .join(FingerprintRow, FingerprintRow.revision_id == Revision.id)
        .where(Revision.id.in_(revision_ids), Revision.stage == RevisionStage.STORED)
        .order_by(Revision.id)
    )
    return [RevisionOut(**row._asdict()) for row in conn.execute(query)]


def claim_revisions(conn: Connection, *, now: datetime, lease_s: float, limit: int) -> list[int]:
    """Claim revisions that their batch never finished; return their ids."""
    free = or_(Revision.claimed_until.is_(None), Revision.claimed_until < now)
    query = select(Revision.id).where(Revision.stage == RevisionStage.STORED, free).order_by(Revision.id).limit(limit)
    ids = list(conn.scalars(query.with_for_update(skip_locked=True)))
    if ids:
        until = now + timedelta(seconds=lease_s)
        conn.execute(update(Revision).where(Revision.id.in_(ids)).values(claimed_until=until))
    return ids


def count_attempts(conn: Connection, revision_ids: Sequence[int]) -> dict[int, int]:
    """Return the number of unfinished attempts by `begin_revisions` for each waiting revision."""
    query = (
        select(Revision.id, func.coalesce(RevisionAttempt.attempts, 0))
        .outerjoin(RevisionAttempt, RevisionAttempt.revision_id == Revision.id)
        .where(Revision.id.in_(revision_ids), Revision.stage == RevisionStage.STORED)
        .order_by(Revision.id)
    )
    return {revision_id: attempts for revision_id, attempts in conn.execute(query)}


def begin_revisions(conn: Connection, revision_ids: Sequence[int]) -> None:
    """Record an attempt for each of these revisions; a worker that crashes leaves the record behind."""
    rows = [{"revision_id": revision_id, "attempts": 1} for revision_id in sorted(revision_ids)]
    again = insert(conn, RevisionAttempt).on_conflict_do_update(
        index_elements=["revision_id"], set_={"attempts": RevisionAttempt.attempts + 1}
    )
    conn.execute(again, rows)


def end_attempts(conn: Connection, revision_ids: Sequence[int]) -> None:
    """Delete the records of `begin_revisions` after the worker survived the attempt."""
    conn.execute(delete(RevisionAttempt).where(RevisionAttempt.revision_id.in_(revision_ids)))


def set_exhausted_aside(conn: Connection, *, attempts: int, now: datetime) -> int:
    """Set revisions aside after their last claim expired, with the reason; return their number.

    The text is kept, without mentions and in a cluster of its own. Its capture or imported document ends as rejected,
    unless it had ended before.
    """
    query = (
        select(Revision.id, Revision.capture_id, Article.id.label("article_id"), Article.url, Article.source_id)
        .join(RevisionAttempt, RevisionAttempt.revision_id == Revision.id)
        .join(Article, Article.id == Revision.article_id)
        .where(
            Revision.stage == RevisionStage.STORED, RevisionAttempt.attempts >= attempts, Revision.claimed_until < now
        )
        .order_by(Revision.id)
        .with_for_update(of=Revision, skip_locked=True)
    )
    rows = conn.execute(query).all()
    if not rows:
        return 0
    ids, article_ids = [row.id for row in rows], [row.article_id for row in rows]
    conn.execute(update(Revision).where(Revision.id.in_(ids)).values(stage=RevisionStage.SET_ASIDE, claimed_until=None))
    alone = update(Article).where(Article.id.in_(article_ids), Article.cluster_id.is_(None))
    conn.execute(alone.values(cluster_id=Article.id))
    mark_articles(conn, sorted(set(article_ids)))
    end_attempts(conn, ids)
    reason = f"text set aside after {attempts} attempts: each worker that tagged it died or ran out of time"
    first_time = finish_captures(
        conn, {row.capture_id: (InputOutcome.REJECTED, reason) for row in rows if row.capture_id}
    )
    for stage, ended in (
        (Stage.INGEST, [row for row in rows if row.capture_id is None]),
        (Stage.UNDERSTAND, [row for row in rows if row.capture_id in first_time]),
    ):
        record_outcomes(conn, stage, Counter((row.source_id, InputOutcome.REJECTED) for row in ended), at=now)
    record_problems(conn, Stage.UNDERSTAND, [ProblemSeen(row.url, reason, row.source_id) for row in rows], at=now)
    return len(rows)


def finish_revisions(conn: Connection, revision_ids: Sequence[int], *, vocabulary_version: str) -> list[int]:
    """Mark revisions as processed; return those that were not so before (each is finished once)."""
    query = (
        update(Revision)
        .where(Revision.id.in_(revision_ids), Revision.stage == RevisionStage.STORED)
        .values(stage=RevisionStage.DONE, claimed_until=None, vocabulary_version=vocabulary_version)
        .returning(Revision.id)
    )
    return sorted(conn.scalars(query))


def record_scope(conn: Connection, in_scope: Mapping[int, bool | None]) -> None:
    """Store whether revisions are in scope, also in the articles that have them as current revision."""
    for flag in (True, False, None):
        ids = sorted(revision_id for revision_id, value in in_scope.items() if value is flag)
        if ids:
            conn.execute(update(Revision).where(Revision.id.in_(ids)).values(in_scope=flag))
            conn.execute(update(Article).where(Article.revision_id.in_(ids)).values(in_scope=flag))
