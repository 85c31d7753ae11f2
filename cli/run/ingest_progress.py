"""The progress of a long `ingest`: a live line on a terminal, and the reasons for rejected inputs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cli.shared.output import escape_controls, note, printable

if TYPE_CHECKING:
    from rich.console import Console

    from worker.chain.documents import InputResult

SHOWN_REASONS = 20


class IngestProgress:
    """A live count on stderr (if that is a terminal) and a list of the reasons for rejections."""

    def __init__(self, paths: Sequence[str], console: Console | None = None) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        console = console or Console(stderr=True)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.completed:,} documents"),
            TextColumn("{task.fields[rate]:,.0f}/s"),
            TextColumn("{task.fields[share]}"),
            TextColumn("{task.fields[place]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, rate=0.0, share="", place="")
        self._sizes = _get_sizes(paths) if console.is_terminal else {}
        self._total = sum(self._sizes.values())
        self._read = 0
        self._place: tuple[str, BinaryIO] | None = None
        self._remarks: list[InputResult] = []
        self._remarks_left_out = 0

    def __enter__(self) -> IngestProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def opened(self, name: str, stream: BinaryIO) -> None:
        """Record that the following documents come from this file."""
        if self._place is not None:
            self._read += self._sizes.get(self._place[0], 0)
        self._place = name, stream

    def add(self, ended: Sequence[InputResult]) -> None:
        """Count a batch of results."""
        self._bar.advance(self._task, len(ended))
        task = self._bar.tasks[0]
        rate = task.completed / task.elapsed if task.elapsed else 0.0
        place = Path(self._place[0]).name[-40:] if self._place else ""
        self._bar.update(self._task, rate=rate, share=self._share(), place=printable(place))
        for end in ended:
            if end.reason and len(self._remarks) < SHOWN_REASONS:
                self._remarks.append(end)
            elif end.reason:
                self._remarks_left_out += 1

    def note(self, message: str) -> None:
        """Print a message immediately, above the live line."""
        if self._bar.disable or not self._bar.live.is_started:
            note(message)
        else:
            from rich.text import Text

            self._bar.console.print(Text(escape_controls(message)), soft_wrap=True)

    def _share(self) -> str:
        """Return the percentage of bytes read, or "" if unknown."""
        if not self._total or self._place is None:
            return ""
        read = self._read
        with suppress(ValueError, OSError):  # the stream is closed or cannot tell its position
            read += self._place[1].tell()
        return f"{min(100, 100 * read // self._total)} %"

    def print_remarks(self) -> None:
        """Print the remarks on individual inputs to stderr."""
        for end in self._remarks:
            note(f"{end.subject}: {end.outcome.replace('_', ' ')}: {end.reason}")
        if self._remarks_left_out:
            note(f"… and {self._remarks_left_out:,} more; `steppewatch status` lists them")


def _get_sizes(paths: Sequence[str]) -> dict[str, int]:
    """Return the size of each input file in bytes."""
    from worker.chain.inputs.reader import iter_paths

    sizes = {}
    for name, path in iter_paths(list(paths)):
        with suppress(OSError, ValueError):
            sizes[name] = path.stat().st_size
    return sizes
