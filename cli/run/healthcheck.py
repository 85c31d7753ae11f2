"""`steppewatch alive`: the health check of a process on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.shared.output import fail


def alive(
    kind: Annotated[str, typer.Argument(help="crawler, worker or beat.")],
    within: Annotated[float, typer.Option(min=1, help="Maximum age of the last sign of life, in seconds.")] = 60,
) -> None:
    """Exit 0 if the crawler, worker or beat of this data directory is making progress; for health checks.

    The crawler shows life by writing to the database, the worker by taking messages, the beat by sending them. Exit 1
    if the last sign of life is too old.

    Example: steppewatch alive worker --within 30
    """
    from db.datadir.heartbeat import KINDS, heartbeat_age_s
    from db.settings import load

    if kind not in KINDS:
        fail(f"unknown kind of process {kind!r}", hint=f"choose one of {', '.join(KINDS)}", code=2)
    folder = load().data_dir
    age_s = heartbeat_age_s(folder, kind)
    if age_s is None:
        fail(f"no {kind} has ever shown life in {folder}")
    if age_s > within:
        fail(f"the {kind} of {folder} has not shown life for {age_s:.0f} s: it has ended or hangs")
    typer.echo(f"{kind}: showed life {age_s:.0f} s ago")
