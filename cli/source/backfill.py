"""`steppewatch source backfill`: collect the older articles of an outlet."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.day_options import Since, Until, day_range, today
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import print_table, wants_json
from cli.source.parts.feeds import FORMAT, OUTLET
from db.enums.collection import BackfillState

if TYPE_CHECKING:
    from db.collection.backfills.backfills import BackfillProgress
    from db.engine import Database
    from db.settings import Settings

_TELL_EVERY_S = 5.0
_WATCH_EVERY_S = 1.0
_ALIVE_S = 30.0
"""A crawler whose heartbeat is older than this does not work."""


def source_backfill(
    outlet: OUTLET,
    since: Since = None,
    until: Until = None,
    archive: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL", help="An archive page of a day or month: https://herald.example/{yyyy}/{mm}/{dd}/."
        ),
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Stop what is under way; what was collected stays.")] = False,
    format: FORMAT = None,
) -> None:
    """Collect older articles of an outlet: from its sitemaps, the older pages of its feeds, and archive pages.

    It takes at most a quarter of the crawler's requests, and only when nothing of today waits. Nothing of it alerts.
    After an interruption the same command goes on where it was. If a crawler runs already, that one does the work.

    Examples:

      steppewatch source backfill 24-kg --since 2022-01 --until 2022-01

      steppewatch source backfill herald.example --since 2022 --archive "https://herald.example/{yyyy}/{mm}/{dd}/"
    """
    from cli.shared.lookup import source_ids
    from crawlers.subprocess_run import ChildFailed
    from db.collection.backfills.backfills import find_progress
    from db.settings import load

    database = open_store()
    source_id = database.read(lambda conn: source_ids(conn, [outlet])[0])
    if stop:
        _stop(database, source_id)
        return
    since, until = day_range(since, until or today())
    if since is None:
        fail("--since is missing: the first day to collect", hint="--since 2022-01-05, 2022-01, 2022 or 90d", code=2)
    assert until is not None
    number = _begin(database, source_id, since, until, archive or [])
    settings = load()
    try:
        _follow(database, settings, number)
    except ChildFailed as error:
        fail(str(error), hint="run the same command again to go on")
    _process(database, settings)
    _show(database.read(lambda conn: find_progress(conn, number)), as_json=wants_json(format))


def _begin(database: Database, source_id: str, since: date, until: date, archives: list[str]) -> int:
    """Return the back-fill of these days, new or under way. Exit if there is nothing to read."""
    from crawlers.reading.older import DAYS_MAX, DaySpan, archive_documents, first_documents
    from db.collection.backfills.backfills import begin_backfill, find_lists
    from db.collection.sources.sources import find_source

    if (until - since).days > DAYS_MAX:
        fail(f"more than {DAYS_MAX:,} days", hint="collect them in parts", code=2)
    try:
        pages = [page for pattern in archives for page in archive_documents(pattern, DaySpan(since, until))]
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--archive") from None
    with database.reading() as conn:
        lists, source = find_lists(conn, source_id), find_source(conn, source_id)
    documents = [*first_documents(lists, source.homepage if source else None), *pages]
    if not documents:
        fail(f"{source_id} has no feed, no sitemap and no address", hint="name archive pages with --archive")
    number, goes_on = database.write(
        lambda conn: begin_backfill(
            conn,
            source_id=source_id,
            since_on=since,
            until_on=until,
            documents=[(document.kind, document.url, document.before) for document in documents],
            now=datetime.now(UTC),
        )
    )
    note(f"{'going on with' if goes_on else 'beginning'} the articles of {source_id} from {since} to {until}")
    return number


def _stop(database: Database, source_id: str) -> None:
    from db.collection.backfills.backfills import find_active, stop_backfill

    numbers = database.read(lambda conn: find_active(conn, source_id))
    for number in numbers:
        database.write(lambda conn, number=number: stop_backfill(conn, number, now=datetime.now(UTC)))  # type: ignore[misc]
    note(f"stopped {len(numbers)} back-fills of {source_id}")


def _follow(database: Database, settings: Settings, number: int) -> None:
    """Wait until the back-fill ends, or has to wait for long: worked off by the crawler that runs, else by our own."""
    from db.collection.backfills.backfills import find_progress

    told = 0.0
    for _ in chain(_watched(database, settings, number), _worked_off(database, settings, number)):
        if time.monotonic() - told >= _TELL_EVERY_S:
            told = time.monotonic()
            note(_describe(database.read(lambda conn: find_progress(conn, number))))


def _worked_off(database: Database, settings: Settings, number: int) -> Iterator[str]:
    """Yield each URL that a crawler of our own read, if a crawler that ran before has left something."""
    from crawlers.backfill_run import run_backfill
    from db.collection.backfills.backfills import goes_on

    if database.read(lambda conn: goes_on(conn, number, now=datetime.now(UTC))):
        yield from run_backfill(settings, number)


def _watched(database: Database, settings: Settings, number: int) -> Iterator[None]:
    """Yield each second while a crawler runs and the back-fill goes on."""
    from db.collection.backfills.backfills import goes_on
    from db.datadir.heartbeat import heartbeat_age_s

    while database.read(lambda conn: goes_on(conn, number, now=datetime.now(UTC))):
        age_s = heartbeat_age_s(settings.data_dir, "crawler")
        if age_s is None or age_s > _ALIVE_S:
            return
        yield
        time.sleep(_WATCH_EVERY_S)


def _process(database: Database, settings: Settings) -> None:
    """Process what was collected, unless a worker does."""
    from worker.chain.pipeline import Pipeline
    from worker.chain.service import drain, utc_now

    drain(Pipeline(database, clock=utc_now, lease_s=settings.lease_s, cache=settings.cache_dir))


def _describe(progress: BackfillProgress) -> str:
    fetched = progress.pages - progress.pages_left
    said = f"{progress.documents_left:,} documents left, {fetched:,} of {progress.pages:,} articles fetched"
    return f"{said}; last trouble: {progress.last_error}" if progress.last_error else said


def _show(progress: BackfillProgress, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "id": progress.source_id,
                "since": progress.since_on.isoformat(),
                "until": progress.until_on.isoformat(),
                "state": progress.state,
                "documents_left": progress.documents_left,
                "articles": progress.pages,
                "articles_left": progress.pages_left,
                "counts": dict(progress.counts),
                "last_error": progress.last_error,
            }
        )
    else:
        rows = [("articles", f"{progress.pages:,}"), ("articles left", f"{progress.pages_left:,}")]
        rows += [("documents left", f"{progress.documents_left:,}")]
        rows += [(name, f"{count:,}") for name, count in sorted(progress.counts.items()) if name != "articles"]
        print_table(("", "#inputs"), rows)
    if progress.state == BackfillState.ACTIVE:
        again = progress.next_at.isoformat(timespec="minutes")
        note(f"not finished: the outlet asks for a pause until {again}; run the same command again then")
