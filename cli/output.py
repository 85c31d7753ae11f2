"""stdout for results, stderr for everything else; UTF-8 whatever the locale."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import typer


def use_utf8() -> None:
    """Make both streams UTF-8; a script's locale must not decide what a file name or a title looks like."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def emit(record: Mapping[str, object]) -> None:
    """Print one JSON line to stdout."""
    sys.stdout.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


def note(message: str) -> None:
    """Tell the person something that is not the result."""
    typer.echo(message, err=True)


def fail(message: str, *, hint: str = "", code: int = 1) -> NoReturn:
    """End the command: what happened, to what, and what to do about it."""
    typer.echo(f"error: {message}", err=True)
    if hint:
        typer.echo(f"  {hint}", err=True)
    raise typer.Exit(code)


@contextmanager
def wrong_settings_explained() -> Iterator[None]:
    """Refuse `STEPPEWATCH_…` names that do not exist, with one sentence and exit status 2.

    `db.settings.load` does that too, and refuses wrong values; but not every command reads settings, and whoever
    misspells a name should hear of it from the first.
    """
    # pydantic takes a fifth of a second, so it is imported only where there is something to check.
    asks_for_help = not {"-h", "--help"}.isdisjoint(sys.argv)
    if not asks_for_help and any(name.upper().startswith("STEPPEWATCH_") for name in os.environ):
        from db.settings import refuse_unknown_names

        refuse_unknown_names()
    yield


def reason_of(error: OSError) -> str:
    """Return what the operating system says of a file, in words a person understands."""
    return (error.strerror or str(error)).lower()
