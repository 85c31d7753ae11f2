"""`steppewatch source pause|resume`: stop polling the feeds of an outlet, and start again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.shared.output import note
from cli.shared.store import open_store
from cli.source.parts.feeds import FEED, FORMAT, OUTLET, find_feed, report_feeds

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cli.shared.tables import Format


def source_pause(outlet: OUTLET, feed: FEED = None, format: FORMAT = None) -> None:
    """Stop polling the feeds of an outlet, or one of them, until you resume them.

    It stays so whatever the catalogue says; the articles stay, and known ones are still checked for edits.

    Examples:

      steppewatch source pause new-eastern-outlook

      steppewatch source pause herald.example --feed https://herald.example/rss
    """
    from db.collection.feeds.edits import pause_feeds

    def change(conn: Connection, source_id: str, url: str | None) -> int:
        return pause_feeds(conn, source_id, url=url)

    _run(outlet, feed, format, "paused", change)


def source_resume(outlet: OUTLET, feed: FEED = None, format: FORMAT = None) -> None:
    """Poll the paused feeds of an outlet, or one of them, again: at once, then as before.

    Examples:

      steppewatch source resume new-eastern-outlook

      steppewatch source resume herald.example --feed https://herald.example/rss
    """
    from db.collection.feeds.edits import resume_feeds

    def change(conn: Connection, source_id: str, url: str | None) -> int:
        return resume_feeds(conn, source_id, now=datetime.now(UTC), url=url)

    _run(outlet, feed, format, "resumed", change)


def _run(
    outlet: str,
    feed: str | None,
    format: Format | None,
    done: str,
    change: Callable[[Connection, str, str | None], int],
) -> None:
    from cli.shared.lookup import source_ids
    from db.collection.feeds.edits import list_feed_states

    database = open_store()
    with database.reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
        url = None if feed is None else find_feed(conn, source_id, feed)

    def work(conn: Connection) -> tuple[int, dict[str, str]]:
        return change(conn, source_id, url), list_feed_states(conn, source_id)

    number, states = database.write(work)
    if not number:
        note(f"{source_id}: no feed was {done}" + ("" if states else ", for it has none"))
    report_feeds({"id": source_id, done: number}, states, format)
