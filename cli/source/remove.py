"""`steppewatch source remove|restore`: an outlet is collected no more, and its articles go if a person confirms it."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.output import emit, fail, note
from cli.shared.progress import showing_progress
from cli.shared.store import open_store
from cli.shared.tables import instant, print_table, wants_json
from cli.source.parts.feeds import FORMAT, OUTLET, report_feeds

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cli.shared.tables import Format
    from db.collection.sources.removals import Removal
    from db.engine import Database


def source_remove(
    outlet: OUTLET,
    with_articles: Annotated[
        bool, typer.Option("--with-articles", help="Its articles go too, once you confirm that.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="With --with-articles: delete them now; there is no way back.")
    ] = False,
    why: Annotated[str | None, typer.Option("--note", metavar="WHY", help="Reason; stored with the removal.")] = None,
    format: FORMAT = None,
) -> None:
    """Collect an outlet no more: its feeds are not polled, its pages not fetched, its documents rejected.

    Neither the catalogue nor a link brings it back. Nothing is deleted until you confirm it: the counts of what would
    go are shown, with the commands that take the removal back or make it final. A deletion that was cut off goes on
    when you confirm again.

    Examples:

      steppewatch source remove herald.example --note "a copy of another outlet"

      steppewatch source remove herald.example --with-articles

      steppewatch source remove herald.example --with-articles --confirm
    """
    if confirm and not with_articles:
        fail("--confirm needs --with-articles", hint="without articles nothing is deleted", code=2)
    from db.collection.sources.removals import count_removed, record_removal

    database, now = open_store(), datetime.now(UTC)
    source_id, removal = database.read(lambda conn: _look_up(conn, outlet))
    if removal is None or removal.confirmed_at is None:
        removal = database.write(
            lambda conn: record_removal(conn, source_id, with_articles=with_articles, by=_get_user(), note=why, now=now)
        )
    elif removal.finished_at is not None:
        again = f"steppewatch source restore {source_id} has it collected again, without what was deleted"
        fail(f"{source_id} was removed with its articles on {removal.finished_at:%Y-%m-%d}", hint=again)
    elif not confirm:
        fail(f"the articles of {source_id} are being deleted", hint=f"{_command(source_id)} goes on with it")
    counts = database.read(lambda conn: count_removed(conn, source_id))
    if confirm:
        _delete(database, source_id, now)
    _report(removal, counts, is_final=confirm, format=format)


def _look_up(conn: Connection, outlet: str) -> tuple[str, Removal | None]:
    """Return an outlet's id and its removal; the outlet may have no row any more. Exit for an unknown one."""
    from cli.shared.lookup import source_ids
    from db.collection.sources.book import SourceBook
    from db.collection.sources.removals import add_removed, find_removal

    book = SourceBook()
    add_removed(conn, book)
    found = book.find_by_hint(outlet)
    gone = find_removal(conn, found) if found is not None else None
    if gone is not None and gone.finished_at is not None:
        return gone.source_id, gone
    source_id = source_ids(conn, [outlet])[0]
    return source_id, find_removal(conn, source_id)


def _get_user() -> str | None:
    try:
        return getpass.getuser()[:100]
    except (OSError, KeyError):
        return None


def _delete(database: Database, source_id: str, now: datetime) -> None:
    """Delete what the removal takes along, with progress on a terminal."""
    from db.collection.sources.removals import confirm_removal
    from worker.catalogue.removal import finish_removal

    database.write(lambda conn: confirm_removal(conn, source_id, now=now))
    with showing_progress("rows deleted") as advance:
        finish_removal(database, source_id, now=now, progress=lambda _, number: advance(number))


def _report(removal: Removal, counts: dict[str, int], *, is_final: bool, format: Format | None) -> None:
    source_id = removal.source_id
    record: dict[str, Any] = {
        "id": source_id,
        "state": "deleted" if is_final else "removed",
        "with_articles": removal.with_articles,
        "decided_at": instant(removal.decided_at),
        "decided_by": removal.decided_by,
        "note": removal.note,
        "feeds": len(removal.outlet["feeds"]),
        **counts,
        "undo": f"steppewatch source restore {source_id}",
        "confirm": _command(source_id) if removal.is_waiting and not is_final else None,
    }
    if wants_json(format):
        emit(record)
        return
    went = "went" if is_final else "would go" if removal.with_articles else "stay"
    numbers = [(name, f"{record[name]:,}") for name in ("feeds", *counts)]
    print_table(("", f"#{went}"), numbers)
    if is_final:
        note(f"{source_id} and its articles are deleted; it stays away until: {record['undo']}")
        return
    note(f"{source_id} is collected no more. To take that back: {record['undo']}")
    if record["confirm"]:
        note(f"to delete its articles, for good: {record['confirm']}")


def _command(source_id: str) -> str:
    return f"steppewatch source remove {source_id} --with-articles --confirm"


def source_restore(outlet: OUTLET, format: FORMAT = None) -> None:
    """Take the removal of an outlet back: its feeds are polled again as before.

    Articles that were deleted do not come back; what its feeds list is collected anew.

    Example: steppewatch source restore herald.example
    """
    from db.collection.sources.removals import RemovalConfirmed, restore_source

    database, now = open_store(), datetime.now(UTC)
    source_id, removal = database.read(lambda conn: _look_up(conn, outlet))
    if removal is None:
        fail(f"{source_id} is not removed", hint="steppewatch source resume polls the feeds again that were paused")
    try:
        states = database.write(lambda conn: restore_source(conn, removal, now=now))
    except RemovalConfirmed as error:
        fail(str(error), hint=f"{_command(source_id)} ends that; then it can be restored without them")
    report_feeds({"id": source_id, "restored": True}, states, format)
