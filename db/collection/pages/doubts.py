"""Pages without an article in their last fetches: they are fetched again at growing intervals, for any response."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from db.enums.collection import PageState
from db.enums.outcomes import PageKind
from db.models import Capture, Page

FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=1)
"""The maximum, short enough for a suspect text to be confirmed."""


def record_doubts(conn: Connection, kinds: Mapping[int, PageKind], *, now: datetime) -> None:
    """Record captures without an article, by id and kind; schedule unconditional fetches of their pages.

    The validators are deleted, because an unchanged error page must be checked again too.
    """
    rows = conn.execute(
        select(Capture.id, Capture.fetched_at, Page.id.label("page_id"), Page.doubts)
        .join(Page, Page.id == Capture.page_id)
        .where(Capture.id.in_(sorted(kinds)))
        .order_by(Page.id)
    ).all()
    for row in rows:
        conn.execute(
            update(Page)
            .where(Page.id == row.page_id, Page.fetched_at <= row.fetched_at)
            .values(
                doubts=row.doubts + 1,
                state=PageState.ACTIVE,
                next_fetch_at=now + pause_after(row.doubts + 1),
                last_outcome=kinds[row.id],
                body_hash=None,
                etag=None,
                last_modified=None,
            )
        )


def forget_doubts(conn: Connection, capture_ids: Collection[int]) -> None:
    """Record captures that showed their article."""
    pages = select(Capture.page_id).where(Capture.id.in_(sorted(capture_ids)), Capture.page_id.is_not(None))
    conn.execute(update(Page).where(Page.id.in_(pages), Page.doubts > 0).values(doubts=0))


def pause_after(doubts: int) -> timedelta:
    """Return the pause after this many consecutive fetches (≥ 1) without an article: 15 minutes, doubled, up to a
    day.
    """
    pause: timedelta = FIRST_PAUSE * 2 ** min(doubts - 1, 10)
    return min(pause, LONGEST_PAUSE)


def record_shown(conn: Connection, shown: Mapping[int, str]) -> None:
    """Store the hash of the current text of each page, by page id."""
    for page_id, text_hash in sorted(shown.items()):
        conn.execute(update(Page).where(Page.id == page_id).values(shown_hash=text_hash))


def count_same_text(conn: Connection, shown: Mapping[int, str]) -> dict[int, int]:
    """Return for each page, by id, the number of other addresses of its host with the same text."""
    counts = {}
    for page_id, text_hash in shown.items():
        host = select(Page.host).where(Page.id == page_id).scalar_subquery()
        same = select(func.count()).where(Page.host == host, Page.shown_hash == text_hash, Page.id != page_id)
        counts[page_id] = conn.scalar(same) or 0
    return counts
