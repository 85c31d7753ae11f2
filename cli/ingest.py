"""`steppewatch ingest`: files and folders into the store, without a running service."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import emit, note
from cli.store import tell_made, tell_zone
from cli.tables import Format, wants_json

if TYPE_CHECKING:
    from collections import Counter

    from worker.documents import Document, Ended, Rejected

SHOWN_REASONS = 20


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files (.txt .html .jsonl), folders, - for JSON lines."),
    ],
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Store documents: read, recognise reprints, tag, count.

    Needs no running service and no network. Run it again and nothing changes: known texts are “seen again”.

    Example:  steppewatch ingest archive.jsonl reports/ op-ed.txt
    """
    from cli.trouble import store_troubles_told
    from db.engine import Database
    from db.settings import load
    from worker.pipeline import Chain
    from worker.service import ingest as take_in
    from worker.service import utc_now
    from worker.setup import prepare

    settings = load()
    with store_troubles_told(settings.database):
        database = Database(settings.database)
        prepared = prepare(database, now=utc_now(), time_zone=settings.time_zone)
        tell_made(prepared, settings.database)
        tell_zone(database)
    chain = Chain(database, clock=utc_now, lease_s=settings.lease_s, cache=settings.cache_dir)
    with store_troubles_told(settings.database), _Progress() as progress:
        counts = take_in(chain, lambda observed_at: _read(paths, observed_at), progress=progress.add)
    progress.tell_reasons()
    _show(counts, as_json=wants_json(format))
    if counts["rejected"]:
        raise typer.Exit(1)


def _read(paths: Sequence[str], observed_at: datetime) -> Iterator[Document | Rejected]:
    from worker.reading import iter_paths, read_file, read_lines

    for name, path in iter_paths(list(paths)):
        if name == "-":
            yield from read_lines("-", sys.stdin.buffer, observed_at=observed_at)
        else:
            yield from read_file(name, path, observed_at=observed_at)


def _show(counts: Counter[str], *, as_json: bool) -> None:
    from worker.documents import OUTCOMES

    if as_json:
        emit({outcome: counts[outcome] for outcome in OUTCOMES})
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column("outcome")
    table.add_column("inputs", justify="right")
    for outcome in OUTCOMES:
        table.add_row(outcome.replace("_", " "), f"{counts[outcome]:,}")
    table.add_row("together", f"{sum(counts.values()):,}", style="bold")
    Console().print(table)


class _Progress:
    """A counter on a terminal's stderr, and the reasons of what was not taken as it came."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.completed:,} documents"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._remarks: list[Ended] = []
        self._untold = 0

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def add(self, ended: Sequence[Ended]) -> None:
        """Count a batch."""
        self._bar.advance(self._task, len(ended))
        for end in ended:
            if end.reason and len(self._remarks) < SHOWN_REASONS:
                self._remarks.append(end)
            elif end.reason:
                self._untold += 1

    def tell_reasons(self) -> None:
        """Say on stderr what was wrong with which input."""
        for end in self._remarks:
            note(f"{end.subject}: {end.outcome.replace('_', ' ')}: {end.reason}")
        if self._untold:
            note(f"… and {self._untold:,} more; `steppewatch status` lists them")
