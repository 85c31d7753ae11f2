"""Captures for archives: read by key, a few at a time, each with what its feed told of its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from db.models import Capture, Page

_AT_ONCE = 20
"""Captures held in memory: their bodies are whole pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureFilter:
    """Days of fetching, UTC, both included, and outlets; None and empty are no limit."""

    since: date | None = None
    until: date | None = None
    sources: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedCapture:
    """A finished or waiting capture with its compressed body."""

    id: int
    page_url: str | None
    url: str
    fetched_at: datetime
    status: int
    content_type: str | None
    headers: Mapping[str, Any]
    hints: Mapping[str, Any]
    body: bytes
    outcome: str | None
    reason: str | None


def iter_archive(conn: Connection, wanted: CaptureFilter) -> Iterator[ArchivedCapture]:
    """Yield the captures that hold a page, in the order in which they were stored."""
    after = 0
    while rows := conn.execute(_some(wanted, after)).all():
        for row in rows:
            yield ArchivedCapture(**row._asdict())
        after = rows[-1].id


def _some(wanted: CaptureFilter, after: int) -> Any:
    return (
        select(
            Capture.id,
            Page.url.label("page_url"),
            Capture.url,
            Capture.fetched_at,
            Capture.status,
            Capture.content_type,
            Capture.headers,
            Capture.hints,
            Capture.body,
            Capture.outcome,
            Capture.reason,
        )
        .outerjoin(Page, Page.id == Capture.page_id)
        .where(Capture.id > after, Capture.size > 0, *_conditions(wanted))
        .order_by(Capture.id)
        .limit(_AT_ONCE)
    )


def count_without_page(conn: Connection, wanted: CaptureFilter) -> int:
    """Return the number of captures that are only the words of a feed."""
    query = select(func.count()).select_from(Capture).where(Capture.size == 0, *_conditions(wanted))
    return conn.scalar(query) or 0


def _conditions(wanted: CaptureFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since:
        conditions.append(Capture.fetched_at >= datetime.combine(wanted.since, time(), UTC))
    if wanted.until and wanted.until < date.max:
        conditions.append(Capture.fetched_at < datetime.combine(wanted.until + timedelta(days=1), time(), UTC))
    if wanted.sources:
        conditions.append(Capture.source_id.in_(wanted.sources))
    return conditions
