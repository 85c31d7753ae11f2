"""Changes of an outlet's feeds by a person: paused and resumed, replaced, removed, polled at intervals of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select, update

from db.collection.feeds.feeds import ASKED, LISTED
from db.enums.collection import FeedState
from db.models import Feed


class FeedTaken(ValueError):
    """The address is a feed already, of this outlet or of another."""


def pause_feeds(conn: Connection, source_id: str, *, url: str | None = None) -> int:
    """Poll the feeds of an outlet (or one of them) no more, until a person resumes them; return how many are new."""
    return _update(conn, source_id, url, ASKED, {"state": FeedState.PAUSED})


def resume_feeds(conn: Connection, source_id: str, *, now: datetime, url: str | None = None) -> int:
    """Make the paused feeds of an outlet (or one of them) active and due; return their number."""
    values = {"state": FeedState.ACTIVE, "next_poll_at": now, "next_poll_because": None}
    return _update(conn, source_id, url, (FeedState.PAUSED,), values)


def _update(conn: Connection, source_id: str, url: str | None, states: Collection[str], values: dict[str, Any]) -> int:
    mine = update(Feed).where(Feed.source_id == source_id, Feed.state.in_(states))
    if url is not None:
        mine = mine.where(Feed.url == url)
    return len(conn.execute(mine.values(**values).returning(Feed.id)).all())


def list_feed_states(conn: Connection, source_id: str) -> dict[str, str]:
    """Return the state of each feed of an outlet, by address."""
    query = select(Feed.url, Feed.state).where(Feed.source_id == source_id, LISTED).order_by(Feed.url)
    return {url: state for url, state in conn.execute(query)}


def retire_feed(conn: Connection, url: str) -> None:
    """Poll this address no more, as if its catalogue had taken it out; its articles and sightings stay."""
    conn.execute(update(Feed).where(Feed.url == url).values(state=FeedState.RETIRED, claimed_until=None))


def replace_feed(conn: Connection, old: str, new: str, *, now: datetime) -> None:
    """Give a feed another address and make it due; its entries, sightings and history stay. Raises FeedTaken."""
    refuse_taken(conn, new)
    unknown_now = dict.fromkeys(
        ("etag", "last_modified", "body_hash", "listing", "last_outcome", "last_error", "confidence", "claimed_until")
    )
    values = {**unknown_now, "url": new, "failures": 0, "next_poll_at": now, "next_poll_because": None}
    was_left = Feed.state.in_((FeedState.GONE, FeedState.RETIRED))
    state = case((was_left, FeedState.ACTIVE), else_=Feed.state)
    conn.execute(update(Feed).where(Feed.url == old).values(**values, state=state))


def refuse_taken(conn: Connection, url: str, *, source_id: str | None = None) -> None:
    """Raise FeedTaken if the address is a feed already; with `source_id`, of another outlet."""
    owner = conn.scalar(select(Feed.source_id).where(Feed.url == url))
    if owner is not None and owner != source_id:
        raise FeedTaken(f"{url} is a feed of {owner}")


def set_intervals(conn: Connection, urls: Collection[str], floor_s: int | None, ceiling_s: int | None) -> None:
    """Set the shortest and the longest pause between polls of these feeds; None for the usual ones."""
    conn.execute(update(Feed).where(Feed.url.in_(urls)).values(floor_s=floor_s, ceiling_s=ceiling_s))


def set_link_pattern(conn: Connection, urls: Collection[str], pattern: str | None) -> None:
    """Set the form of links to articles on these section pages; None to let them be learnt."""
    conn.execute(update(Feed).where(Feed.url.in_(urls)).values(link_pattern=pattern))


def list_feed_kinds(conn: Connection, source_id: str) -> dict[str, str]:
    """Return the kind of each feed of an outlet, by address."""
    query = select(Feed.url, Feed.kind).where(Feed.source_id == source_id, LISTED).order_by(Feed.url)
    return {url: kind for url, kind in conn.execute(query)}


def list_feed_rules(conn: Connection, source_id: str) -> list[dict[str, Any]]:
    """Return the feeds of an outlet with what a person decided about each."""
    columns = (Feed.url, Feed.kind, Feed.state, Feed.floor_s, Feed.ceiling_s, Feed.link_pattern)
    query = select(*columns).where(Feed.source_id == source_id, LISTED).order_by(Feed.url)
    return [dict(row) for row in conn.execute(query).mappings()]
