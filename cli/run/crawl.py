"""`steppewatch crawl`: collect from outlets, continuously or once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail, note
from cli.shared.store import report_new_store, report_time_zone
from cli.shared.tables import Format, wants_json
from db.enums.collection import FeedState
from db.enums.outcomes import RequestOutcome, Stage

if TYPE_CHECKING:
    from db.engine import Database
    from db.settings import Settings

_STAGES: Mapping[str, str] = {
    Stage.POLL: "feeds",
    Stage.ENTRY: "entries of feeds",
    Stage.FETCH: "pages",
    Stage.UNDERSTAND: "captures processed",
}


def crawl(
    once: Annotated[bool, typer.Option("--once", help="Poll every feed now, fetch new articles, and exit.")] = False,
    source: Annotated[str | None, typer.Option(help="Only this outlet (with --once).", metavar="ID")] = None,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Collect: poll feeds, fetch their articles, revisit them for silent edits. Ctrl-C stops it.

    With --once, poll each feed once, fetch and process new articles, and print the outcomes. Requests to one outlet are
    some seconds apart, so this may take a while.

    Example: steppewatch crawl --once --source 24-kg
    """
    if source is not None and not once:
        fail("--source belongs to --once", hint=f"steppewatch crawl --once --source {source}", code=2)

    from cli.shared.store_errors import explain_store_errors
    from db.engine import Database
    from db.settings import load
    from worker.chain.service import utc_now
    from worker.setup import prepare

    settings = load()
    with explain_store_errors(settings.database):
        database = Database(settings.database)
        prepared = prepare(database, now=utc_now(), time_zone=settings.time_zone)
        report_new_store(prepared, settings.database)
        report_time_zone(database)
    if not once:
        database.close()
        from crawlers.service import main

        main()
        return
    counts = _collect(settings, database, source)
    _show(counts, as_json=wants_json(format))
    if counts[Stage.POLL].get(RequestOutcome.NO_NETWORK):
        fail("cannot reach the outlets: no network", hint="this does not count against them; run it again later")


def _collect(settings: Settings, database: Database, source: str | None) -> dict[str, dict[str, int]]:
    """Return counts by stage and outcome, after processing everything collected."""
    from crawlers.crawl_once import collect_once
    from crawlers.subprocess_run import ChildFailed
    from db.collection.feeds.feeds import count_feeds
    from worker.chain.pipeline import Pipeline
    from worker.chain.service import drain, utc_now

    with database.reading() as conn:
        active = count_feeds(conn, source_id=source)[FeedState.ACTIVE]
    if source is not None and not active:
        fail(f"no outlet {source!r} with an active feed", hint="steppewatch source list")
    note(f"polling {active:,} feeds, at least {settings.host_delay_s:g} s between two requests to one host")
    counts: dict[str, dict[str, int]] = {stage: {} for stage in _STAGES}
    try:
        collected = collect_once(settings, source, progress=note)
    except ChildFailed as error:
        fail(str(error))
    for name, inputs in collected.items():
        stage, _, outcome = name.partition(": ")
        counts.setdefault(stage, {})[outcome] = inputs
    counts[Stage.UNDERSTAND] = dict(
        drain(Pipeline(database, clock=utc_now, lease_s=settings.lease_s, cache=settings.cache_dir))
    )
    return counts


def _show(counts: dict[str, dict[str, int]], *, as_json: bool) -> None:
    if as_json:
        emit(counts)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column("")
    table.add_column("outcome")
    table.add_column("inputs", justify="right")
    for stage, outcomes in counts.items():
        for number, (outcome, inputs) in enumerate(sorted(outcomes.items())):
            table.add_row("" if number else _STAGES.get(stage, stage), outcome.replace("_", " "), f"{inputs:,}")
    Console().print(table)
