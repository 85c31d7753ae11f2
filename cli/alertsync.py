"""`steppewatch alert sync`: subscriptions kept in a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.output import emit, fail, note, reason_of
from cli.store import open_store
from cli.subscriptions import tell_if_mail_waits
from cli.tables import Format, print_table, wants_json

_MAX_BYTES = 20_000_000


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
    from worker.delivery import manifest as manifests
    from worker.delivery.manifest import ManifestError

    try:
        if file.stat().st_size > _MAX_BYTES:
            fail(f"{file} is larger than {_MAX_BYTES:,} bytes", code=2)
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        fail(f"{file}: {reason_of(error)}", code=2)
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8", code=2)
    database = open_store()
    try:
        read = manifests.read_manifest(text, file.name)
        allowed = load().allow_private_hosts
        steps, stated = database.read(lambda conn: manifests.plan(conn, read, allow_private_hosts=allowed))
    except ManifestError as error:
        fail("\n       ".join(error.problems), code=2)
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
    tell_if_mail_waits(is_mailed=any(each.email for each in stated.standing))
