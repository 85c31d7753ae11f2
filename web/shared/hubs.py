"""The hub of a feed in plain words: what it does, and what that means for polling; for commands and pages alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection

from crawlers.scheduling.history import FeedHistory
from crawlers.scheduling.hubs import HubTerms, is_trusted
from db.collection.feeds.feeds import iter_feeds
from db.collection.feeds.hubs import HubRow, list_hubs
from db.settings import load
from worker.lib.plain_values import to_plain


def describe_hubs(conn: Connection, feed_ids: Iterable[int], *, now: datetime) -> dict[int, str]:
    """Return what the hubs of feeds do, by feed; those without a hub are left out."""
    public_url = load().public_url
    return {key: describe_hub(hub, public_url=public_url, now=now) for key, hub in list_hubs(conn, feed_ids).items()}


def describe_outlet_hubs(conn: Connection, source_id: str, *, now: datetime) -> dict[int, str]:
    """Return what the hubs of an outlet's feeds do, by feed."""
    return describe_hubs(conn, [feed.id for feed in iter_feeds(conn, source_id=source_id)], now=now)


def describe_hub(hub: HubRow, *, public_url: str, now: datetime) -> str:
    """Return what a hub does, in one sentence."""
    name = urlsplit(hub.hub_url).hostname or hub.hub_url
    if not public_url:
        return f"the hub {name} would tell of new entries; it needs STEPPEWATCH_PUBLIC_URL to reach these pages"
    if hub.lease_until is None or hub.lease_until <= now:
        return _describe_unconfirmed(hub, name)
    terms = HubTerms(lease_until=hub.lease_until, pushed_at=hub.pushed_at)
    last = f", last at {to_plain(hub.pushed_at)}" if hub.pushed_at else ""
    trouble = f"; it was not renewed yet: {hub.last_error}" if hub.last_error else ""
    if is_trusted(terms, FeedHistory.from_json(hub.history).told, now):
        return f"the hub {name} tells of new entries{last}, so the feed is polled more rarely{trouble}"
    if hub.pushed_at:
        return f"the hub {name} tells of new entries{last}, but not surely of all: the feed is polled as usual{trouble}"
    return (
        f"the hub {name} agreed to tell of new entries and has told of none yet: the feed is polled as usual{trouble}"
    )


def _describe_unconfirmed(hub: HubRow, name: str) -> str:
    again = f"it is asked again at {to_plain(hub.next_at)}"
    if hub.last_error:
        return f"the hub {name} tells of nothing: {hub.last_error}; {again}"
    if hub.asked_at is None:
        return f"the hub {name} will be asked to tell of new entries"
    return f"the hub {name} was asked at {to_plain(hub.asked_at)} to tell of new entries; {again}"
