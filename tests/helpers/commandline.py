"""The command line as its users have it: arguments in, a result out."""

from __future__ import annotations

import csv
import io
from functools import cache

import typer.testing
from typer.main import get_command
from typer.testing import CliRunner, Result

from cli.main import app

# Typer reads the signatures of all our commands at each call, which takes longer than most commands.
typer.testing._get_command = cache(get_command)


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """Return what `steppewatch` says to these arguments."""
    return CliRunner().invoke(app, list(arguments), input=stdin)


def rows_of(document: str) -> list[dict[str, str]]:
    """Return the rows of a CSV document."""
    return list(csv.DictReader(io.StringIO(document, newline="")))
