"""`steppewatch up`: run everything on one machine."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.run.log import Log, LogFile
from cli.shared.output import fail, get_reason, is_full, printable

if TYPE_CHECKING:
    from db.settings import Settings
    from worker.runtime.valkey import Launch


def up(
    host: Annotated[str, typer.Option(help="Address to serve the page on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to serve the page on.")] = 8000,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for all data; also STEPPEWATCH_DATA_DIR.")] = None,
) -> None:
    """Run everything on this machine: database, broker, crawler, worker and page. Ctrl-C stops it.

    Example: steppewatch up --port 8080 --data-dir ~/steppewatch
    """
    settings = load_settings(data_dir)
    colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    log = Log(sys.stderr, now=_local_time, colour=colour, file=LogFile(settings.data_dir / "steppewatch.log"))
    with sole_use(settings.data_dir):
        refuse_taken_port(host, port)
        _prepare_store(settings, log)
        broker = plan_broker(settings, log)
        try:
            _supervise(settings, broker, host, port, log)
        finally:
            if broker is not None:
                broker.clean()
        log.write("up", "ended")


def worker(
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes; also STEPPEWATCH_WORKER_PROCESSES.")
    ] = None,
    beat: Annotated[bool, typer.Option(help="Also send the periodic messages. At least one worker must.")] = True,
) -> None:
    """Run a worker beside others, on any host, with the configured database and broker.

    Example: STEPPEWATCH_DATABASE_URL=… STEPPEWATCH_BROKER_URL=redis://broker/0 steppewatch worker --processes 4
    """
    from cli.run.services import worker_command

    settings = load_settings(None)
    if not settings.broker_url:
        fail(
            "a worker needs a broker that the other processes can reach",
            hint="set STEPPEWATCH_BROKER_URL, or run steppewatch up",
            code=2,
        )
    from worker.app import app

    # The schedule stays in memory: several workers on one host would fight over a file.
    scheduler = ("--beat", "--scheduler", "worker.runtime.heartbeat:Scheduler") if beat else ()
    app.worker_main(["--quiet", *worker_command(settings, processes or settings.worker_processes), *scheduler])


def _supervise(settings: Settings, broker: Launch | None, host: str, port: int, log: Log) -> None:
    import asyncio
    from functools import partial

    from cli.run.services import services
    from cli.run.supervisor import Supervisor
    from db.datadir.disk_space import disk_full_message

    async def run() -> None:
        children = services(settings, broker, host=host, port=port)
        supervisor = Supervisor(children, log, lack_of_room=partial(disk_full_message, settings.data_dir))
        await supervisor.run([broker.runtime] if broker else [])

    asyncio.run(run())


def load_settings(data_dir: Path | None) -> Settings:
    """Return the settings of the environment, with the data directory of the command line if there is one."""
    from db.settings import load

    settings = load()
    if data_dir is None:
        return settings
    return settings.but(data_dir=data_dir)


def _prepare_store(settings: Settings, log: Log) -> None:
    from cli.shared.store_errors import explain_store_errors
    from cli.source.parts.catalogue_report import describe_changes
    from db.engine import Database
    from worker.setup import move_to_zone, newer_vocabulary, prepare, update_catalogue

    with explain_store_errors(settings.database):
        database = Database(settings.database)
        prepared = prepare(database, now=datetime.now(UTC))
        changes = update_catalogue(database, now=datetime.now(UTC))
        move_to_zone(database, settings.time_zone)
        vocabulary = database.read(newer_vocabulary)
        database.close()
    if prepared.revision_before != prepared.revision:
        log.write(
            "up", f"upgraded the store from {prepared.revision_before or 'nothing'} to revision {prepared.revision}"
        )
    for line in describe_changes(changes):
        log.write("up", printable(f"catalogue: {line}"))
    outlets = prepared.outlets + sum(change.is_new for change in changes.outlets)
    if vocabulary is not None:
        log.write(
            "up", f"this version brings a newer vocabulary, {vocabulary}; see steppewatch vocabulary diff default"
        )
    log.write("up", f"{outlets} outlets, vocabulary {prepared.vocabulary}")


def plan_broker(settings: Settings, log: Log) -> Launch | None:
    """Return the embedded broker; None if another is configured or this machine has no Valkey."""
    from worker.runtime.valkey import ValkeyError, find_server, plan

    if settings.broker_url:
        return None
    if find_server() is None:
        log.write("up", "no Valkey found for this machine; running one worker with an in-memory broker")
        return None
    folder = settings.data_dir / "broker"
    try:
        folder.mkdir(exist_ok=True)
        return plan(folder)
    except (OSError, ValkeyError) as error:
        fail(f"cannot set up the broker: {error}", hint="set STEPPEWATCH_BROKER_URL to use your own")


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Lock the data directory, created if missing, for this process; the system releases the lock when we exit."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "up.lock").open("a+b", buffering=0)
    except OSError as error:
        _refuse_folder(folder, error)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read(20).decode("ascii", "replace").strip() or "unknown"
            fail(
                f"Steppewatch is already running on {folder} (process {holder})",
                hint="use --data-dir for another folder",
            )
        try:
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n".encode())
        except OSError as error:
            _refuse_folder(folder, error)
        yield


def _refuse_folder(folder: Path, error: OSError) -> NoReturn:
    hint = (
        "free some space on its disk, or use --data-dir for another" if is_full(error) else "use --data-dir for another"
    )
    fail(f"the data directory {folder} cannot be used: {get_reason(error)}", hint=hint)


def refuse_taken_port(host: str, port: int) -> None:
    """Exit if the page cannot be served on this address, before anything is started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        fail(f"cannot serve the page on {host}, port {port}: {get_reason(error)}", hint="use --port for another")


def _local_time() -> datetime:
    return datetime.now(UTC).astimezone()
