"""Texts without a date: decide whether the day of collection is evidence of their age.

It is for an entry that a feed brought as new: the previous poll did not show it. It is not for an import by a person,
nor for an entry that was in a feed before we followed it: such a text may be of any age, and counts on no day
(`UNDATED`). The first sight of its page decides; later feeds that list it as well, or cease to, change nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from db.articles.recording.arrivals import ArticleIn
from db.models import Capture, Feed, Sighting


def mark_undated(conn: Connection, articles: Sequence[ArticleIn]) -> list[ArticleIn]:
    """Return the texts, with `is_undated` set on those without a date that were not new at first sight."""
    captures = {a.capture_id for a in articles if a.published_at is None and a.capture_id is not None}
    new = brought_newly(conn, captures) if captures else set()
    return [replace(a, is_undated=a.published_at is None and a.capture_id not in new) for a in articles]


def brought_newly(conn: Connection, capture_ids: Collection[int]) -> set[int]:
    """Return the captures of pages that a feed showed first after its first poll, or that no known feed shows."""
    query = (
        select(Capture.id, Sighting.first_seen_at, Feed.followed_since)
        .outerjoin(Sighting, Sighting.page_id == Capture.page_id)
        .outerjoin(Feed, Feed.id == Sighting.feed_id)
        .where(Capture.id.in_(sorted(capture_ids)))
    )
    sights: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for capture_id, seen_at, followed_since in conn.execute(query):
        known = sights.setdefault(capture_id, [])
        if seen_at is not None:
            known.append((seen_at, followed_since))
    return {capture_id for capture_id, known in sights.items() if _was_new(known)}


def _was_new(sights: Sequence[tuple[datetime, datetime | None]]) -> bool:
    """Return whether a page was new at first sight: (seen at, feed followed since) for each feed. Pure."""
    first = min((seen_at for seen_at, _ in sights), default=None)
    return first is None or any(seen_at == first and (since is None or since < first) for seen_at, since in sights)
