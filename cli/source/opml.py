"""`steppewatch source import`: outlets and feeds from OPML lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail, get_reason, note
from cli.shared.progress import showing_progress
from cli.shared.store import open_store
from cli.shared.tables import print_table, wants_json
from cli.source.parts.feeds import FORMAT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cli.source.parts.opml_plan import PlannedFeed
    from crawlers.reading.opml import ParsedOpml
    from db.engine import Database

_BATCH = 200
_SHOWN = 20


def source_import(
    file: Annotated[Path, typer.Argument(metavar="F.opml", help="A list of feeds, as feed readers write it.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what it would bring without adding it.")] = False,
    format: FORMAT = None,
) -> None:
    """Add the feeds of an OPML list, each to the outlet on the domain of its site, else of the feed.

    Lists that are not well-formed are read too. Known outlets keep their name and facts. Each outline has one outcome:
    added, known, duplicate, taken (a feed of another outlet), removed (its outlet is, and stays so) or refused.

    Examples:

      steppewatch source import feeds.opml --dry-run

      steppewatch source import feeds.opml
    """
    from cli.source.parts.opml_plan import Imported
    from db.net.address_policy import parse_allowed
    from db.settings import load

    parsed = _read(file)
    for problem in parsed.problems:
        note(f"{file}: {problem}")
    database = open_store()
    planned = plan_feeds(database, parsed, parse_allowed(load().allow_private_hosts))
    if not dry_run:
        _store(database, planned)
    counts = Counter(one.outcome for one in planned)
    outlets = [one.source.id for one in planned if one.source is not None]
    for one in [one for one in planned if one.reason][:_SHOWN]:
        note(f"{one.outcome.value}: {one.outline.feed_url}: {one.reason}")
    record = {outcome.value: counts[outcome] for outcome in Imported}
    if wants_json(format):
        emit({"file": str(file), "dry_run": dry_run, "outlines": len(planned), "new_outlets": len(outlets), **record})
    else:
        rows = [("outlines", len(planned)), ("new outlets", len(outlets)), *record.items()]
        print_table(("", "#would be" if dry_run else "#"), [(name, f"{number:,}") for name, number in rows])


def _read(file: Path) -> ParsedOpml:
    """Return the list in a file. Exit if there is none."""
    from crawlers.reading.opml import MAX_BYTES, NotOpml, parse_opml

    try:
        with file.open("rb") as opened:
            body = opened.read(MAX_BYTES + 1)
    except OSError as error:
        fail(f"{file} cannot be read: {get_reason(error)}")
    try:
        return parse_opml(body)
    except NotOpml as error:
        fail(f"{file}: {error}", hint="feed readers export their subscriptions as OPML")


def plan_feeds(database: Database, parsed: ParsedOpml, allowed: frozenset[tuple[str, int]]) -> list[PlannedFeed]:
    """Return the outcome of each outline of a list, for what is in the database; `allowed` private hosts are taken."""
    from cli.source.parts.opml_plan import plan_import
    from db.collection.feeds.feeds import iter_feeds
    from db.collection.sources.book import load_book
    from db.collection.sources.removals import add_removed
    from db.net.address_policy import refusal_of_url

    with database.reading() as conn:
        book = load_book(conn)
        removed = add_removed(conn, book)
        feeds = {feed.url: feed.source_id for feed in iter_feeds(conn)}
    planned = plan_import(
        parsed.outlines, book=book, feeds=feeds, removed=removed, refusal_of=lambda url: refusal_of_url(url, allowed)
    )
    return list(planned)


def _store(database: Database, planned: Sequence[PlannedFeed]) -> None:
    """Add the new outlets and feeds in short transactions. Doing it again adds nothing."""
    now = datetime.now(UTC)
    new = iter([one for one in planned if one.outcome == "added"])
    with showing_progress("feeds added") as advance:
        while batch := list(islice(new, _BATCH)):
            database.write(lambda conn, batch=batch: store_feeds(conn, batch, now))  # type: ignore[misc]
            advance(len(batch))


def store_feeds(conn: Connection, batch: Sequence[PlannedFeed], now: datetime) -> None:
    """Add feeds that a plan says to add, with their outlets. Doing it again adds nothing."""
    from db.collection.feeds.feeds import add_feed
    from db.collection.sources.book import record_source
    from db.collection.sources.catalogue import revive_feed

    for one in batch:
        assert one.source_id is not None, "an added feed has an outlet"
        if one.source is not None:
            record_source(conn, one.source, now=now)
        url = one.outline.feed_url
        add_feed(conn, source_id=one.source_id, url=url, now=now)
        revive_feed(conn, url, source_id=one.source_id, now=now)
