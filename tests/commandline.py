"""The command line as its users have it: arguments in, a result out."""

from __future__ import annotations

import csv
import io

from click.testing import Result
from typer.testing import CliRunner

from cli.main import app


def run(*arguments: str) -> Result:
    """Return what `steppewatch` says to these arguments."""
    return CliRunner().invoke(app, list(arguments))


def rows_of(document: str) -> list[dict[str, str]]:
    """Return the rows of a CSV document."""
    return list(csv.DictReader(io.StringIO(document, newline="")))
