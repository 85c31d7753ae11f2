"""Captures: written by the crawler, claimed and finished by the workers."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from db.dialect import insert
from db.enums.collection import CaptureStage
from db.enums.outcomes import InputOutcome, Stage
from db.models import Capture, Page, Source
from db.outcomes import ProblemSeen, record_outcomes, record_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureIn:
    """A response from the crawler; `body` is plain bytes, decoded of HTTP content encodings."""

    page_id: int | None
    source_id: str | None
    url: str
    fetched_at: datetime
    status: int
    content_type: str | None
    body: bytes
    body_hash: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOut:
    """A capture as a worker reads it."""

    id: int
    page_url: str | None
    source_id: str | None
    url: str
    fetched_at: datetime
    content_type: str | None
    body: bytes
    hints: Mapping[str, Any]
    headers: Mapping[str, Any] = field(default_factory=dict)
    page_id: int | None = None
    address: str | None = None
    """Canonical URL of its article if that differs from the page's: `urn:…` for a text without a page."""
    languages: Sequence[str] = ()
    """Languages of its outlet by the catalogue."""
    time_zone: str | None = None
    """Time zone of its outlet's readers."""


def compress(body: bytes) -> bytes:
    """Return the stored form of a body. Call it before the transaction, not inside."""
    return zlib.compress(body, 6)


def record_captures(conn: Connection, captures: Iterable[tuple[CaptureIn, bytes]]) -> int:
    """Store captures with their compressed bodies; return the number of new ones.

    Those of pages that were deleted meanwhile, for a person removed their outlet, are left out.
    """
    captures = list(captures)
    kept = _lock_pages(conn, {capture.page_id for capture, _ in captures if capture.page_id is not None})
    rows = [
        {
            "page_id": capture.page_id,
            "source_id": capture.source_id,
            "url": capture.url,
            "fetched_at": capture.fetched_at,
            "status": capture.status,
            "content_type": capture.content_type,
            "headers": dict(capture.headers),
            "hints": dict(capture.hints),
            "body": compressed,
            "body_hash": capture.body_hash,
            "size": len(capture.body),
            "hints_size": sum(len(value.encode("utf-8", "replace")) for value in capture.hints.values()),
            "stage": CaptureStage.FETCHED,
            "attempts": 0,
        }
        for capture, compressed in captures
        if capture.page_id is None or capture.page_id in kept
    ]
    if not rows:
        return 0
    statement = insert(conn, Capture).on_conflict_do_nothing(index_elements=["page_id", "body_hash", "fetched_at"])
    return len(conn.scalars(statement.returning(Capture.id), rows).all())


def _lock_pages(conn: Connection, page_ids: Collection[int]) -> set[int]:
    """Return the pages that exist, locked against deletion until the end of the transaction."""
    query = select(Page.id).where(Page.id.in_(page_ids)).order_by(Page.id)
    return set(conn.scalars(query.with_for_update(read=True, key_share=True))) if page_ids else set()


def count_waiting(conn: Connection) -> int:
    """Return the number of unfinished captures."""
    return conn.scalar(select(func.count()).select_from(Capture).where(Capture.stage == CaptureStage.FETCHED)) or 0


def claim_captures(
    conn: Connection, *, now: datetime, lease_s: float, limit: int, page_ids: Sequence[int] | None = None
) -> list[int]:
    """Claim captures for `lease_s` seconds, oldest first; return their ids, possibly none.

    Of several captures of one page only the oldest is available, because a capture is compared with the text that the
    previous one left.
    """
    free = or_(Capture.claimed_until.is_(None), Capture.claimed_until < now)
    earlier = aliased(Capture)
    is_first = ~exists().where(
        earlier.page_id == Capture.page_id, earlier.id < Capture.id, earlier.stage == CaptureStage.FETCHED
    ).correlate(Capture)
    query = (
        select(Capture.id)
        .where(Capture.stage == CaptureStage.FETCHED, free, is_first)
        .order_by(Capture.id)
        .limit(limit)
    )
    if page_ids is not None:
        query = query.where(Capture.page_id.in_(page_ids))
    ids = list(conn.scalars(query.with_for_update(skip_locked=True)))
    if ids:
        conn.execute(update(Capture).where(Capture.id.in_(ids)).values(claimed_until=now + timedelta(seconds=lease_s)))
    return ids


def count_attempts(conn: Connection, capture_ids: Sequence[int]) -> dict[int, int]:
    """Return the number of unfinished attempts for each waiting capture."""
    query = select(Capture.id, Capture.attempts).where(
        Capture.id.in_(capture_ids), Capture.stage == CaptureStage.FETCHED
    )
    return {capture_id: attempts for capture_id, attempts in conn.execute(query.order_by(Capture.id))}


def begin_captures(conn: Connection, capture_ids: Sequence[int]) -> None:
    """Record an attempt for each of these captures; a worker that crashes leaves the record behind."""
    conn.execute(update(Capture).where(Capture.id.in_(capture_ids)).values(attempts=Capture.attempts + 1))


def read_captures(conn: Connection, capture_ids: Sequence[int]) -> list[CaptureOut]:
    """Return the unfinished captures by id, with plain bodies."""
    query = (
        select(
            Capture.id,
            Page.url.label("page_url"),
            Capture.source_id,
            Capture.url,
            Capture.fetched_at,
            Capture.content_type,
            Capture.body,
            Capture.hints,
            Capture.headers,
            Capture.page_id,
            case((Page.canonical_url.like("urn:%"), Page.canonical_url)).label("address"),
            Source.languages,
            Source.time_zone,
        )
        .outerjoin(Page, Page.id == Capture.page_id)
        .outerjoin(Source, Source.id == Capture.source_id)
        .where(Capture.id.in_(capture_ids), Capture.stage == CaptureStage.FETCHED)
        .order_by(Capture.id)
    )
    rows = [row._asdict() for row in conn.execute(query)]
    return [
        CaptureOut(**row | {"body": zlib.decompress(row["body"]), "languages": row["languages"] or ()}) for row in rows
    ]


def finish_captures(conn: Connection, endings: Mapping[int, tuple[InputOutcome, str | None]]) -> set[int]:
    """Store (outcome, reason) of captures; return the ids that were not finished before."""
    by_ending: dict[tuple[InputOutcome, str | None], list[int]] = {}
    for capture_id, ending in sorted(endings.items()):
        by_ending.setdefault(ending, []).append(capture_id)
    finished: set[int] = set()
    for (outcome, reason), ids in by_ending.items():
        moved = (
            update(Capture)
            .where(Capture.id.in_(ids), Capture.stage == CaptureStage.FETCHED)
            .values(stage=CaptureStage.DONE, claimed_until=None, outcome=outcome, reason=reason)
            .returning(Capture.id)
        )
        finished.update(conn.scalars(moved))
    return finished


def expire_captures(conn: Connection, *, before: datetime, max_bytes: float, limit: int = 500) -> int:
    """Delete the oldest finished captures, at most `limit`: those fetched before an instant or beyond `max_bytes`.

    Returns the number deleted; call it until that is 0.
    """
    done = select(Capture.id).where(Capture.stage == CaptureStage.DONE)
    old = list(conn.scalars(done.where(Capture.fetched_at < before).order_by(Capture.id).limit(limit)))
    room = func.sum(func.length(Capture.body) + func.coalesce(Capture.hints_size, 0))
    if not old and (conn.scalar(select(room)) or 0) > max_bytes:
        old = list(conn.scalars(done.order_by(Capture.fetched_at, Capture.id).limit(min(limit, 50))))
    if old:
        conn.execute(delete(Capture).where(Capture.id.in_(old)))
    return len(old)


def count_held(conn: Connection, *, now: datetime) -> int:
    """Return the number of waiting captures under a claim."""
    query = select(func.count()).select_from(Capture)
    return conn.scalar(query.where(Capture.stage == CaptureStage.FETCHED, Capture.claimed_until >= now)) or 0


def reject_exhausted(conn: Connection, *, attempts: int, now: datetime) -> int:
    """Reject captures after their last claim expired; return their number."""
    query = (
        select(Capture.id, Capture.url, Capture.source_id)
        .where(Capture.stage == CaptureStage.FETCHED, Capture.attempts >= attempts, Capture.claimed_until < now)
        .order_by(Capture.id)
        .with_for_update(skip_locked=True)
    )
    rows = conn.execute(query).all()
    reason = f"given up after {attempts} attempts: each worker that took it died or ran out of time"
    finished = finish_captures(conn, {row.id: (InputOutcome.REJECTED, reason) for row in rows})
    lost = [row for row in rows if row.id in finished]
    record_outcomes(conn, Stage.UNDERSTAND, Counter((row.source_id, InputOutcome.REJECTED) for row in lost), at=now)
    record_problems(conn, Stage.UNDERSTAND, [ProblemSeen(r.url, reason, r.source_id) for r in lost], at=now)
    return len(lost)
