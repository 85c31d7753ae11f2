"""`steppewatch status`: the state of the store, the outlets and the alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail
from cli.shared.store import open_store
from cli.shared.store_url import get_reason
from cli.shared.tables import Format, cell, instant, wants_json
from db.enums.outcomes import Stage

if TYPE_CHECKING:
    from rich.console import Console

    from db.status import StoreStatus


def status(
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Show counts, backlogs, outcomes of the last 24 hours, and the latest problems.

    Works with or without a running `steppewatch up`.

    Example: steppewatch status --format json
    """
    from sqlalchemy.exc import SQLAlchemyError

    from db.alerts.channels import count_paused
    from db.alerts.delivery_lists import count_deliveries
    from db.datadir.disk_space import disk_full_message
    from db.migrate import current
    from db.settings import load
    from db.status import read_health
    from worker.search.status import display_url, status_record

    database = open_store()
    try:
        health = database.read(lambda conn: read_health(conn, now=datetime.now(UTC)))
        message_counts = database.read(lambda conn: {**count_deliveries(conn), "paused": count_paused(conn)})
        store = {"database": display_url(database.url), "revision": current(database)}
    except SQLAlchemyError as error:
        fail(f"the store {display_url(database.url)} cannot be read: {get_reason(error)}")
    full = disk_full_message(load().data_dir)
    if wants_json(format):
        emit(
            status_record(health, message_counts, database_url=database.url, revision=store["revision"], disk_full=full)
        )
    else:
        _print_tables(health, store, message_counts, full)


def _print_tables(
    health: StoreStatus, store: dict[str, str | None], message_counts: Mapping[str, int], full: str | None
) -> None:
    from rich.console import Console
    from rich.text import Text

    from db import clocks
    from worker.search.status import count_messages

    console = Console()
    if full:
        console.print(Text(f"Nothing can be stored: {full}", style="bold red"))
    if health.unreachable:
        console.print(Text(f"Cannot reach the outlets: {health.unreachable}", style="bold red"))
    if health.ahead:
        late = f"{clocks.describe_counts(health.ahead)} are due too far in the future"
        console.print(Text(f"A clock ran ahead: {late}: a worker corrects this within a minute", style="bold red"))
    for outlet, walled in health.walled.items():
        console.print(Text(f"{outlet}: {walled.sentence}", style="yellow"))
    alerts = count_messages(message_counts)
    messages = f"{alerts['waiting']:,} messages wait, {alerts['sent']:,} sent, {alerts['dead']:,} given up"
    paused = f"; {alerts['paused']:,} addresses paused" if alerts["paused"] else ""
    _print_pairs(console, [*_list_facts(health, store), ("alerts", messages + paused)])
    console.print(Text("\nOutcomes of the last 24 hours", style="bold"))
    _print_rows(console, [(stage, outcome, f"{inputs:,}") for stage, outcome, inputs in health.outcomes])
    console.print(Text("\nLatest problems", style="bold"))
    # an outage is already shown at the top
    problems = [problem for problem in health.problems if problem.stage != Stage.NETWORK]
    entries = [
        (instant(problem.last_at), problem.reason, f"{problem.stage}: {problem.subject}") for problem in problems
    ]
    _print_rows(console, [row for at, reason, where in entries for row in ((at or "", reason), ("", where))])


def _list_facts(health: StoreStatus, store: dict[str, str | None]) -> list[tuple[str, str]]:
    feeds = health.feeds
    return [
        ("articles", f"{health.articles:,} in {health.stories:,} stories, {health.revisions:,} revisions"),
        ("mentions", f"{health.mentions:,}"),
        *([("suspect", f"{health.suspects:,} articles whose address shows another text")] if health.suspects else []),
        ("latest article", instant(health.latest_article_at) or "none yet"),
        ("outlets", f"{health.sources:,}{_describe_collected(health.collected)}"),
        ("feeds", ", ".join(f"{number:,} {name}" for name, number in feeds.items() if number) or "none"),
        *([("guessed", _describe_guesses(health.guesses))] if any(health.guesses.values()) else []),
        ("last poll", instant(health.last_poll_at) or "none yet"),
        (
            "waiting",
            f"{health.captures_waiting:,} captures, {health.revisions_unfinished:,} revisions, "
            f"{health.coverage_marks:,} coverage marks",
        ),
        ("vocabulary", f"{health.vocabulary or 'none'}, {health.entities:,} entities{_outdated(health)}"),
        ("database", f"{store['database']} at revision {store['revision']}"),
    ]


def _describe_collected(counts: Mapping[str, int]) -> str:
    from db.collection.sources.sources import WAYS

    names = {"sitemap": "by sitemap", "section": "by section page", "feed": "by feed", "none": "not collected"}
    ways = [f"{counts[way]:,} {names[way]}" for way in WAYS if counts[way]]
    rest = {"never_heard": "never brought an article", "removed": "removed"}
    ways += [f"{counts[name]:,} {words}" for name, words in rest.items() if counts[name]]
    return f": {', '.join(ways)}" if ways else ""


def _describe_guesses(counts: Mapping[str, int]) -> str:
    """Return what became of the addresses that the catalogue only guesses."""
    words = {"succeeded": "work", "failed": "have not worked", "untried": "not tried yet"}
    return "feeds of which " + ", ".join(f"{counts[trial]:,} {words[trial]}" for trial in words if counts[trial])


def _outdated(health: StoreStatus) -> str:
    if not health.outdated:
        return ""
    how = "retagging now" if health.is_retagging else "steppewatch vocabulary retag"
    return f"; {health.outdated:,} of {health.revisions:,} revisions are tagged with another version ({how})"


def _print_pairs(console: Console, pairs: list[tuple[str, str]]) -> None:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for name, value in pairs:
        table.add_row(cell(name, "dim"), cell(value))
    console.print(table)


def _print_rows(console: Console, rows: Sequence[tuple[str, ...]]) -> None:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*map(cell, row))
    console.print(table if rows else cell("none", "dim"))
