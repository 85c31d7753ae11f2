"""`steppewatch doctor`: check whether this machine and its settings can run the service."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.doctor.finding import CheckState, Finding
from cli.shared.output import emit, note
from cli.shared.tables import Format, cell, wants_json
from db.enums.collection import FeedState

if TYPE_CHECKING:
    from cli.doctor.store import StoreSeen
    from crawlers.http.results import FetchResult
    from db.settings import Settings

_FETCH_S = 10.0
_COLOURS = {
    CheckState.ok: "green",
    CheckState.warning: "yellow",
    CheckState.failed: "bold red",
    CheckState.skipped: "dim",
}


def doctor(
    host: Annotated[str, typer.Option(help="Address to serve the page on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to serve the page on.")] = 8000,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for all data; also STEPPEWATCH_DATA_DIR.")] = None,
    network: Annotated[bool, typer.Option(help="Request a feed from up to three outlets, as the crawler does.")] = True,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Check everything that the service needs, and suggest a fix for each problem. Changes nothing.

    Checks the data directory, disk, database, migrations, vocabulary and catalogue (and whether this version brings
    newer ones), broker, port, certificates, DNS, outgoing HTTP and clock. Exit 1 if a check failed; a missing network
    is only a warning, since the stored data can be used without it.

    Example: steppewatch doctor --port 8080
    """
    from db.settings import load

    settings = load()
    if data_dir is not None:
        settings = settings.but(data_dir=data_dir)
    as_json = wants_json(format)
    has_failed = False
    for finding in _findings(settings, host, port, network):
        has_failed |= finding.state == CheckState.failed
        if as_json:
            emit({"check": finding.check, "state": finding.state, "found": finding.found, "mend": finding.mend or None})
        else:
            _print(finding)
    if has_failed:
        raise typer.Exit(1)


def _findings(settings: Settings, host: str, port: int, network: bool) -> Iterator[Finding]:
    """Yield the findings, quick checks first."""
    from cli.doctor.broker import judge_broker, look_at_broker
    from cli.doctor.clock import judge_clock, judge_waits
    from cli.doctor.disk import judge_folder, judge_space, look_at_folder
    from cli.doctor.finding import skipped
    from cli.doctor.port import judge_port, look_at_port
    from cli.doctor.store import judge_catalogue, judge_database, judge_migrations, judge_vocabulary, look_at_store
    from cli.doctor.trust import judge_trust, look_at_trust
    from cli.run.services import page_url

    folder = look_at_folder(settings.data_dir)
    yield judge_folder(folder)
    yield judge_space(folder)
    store = look_at_store(settings.database, _utc_now)
    yield judge_database(store)
    yield judge_migrations(store)
    yield judge_vocabulary(store)
    yield judge_catalogue(store)
    yield judge_broker(look_at_broker(settings.broker_url))
    yield judge_port(look_at_port(host, port, page_url(host, port)))
    yield judge_trust(look_at_trust(os.environ))
    outlets_ahead_s: list[float] = []
    if network:
        yield from _network(settings, store, outlets_ahead_s)
    else:
        for check in ("DNS", "outgoing HTTP"):
            yield skipped(check, "--no-network was given")
    yield from judge_waits(store.ahead)
    yield from judge_clock(store.clock_ahead_s, outlets_ahead_s)


def _network(settings: Settings, store: StoreSeen, outlets_ahead_s: list[float]) -> Iterator[Finding]:
    """Yield the findings on DNS and outlets; append to `outlets_ahead_s` by how much the outlets' clocks are ahead."""
    from cli.doctor.clock import ahead_of_us
    from cli.doctor.finding import failed
    from cli.doctor.network import LOOK_UP_S, judge_answers, judge_names, look_up
    from crawlers.subprocess_run import ChildFailed
    from db.net.urls import read_host

    urls = _addresses(settings, store)
    if urls:
        note(f"requesting {len(urls)} feeds; this takes at most {LOOK_UP_S + 2 * _FETCH_S:g} s")
    yield judge_names(look_up([read_host(url) for url in urls]))
    requested_at = _utc_now()
    try:
        results = _fetch(settings, urls)
    except ChildFailed as error:
        yield failed("outgoing HTTP", str(error), "see the crawler's output above; “up” would fail in the same way")
        return
    received_at = _utc_now()
    yield judge_answers(dict(zip(urls, results, strict=True)))
    for result in results:
        ahead_s = ahead_of_us(result.header("date"), requested_at=requested_at, received_at=received_at)
        if ahead_s is not None:
            outlets_ahead_s.append(ahead_s)


def _addresses(settings: Settings, store: StoreSeen) -> tuple[str, ...]:
    """Return feeds to request: those of the store, or of the packaged catalogue if there is no store yet."""
    from cli.doctor.network import Candidate, choose_addresses, rank
    from db.net.address_policy import parse_allowed
    from worker.catalogue.files import read_catalogue
    from worker.vocabulary.loader import packaged_folder

    if store.revision == store.head:
        active = (feed for feed in store.feeds if feed.state == FeedState.ACTIVE)
        candidates = [Candidate(feed.url, rank(feed.confidence, feed.succeeded_at)) for feed in active]
    else:
        feeds = (feed for outlet in read_catalogue(packaged_folder()) for feed in outlet.feeds)
        candidates = [Candidate(feed.url, rank(feed.confidence, None)) for feed in feeds]
    return choose_addresses(candidates, parse_allowed(settings.allow_private_hosts))


def _fetch(settings: Settings, urls: Sequence[str]) -> list[FetchResult]:
    from crawlers.fetch_urls import fetch_once

    if not urls:
        return []
    # Each host gets a request for robots.txt and one for the page.
    limits = {"fetch_timeout_s": _FETCH_S, "host_delay_s": min(settings.host_delay_s, 1.0)}
    return fetch_once(settings.but(**limits), urls)


def _print(finding: Finding) -> None:
    from rich.console import Console
    from rich.table import Table

    line = Table.grid(padding=(0, 2))
    line.add_column(width=7)
    line.add_column(width=14)
    line.add_column()
    line.add_row(cell(finding.state, _COLOURS[finding.state]), cell(finding.check), cell(finding.found))
    if finding.mend:
        line.add_row("", "", cell(f"→ {finding.mend}", "dim"))
    Console().print(line)


def _utc_now() -> datetime:
    return datetime.now(UTC)
