"""stdout for results, stderr for everything else; UTF-8 whatever the locale."""

from __future__ import annotations

import errno
import json
import os
import re
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


_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escape_controls(text: str) -> str:
    """Return a text of the same length without what steers a terminal or turns the direction of writing.

    What writing needs stays: lines, tabs, spaces that do not break, joiners. `printable` is for a line of a log.
    """
    return _OBEYED.sub("\ufffd", text)


def printable(line: str) -> str:
    """Return `line` without what a terminal would obey: titles and names in it come from strangers."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\ufffd" for c in line.rstrip()).rstrip()


def json_of(value: object) -> str:
    """Return JSON in UTF-8; what would steer a terminal is escaped, which reads the same."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def emit(record: Mapping[str, object]) -> None:
    """Print one JSON line to stdout."""
    sys.stdout.write(json_of(record) + "\n")


def note(message: str) -> None:
    """Tell the person something that is not the result."""
    typer.echo(escape_controls(message), err=True)


def fail(message: str, *, hint: str = "", code: int = 1) -> NoReturn:
    """End the command: what happened, to what, and what to do about it."""
    typer.echo(escape_controls(f"error: {message}"), err=True)
    if hint:
        typer.echo(escape_controls(f"  {hint}"), err=True)
    raise typer.Exit(code)


@contextmanager
def explain_setting_errors() -> Iterator[None]:
    """Refuse `STEPPEWATCH_…` names that do not exist, with one sentence and exit status 2.

    `db.settings.load` does that too, and refuses wrong values; but not every command reads settings, and whoever
    misspells a name should hear of it from the first.
    """
    asks_for_help = not {"-h", "--help"}.isdisjoint(sys.argv)
    if not asks_for_help and any(name.upper().startswith("STEPPEWATCH_") for name in os.environ):
        from db.settings import refuse_unknown_names

        refuse_unknown_names()
    yield


def is_full(error: OSError) -> bool:
    """Say whether the system had no room for what was to be written."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def reason_of(error: OSError) -> str:
    """Return what the operating system says of a file, in words a person understands."""
    return (error.strerror or str(error)).lower()
