"""`steppewatch alert sync`: apply subscriptions from a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.alert.recipients import note_missing_settings
from cli.shared.output import emit, fail, get_reason, note
from cli.shared.store import open_store
from cli.shared.tables import Format, print_table, wants_json
from worker.lib.named_file import open_named

_MAX_BYTES = 20_000_000
_SHOWN_PROBLEMS = 50
_PROBLEM_LENGTH = 500


def alert_sync(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML with saved queries and subscriptions.")],
    apply: Annotated[bool, typer.Option("--apply", help="Make the changes instead of only showing them.")] = False,
    format: Annotated[Format | None, typer.Option(help="json (one step per line) or table.")] = None,
) -> None:
    """Apply subscriptions from a file. Shows the changes; --apply makes them, all or none.

    A subscription that came from this file is removed when it is no longer there. Others are left alone.

    Example: steppewatch alert sync alerts.yaml
    Example: steppewatch alert sync alerts.yaml --apply
    """
    from db.settings import load
    from worker.subscriptions import manifest as manifests
    from worker.subscriptions.manifest import ManifestError, StepAction

    text = _read_text(file)
    try:
        read = manifests.read_manifest(text, file.name)
        database = open_store()
        allowed = load().allow_private_hosts
        steps, definitions = database.read(lambda conn: manifests.plan(conn, read, allow_private_hosts=allowed))
    except ManifestError as error:
        problems = [problem[:_PROBLEM_LENGTH] for problem in error.problems[:_SHOWN_PROBLEMS]]
        if more := len(error.problems) - len(problems):
            problems.append(f"… and {more:,} more")
        fail("\n       ".join(problems), code=2)
    if apply:
        database.write(lambda conn: manifests.apply(conn, definitions, steps, now=datetime.now(UTC)))
    if wants_json(format):
        for step in steps:
            changes = {name: {"from": old, "to": new} for name, (old, new) in step.changes.items()}
            emit({"deed": step.action, "what": step.subject, "name": step.name, "changes": changes, "done": apply})
    else:
        rows = [(s.action, s.subject, s.name, ", ".join(s.changes)) for s in steps if s.action is not StepAction.KEEP]
        print_table(("", "what", "name", "changes"), rows, empty="nothing to do")
    if not apply and any(step.action is not StepAction.KEEP for step in steps):
        note("nothing was changed; use --apply to make these changes")
    note_missing_settings(recipient.kind for each in definitions.definitions for recipient in each.recipients)


def _read_text(file: Path) -> str:
    """Return the text of a file. Exit if it cannot be used."""
    try:
        file.name.encode()  # the name is stored as the origin of its subscriptions
        with open_named(file) as opened:
            content = opened.read(_MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        fail(f"{file}: {get_reason(error)}", code=2)
    except UnicodeEncodeError:
        fail(f"{file}: the name of the file is not UTF-8", hint="rename it", code=2)
    except UnicodeDecodeError as error:
        fail(f"{file} is not UTF-8: byte {error.start} is not part of a character", code=2)
    if len(content) > _MAX_BYTES:
        fail(f"{file} is larger than {_MAX_BYTES:,} bytes", code=2)
    return text
