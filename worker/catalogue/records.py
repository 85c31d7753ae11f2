"""Outlets as records for JSON: with their feeds, losses and problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from db.collection.feeds.feeds import FeedHealth, iter_feeds
from db.collection.feeds.losses import MeasuredLoss, measure_feed_losses, measure_losses
from db.collection.sources.removals import find_removal
from db.collection.sources.sources import SourceRow, find_source, list_domains, list_sources
from db.collection.sources.unverified import has_unverified_articles
from db.collection.sources.walls import find_walled
from db.enums.collection import CertificateRule
from db.outcomes import latest_problems
from worker.lib.plain_values import to_plain

_PROBLEMS = 10


def outlet_row_record(
    row: SourceRow, state: str, loss: MeasuredLoss | None, newest_at: datetime | None
) -> dict[str, object]:
    """Return an outlet of the list of outlets."""
    complete = None if loss is None or loss.complete is None else round(loss.complete, 4)
    return {
        **asdict(row),
        "latest_at": to_plain(row.latest_at),
        "state": state,
        "complete": complete,
        "newest_at": to_plain(newest_at),
    }


def outlet_record(conn: Connection, source_id: str, *, now: datetime, hubs: Mapping[int, str]) -> dict[str, Any]:
    """Return an outlet with its addresses, articles, feeds, losses of the last seven days, and latest problems.

    `hubs` says what the hubs of its feeds do, by feed.
    Raises LookupError for an unknown id.
    """
    source = find_source(conn, source_id)
    if source is None:
        raise LookupError(f"there is no outlet {source_id}")
    row = list_sources(conn, only=[source_id])[0]
    walled = find_walled(conn, now=now, source_id=source_id).get(source_id)
    feeds = list(iter_feeds(conn, source_id=source_id))
    losses = measure_feed_losses(conn, until=now, source_id=source_id)
    return {
        "id": source.id,
        "name": source.name,
        "country": source.country,
        "languages": source.languages,
        "kind": source.kind,
        "homepage": source.homepage,
        "paywall": source.paywall,
        "time_zone": source.time_zone,
        "bias_note": source.bias_note,
        "origin": source.origin,
        "added_at": to_plain(source.added_at),
        "domains": list_domains(conn, source_id),
        "articles": row.articles,
        "latest_at": to_plain(row.latest_at),
        "trouble": walled.sentence if walled else None,
        "removed": _describe_removal(conn, source_id),
        "problems": [
            {"subject": one.subject, "reason": one.reason, "last_at": to_plain(one.last_at), "times": one.times}
            for one in latest_problems(conn, _PROBLEMS, source_id=source_id)
        ],
        "read_unverified": source.unverified or CertificateRule.WITHOUT_SECRETS,
        "unverified": any(feed.unverified for feed in feeds) or has_unverified_articles(conn, source_id),
        "feeds": [feed_record(feed, losses.get(feed.id), hubs.get(feed.id)) for feed in feeds],
        "newest_at": to_plain(max((feed.newest_at for feed in feeds if feed.newest_at), default=None)),
        **loss_record(measure_losses(conn, until=now, source_id=source_id).get(source_id)),
    }


def feed_record(feed: FeedHealth, loss: MeasuredLoss | None, hub: str | None) -> dict[str, Any]:
    """Return a feed with its health, its loss of the last seven days, and what its hub does."""
    return {
        "url": feed.url,
        "title": feed.title,
        "confidence": feed.confidence,
        "tried": feed.trial,
        "state": feed.state,
        "failures": feed.failures,
        "last_outcome": feed.last_outcome,
        "last_error": feed.last_error,
        "unverified": feed.unverified is not None,
        "certificate": feed.unverified,
        "polled_at": to_plain(feed.polled_at),
        "succeeded_at": to_plain(feed.succeeded_at),
        "changed_at": to_plain(feed.changed_at),
        "next_poll_at": to_plain(feed.next_poll_at),
        "next_poll_because": feed.next_poll_because,
        "kind": feed.kind,
        "newest_at": to_plain(feed.newest_at),
        "validators_lie": feed.is_lying,
        "hub": hub,
        **loss_record(loss),
    }


def _describe_removal(conn: Connection, source_id: str) -> dict[str, Any] | None:
    removal = find_removal(conn, source_id)
    if removal is None:
        return None
    return {
        "at": to_plain(removal.decided_at),
        "by": removal.decided_by,
        "note": removal.note,
        "with_articles": removal.with_articles,
        "confirmed_at": to_plain(removal.confirmed_at),
        "undo": f"steppewatch source restore {source_id}",
    }


def loss_record(loss: MeasuredLoss | None) -> dict[str, float | None]:
    """Return what may have been missed in the last seven days; nulls if it was not polled in them."""
    if loss is None:
        return {"overlap": None, "complete": None, "missed": None, "missed_any": None}
    return {
        "overlap": _rounded(loss.overlap),
        "complete": _rounded(loss.complete),
        "missed": round(loss.missed, 2),
        "missed_any": _rounded(loss.chance),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
