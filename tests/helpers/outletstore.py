"""An invented outlet with feeds, in a store that commands find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from db.collection.feeds.feeds import add_feed
from db.collection.sources.book import SourceIn, record_source
from db.engine import Database

ADDED_AT = datetime(2022, 1, 5, 8, tzinfo=UTC)
HERALD = "https://herald.example/rss"
HERALD_NEWS = "https://herald.example/news.xml"


def add_outlet(conn: Connection, outlet: str, feeds: Sequence[str] = (), *, domain: str | None = None) -> None:
    """Add an outlet on one domain, by default `OUTLET.example`, with feeds that are due."""
    domains = (domain or f"{outlet}.example",)
    source = SourceIn(id=outlet, name=outlet.title(), domains=domains, origin="person", country="KZ", languages=("en",))
    record_source(conn, source, now=ADDED_AT)
    for url in feeds:
        add_feed(conn, source_id=outlet, url=url, now=ADDED_AT)


def herald_in(url: str) -> Database:
    """Return the store with the outlet `herald` and its two feeds."""
    database = Database(url)
    database.write(lambda conn: add_outlet(conn, "herald", (HERALD, HERALD_NEWS)))
    return database
