"""`steppewatch alive`: whether a process of this machine gets on with its work; for health checks."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.shared.output import fail


def alive(
    kind: Annotated[str, typer.Argument(help="crawler, worker or beat.")],
    within: Annotated[float, typer.Option(min=1, help="Oldest sign of life that is taken for well, in seconds.")] = 60,
) -> None:
    """Tell whether the crawler, worker or beat of this data directory works, and does not only exist.

    A crawler shows life when it has written to the database, a worker while it takes messages, a
    beat when it has sent some. The exit status is 0 when that was a moment ago and 1 otherwise.

    Example: steppewatch alive worker --within 30
    """
    from db.datadir.heartbeat import KINDS, heartbeat_age_s
    from db.settings import load

    if kind not in KINDS:
        fail(f"no kind of process {kind!r}", hint=f"choose one of {', '.join(KINDS)}", code=2)
    folder = load().data_dir
    age_s = heartbeat_age_s(folder, kind)
    if age_s is None:
        fail(f"no {kind} has ever shown life in {folder}")
    if age_s > within:
        fail(f"the {kind} of {folder} has not shown life for {age_s:.0f} s: it has ended or hangs")
    typer.echo(f"{kind}: showed life {age_s:.0f} s ago")
