"""The database URL for display, and the file of an embedded database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.exc import SQLAlchemyError


def display_url(url: str) -> str:
    """Return a database URL without its password, or the path of an embedded database."""
    from worker.search.status import display_url as display

    return display(url)


def get_reason(error: SQLAlchemyError | OSError | Exception) -> str:
    """Return the first line of the database's own message."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__


def sqlite_file(url: str) -> Path | None:
    """Return the file of an embedded database; None for a server or an invalid URL."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)
