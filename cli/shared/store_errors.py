"""What is wrong with the store, in one sentence that names it, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.shared.output import fail
from cli.shared.store_url import reason_of, shown, sqlite_file

_FULL = ("disk is full", "no space left", "disk full", "file too large", "disk quota exceeded")
_NOT_OURS = ("readonly database", "read-only", "permission denied", "unable to open database file", "not permitted")
_BROKEN = ("disk i/o error", "input/output error")

_ELSEWHERE = "STEPPEWATCH_DATA_DIR names a folder on another disk"


@dataclass(frozen=True, slots=True)
class StoreError:
    """A sentence for people, and what to do."""

    sentence: str
    hint: str


def diagnose(where: str, folder: Path | None, reason: str, *, is_writing: bool) -> StoreError:
    """Return what a failure of the store means.

    `where` is its path or address, `folder` that of the embedded one, `reason` what database or system said.
    """
    said = reason.lower()
    if says_full(reason):
        disk = f"the disk of {folder}" if folder else "the disk of the database server"
        more = f"; or {_ELSEWHERE}" if folder else ""
        return StoreError(
            f"the store {where} cannot grow, {disk} is full or a quota is used up ({reason})",
            f"free some space and repeat the command: nothing that was stored is lost{more}",
        )
    if folder and any(sign in said for sign in _NOT_OURS):
        return StoreError(
            f"the store {where} cannot be {'written' if is_writing else 'opened'} by this user ({reason})",
            f"give this user {folder} and the files in it, or STEPPEWATCH_DATA_DIR names another folder",
        )
    if folder and any(sign in said for sign in _BROKEN):
        return StoreError(
            f"the store {where} cannot be used: the disk of {folder} is full, over a limit or broken ({reason})",
            f"look with steppewatch doctor, and free some space; or {_ELSEWHERE}",
        )
    return StoreError(f"the store {where} cannot be used: {reason}", "STEPPEWATCH_DATABASE_URL names another")


def says_full(reason: str) -> bool:
    """Return whether database or system say that there is no room left."""
    return any(sign in reason.lower() for sign in _FULL)


def is_lack_of_room(error: Exception) -> bool:
    """Return whether the store could not be opened because there is no room for what SQLite makes beside it."""
    said = reason_of(error).lower()
    return any(sign in said for sign in (*_FULL, *_BROKEN))


def diagnose_error(url: str, error: Exception, *, is_writing: bool = True) -> StoreError:
    """Return what an error that came out of using the store at `url` means."""
    file = sqlite_file(url)
    where = shown(url)
    if isinstance(error, OSError) and error.filename:
        where = str(error.filename)
    reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else reason_of(error)
    return diagnose(where, file.absolute().parent if file else None, reason, is_writing=is_writing)


@contextmanager
def explain_store_errors(url: str, *, is_writing: bool = True) -> Iterator[None]:
    """End the command with a sentence when the store cannot be used."""
    from sqlalchemy.exc import SQLAlchemyError

    from db.migrate import CannotMigrate

    try:
        yield
    except (SQLAlchemyError, CannotMigrate, OSError) as error:
        trouble = diagnose_error(url, error, is_writing=is_writing)
        fail(trouble.sentence, hint=trouble.hint)
