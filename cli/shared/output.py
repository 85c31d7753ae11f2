"""Output of commands: results on stdout, everything else on stderr, UTF-8 in every locale."""

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
    """Switch both streams to UTF-8, so that file names and titles look the same in every locale."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escape_controls(text: str) -> str:
    """Return the text, at the same length, with terminal controls and bidirectional overrides replaced.

    Characters needed for writing stay: newlines, tabs, non-breaking spaces, joiners. Use `printable` for a line of a
    log.
    """
    return _CONTROLS.sub("\ufffd", text)


def printable(line: str) -> str:
    """Return the line with all unprintable characters replaced: titles and names in it are untrusted."""
    return "".join(c if c.isprintable() else " " if c == "\t" else "\ufffd" for c in line.rstrip()).rstrip()


def to_json(value: object) -> str:
    """Return compact JSON in UTF-8, with terminal controls escaped; it parses to the same value."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def emit(record: Mapping[str, object]) -> None:
    """Print one JSON line to stdout."""
    sys.stdout.write(to_json(record) + "\n")


def note(message: str) -> None:
    """Print a message that is not part of the result to stderr."""
    typer.echo(escape_controls(message), err=True)


def fail(message: str, *, hint: str = "", code: int = 1) -> NoReturn:
    """Exit with an error message and a hint for the user."""
    typer.echo(escape_controls(f"error: {message}"), err=True)
    if hint:
        typer.echo(escape_controls(f"  {hint}"), err=True)
    raise typer.Exit(code)


@contextmanager
def explain_setting_errors() -> Iterator[None]:
    """Exit with status 2 and one sentence if a `STEPPEWATCH_…` variable does not exist.

    `db.settings.load` checks names as well as values, but some commands read no settings; a misspelled name must be
    reported by every command.
    """
    is_help_wanted = not {"-h", "--help"}.isdisjoint(sys.argv)
    if not is_help_wanted and any(name.upper().startswith("STEPPEWATCH_") for name in os.environ):
        from db.settings import refuse_unknown_names

        refuse_unknown_names()
    yield


def is_full(error: OSError) -> bool:
    """Return whether the write failed for lack of disk space or quota."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def get_reason(error: OSError) -> str:
    """Return the operating system's reason for the error, in lower case."""
    return (error.strerror or str(error)).lower()
