"""`steppewatch demo`: run the whole service on a small invented web, without a network."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.run.log import Log
from cli.shared.output import fail, note
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from cli.demo.server import RunningWeb
    from cli.demo.show import Result
    from db.engine import Database
    from db.settings import Settings


def demo(
    once: Annotated[bool, typer.Option("--once", help="Exit after the script, and print the outcomes.")] = False,
    host: Annotated[str, typer.Option(help="Address of the pages.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port of the pages; --once has none.")] = 8000,
    outlets_port: Annotated[int, typer.Option(min=1024, max=65_535, help="Port of the invented outlets.")] = 8600,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for all data; also STEPPEWATCH_DATA_DIR.")] = None,
    format: Annotated[Format | None, typer.Option(help="With --once: json or table; a table on a terminal.")] = None,
) -> None:
    """Run everything on a small invented web that changes while you watch. Needs no network.

    Fifteen invented outlets in six languages are served on this machine and collected by the crawler and the worker of
    “up”: news, reprints, a silent edit, a dead feed, a feed that moved, a challenge to robots, forbidden addresses. Run
    it again: it finds everything unchanged and adds nothing.

    Example: steppewatch demo --once
    """
    if format is not None and not once:
        fail("--format belongs to --once", hint="steppewatch demo --once --format json", code=2)
    from cli.demo.outlets import DemoError, packaged_folder, read_outlets
    from cli.demo.server import serving
    from cli.demo.show import demo_settings
    from cli.demo.web import DemoWeb
    from cli.run.up import refuse_taken_port, sole_use

    try:
        folder = packaged_folder()
        web = DemoWeb(read_outlets(folder), folder, outlets_port)
        settings = demo_settings(_settings(data_dir), web)
        with sole_use(settings.data_dir):
            if not once:
                refuse_taken_port(host, port)
            with serving(web, settings.user_agent) as running:
                result = _run(settings, running, once=once, host=host, port=port)
    except DemoError as error:
        fail(error.reason, hint=error.hint)
    if once:
        _report(result, format)


def _run(settings: Settings, running: RunningWeb, *, once: bool, host: str, port: int) -> Result | None:
    import asyncio

    from cli.demo.report import guide
    from cli.demo.show import Show, demo_processes
    from cli.run.services import page_url
    from cli.run.up import plan_broker

    log = Log(sys.stderr, now=_local_time, colour=sys.stderr.isatty() and "NO_COLOR" not in os.environ)
    database = _open_store(settings, running)
    broker = plan_broker(settings, log)
    children = demo_processes(settings, broker, host=host, port=port, page=not once)
    show = Show(running, database, log, data_dir=settings.data_dir, clock=_utc_now)

    def tell(result: Result) -> None:
        for line in guide(result, running.web, page_url(host, port), settings.data_dir):
            log.write("demo", line)

    try:
        folders = [broker.runtime] if broker else []
        return asyncio.run(show.run(children, folders, then=None if once else tell))
    finally:
        database.close()
        if broker is not None:
            broker.clean()


def _open_store(settings: Settings, running: RunningWeb) -> Database:
    from cli.demo.store import prepare_store
    from cli.shared.store_errors import explain_store_errors
    from cli.shared.store_url import display_url
    from db.engine import Database

    with explain_store_errors(settings.database):
        database = Database(settings.database)
        prepare_store(database, running.web, display_url(settings.database), now=_utc_now())
    return database


def _settings(data_dir: Path | None) -> Settings:
    """Return the settings; without a configured data directory, the demo uses a folder inside the default one."""
    from cli.run.up import load_settings

    settings = load_settings(data_dir)
    if data_dir is None and "data_dir" not in settings.given:
        return settings.but(data_dir=settings.data_dir / "demo")
    return settings


def _report(result: Result | None, format: Format | None) -> None:
    from rich.console import Console

    from cli.demo.report import emit_result, print_result

    if result is None:
        fail("the demo was stopped before the end of its script", hint="run it again to continue")
    if wants_json(format):
        emit_result(result)
    else:
        print_result(result, Console())
    note(f"The script ran for {result.took_s:.0f} s.")
    if not result.is_good:
        raise typer.Exit(1)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _local_time() -> datetime:
    return _utc_now().astimezone()
