"""stdout for results, stderr for everything else; UTF-8 whatever the locale."""

from __future__ import annotations

import json
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
    """Turn a `STEPPEWATCH_…` value that cannot be used into one sentence and exit status 2."""
    try:
        yield
    except ValueError as error:
        if type(error).__name__ != "ValidationError":  # pydantic's; importing it here would slow every command
            raise
        first = error.errors()[0]  # type: ignore[attr-defined]
        typer.echo(f"error: STEPPEWATCH_{str(first['loc'][0]).upper()}: {first['msg']}", err=True)
        sys.exit(2)


def reason_of(error: OSError) -> str:
    """Return what the operating system says of a file, in words a person understands."""
    return (error.strerror or str(error)).lower()
