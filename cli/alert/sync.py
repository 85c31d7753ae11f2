"""`steppewatch alert sync`: subscriptions kept in a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.alert.subscriptions import warn_if_mail_disabled
from cli.shared.output import emit, fail, note, reason_of
from cli.shared.store import open_store
from cli.shared.tables import Format, print_table, wants_json
from worker.lib.named_file import open_named

_MAX_BYTES = 20_000_000
_MOST_TOLD = 50
_LONGEST = 500


def alert_sync(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML with saved queries and subscriptions.")],
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without this the plan is only shown.")] = False,
    format: Annotated[Format | None, typer.Option(help="json (one step per line) or table.")] = None,
) -> None:
    """Make the subscriptions what a file says. Shows what would change; --apply does it, all or nothing.

    The file keeps what it brought: what it does not hold any more is removed. Others are left alone.

    Example: steppewatch alert sync alerts.yaml
    Example: steppewatch alert sync alerts.yaml --apply
    """
    from db.settings import load
    from worker.subscriptions import manifest as manifests
    from worker.subscriptions.manifest import ManifestError

    text = _text_of(file)
    try:
        read = manifests.read_manifest(text, file.name)
        database = open_store()
        allowed = load().allow_private_hosts
        steps, stated = database.read(lambda conn: manifests.plan(conn, read, allow_private_hosts=allowed))
    except ManifestError as error:
        told = [problem[:_LONGEST] for problem in error.problems[:_MOST_TOLD]]
        if more := len(error.problems) - len(told):
            told.append(f"… and {more:,} more")
        fail("\n       ".join(told), code=2)
    if apply:
        database.write(lambda conn: manifests.apply(conn, stated, steps, now=datetime.now(UTC)))
    if wants_json(format):
        for step in steps:
            changes = {name: {"from": old, "to": new} for name, (old, new) in step.changes.items()}
            emit({"deed": step.deed, "what": step.what, "name": step.name, "changes": changes, "done": apply})
    else:
        rows = [(s.deed, s.what, s.name, ", ".join(s.changes)) for s in steps if s.deed != "keep"]
        print_table(("", "what", "name", "changes"), rows, empty="nothing to do")
    if not apply and any(step.deed != "keep" for step in steps):
        note("nothing was done yet: --apply does it")
    warn_if_mail_disabled(is_mailed=any(each.email for each in stated.standing))


def _text_of(file: Path) -> str:
    """Return what a file holds. Ends the command when it cannot be used."""
    try:
        file.name.encode()  # it is kept beside what it brings
        with open_named(file) as opened:
            content = opened.read(_MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        fail(f"{file}: {reason_of(error)}", code=2)
    except UnicodeEncodeError:
        fail(f"{file}: the name of the file is not UTF-8", hint="rename it", code=2)
    except UnicodeDecodeError as error:
        fail(f"{file} is not UTF-8: byte {error.start} is no part of a character", code=2)
    if len(content) > _MAX_BYTES:
        fail(f"{file} is larger than {_MAX_BYTES:,} bytes", code=2)
    return text
