"""Explanations of store failures: one sentence with the cause, and a hint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.shared.output import fail
from cli.shared.store_url import display_url, get_reason, sqlite_file

_FULL = ("disk is full", "no space left", "disk full", "file too large", "disk quota exceeded")
_NO_ACCESS = ("readonly database", "read-only", "permission denied", "unable to open database file", "not permitted")
_BROKEN = ("disk i/o error", "input/output error")

_ELSEWHERE = "set STEPPEWATCH_DATA_DIR to a folder on another disk"


@dataclass(frozen=True, slots=True)
class StoreError:
    """An explanation for the user, and a hint."""

    sentence: str
    hint: str


def diagnose(where: str, folder: Path | None, reason: str, *, is_writing: bool) -> StoreError:
    """Return the explanation of a store failure.

    `where` is the path or URL of the store, `folder` the folder of an embedded one, `reason` the message of the
    database or the system.
    """
    text = reason.lower()
    if says_full(reason):
        disk = f"the disk of {folder}" if folder else "the disk of the database server"
        more = f"; or {_ELSEWHERE}" if folder else ""
        return StoreError(
            f"the store {where} cannot grow: {disk} is full or a quota is used up ({reason})",
            f"free some space and repeat the command; no stored data is lost{more}",
        )
    if folder and any(sign in text for sign in _NO_ACCESS):
        return StoreError(
            f"the store {where} cannot be {'written' if is_writing else 'opened'} by this user ({reason})",
            f"make {folder} and its files accessible to this user, or set STEPPEWATCH_DATA_DIR to another folder",
        )
    if folder and any(sign in text for sign in _BROKEN):
        return StoreError(
            f"the store {where} cannot be used: the disk of {folder} is full, over quota or broken ({reason})",
            f"run steppewatch doctor, and free some space; or {_ELSEWHERE}",
        )
    return StoreError(f"the store {where} cannot be used: {reason}", "set STEPPEWATCH_DATABASE_URL to use another")


def says_full(reason: str) -> bool:
    """Return whether the reason is a full disk or an exhausted quota."""
    return any(sign in reason.lower() for sign in _FULL)


def is_lack_of_room(error: Exception) -> bool:
    """Return whether opening failed because there is no space for the files that SQLite creates beside the store."""
    text = get_reason(error).lower()
    return any(sign in text for sign in (*_FULL, *_BROKEN))


def diagnose_error(url: str, error: Exception, *, is_writing: bool = True) -> StoreError:
    """Return the explanation of an error raised while using the store at `url`."""
    file = sqlite_file(url)
    where = display_url(url)
    if isinstance(error, OSError) and error.filename:
        where = str(error.filename)
    reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else get_reason(error)
    return diagnose(where, file.absolute().parent if file else None, reason, is_writing=is_writing)


@contextmanager
def explain_store_errors(url: str, *, is_writing: bool = True) -> Iterator[None]:
    """Exit with an explanation if the store cannot be used."""
    from sqlalchemy.exc import SQLAlchemyError

    from db.migrate import CannotMigrate

    try:
        yield
    except (SQLAlchemyError, CannotMigrate, OSError) as error:
        problem = diagnose_error(url, error, is_writing=is_writing)
        fail(problem.sentence, hint=problem.hint)
