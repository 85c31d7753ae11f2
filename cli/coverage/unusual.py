"""Unusual attention, over all entities: bursts and first appearances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from cli.coverage.render import print_list
from cli.shared.output import escape_controls, note
from cli.shared.store import open_store

_SHOWN = 10
"""Maximum number of entries without --all."""


def unusual(*, until: date | None, rate: float, as_json: bool, everything: bool) -> None:
    """Print the unusual entities of a day, most interesting first; by default the last day with articles."""
    from db.vocabulary.versions import find_labels
    from worker.coverage.unusual import find_unusual, latest_day

    now = datetime.now(UTC)
    with open_store().reading() as conn:
        day = until or latest_day(conn, now=now)
        records = find_unusual(conn, day, rate=rate, now=now)
        labels = find_labels(conn)
    shown = records if everything else records[:_SHOWN]
    if as_json:
        print_list(shown)
    else:
        _print(day, shown, labels, rate)
    if len(shown) < len(records):
        note(f"{len(records) - len(shown)} more of less interest; use --all to show them")


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


def _print(day: date, records: list[dict[str, Any]], labels: Mapping[str, str], rate: float) -> None:
    from rich.console import Console
    from rich.text import Text

    from worker.coverage.unusual import UnusualKind

    console = Console(highlight=False)
    if not records:
        console.print(f"Nothing unusual on {day}.")
    for record in records:
        title = Text(labels.get(record["entity"], record["entity"]), style="bold")
        if record["kind"] is UnusualKind.BURST:
            days = "" if record["since"] == record["until"] else " in three days"
            counted = f"  {_articles(record['articles'])}{days}, {record['expected']:g} expected"
            title.append(
                counted + (f", for the first time on {record['first']}" if "first" in record else ""), style="not bold"
            )
        elif record["kind"] is UnusualKind.FIRST:
            title.append(f"  for the first time on {record['since']}", style="not bold")
        else:
            other = labels.get(record["with"], record["with"])
            title.append(f" and {other}  together for the first time on {record['since']}", style="not bold")
        if record["kind"] is not UnusualKind.BURST:
            title.append(f", {_articles(record['articles'])}", style="not bold")
        for story in record["stories"][:1]:
            title.append(escape_controls(f"  {story['articles']:,} × {story['headline']}"), style="dim not bold")
        if console.is_terminal:
            console.print(title, no_wrap=True, overflow="ellipsis")
        else:
            console.print(title, soft_wrap=True)
    if any(record["kind"] is UnusualKind.BURST for record in records):
        console.print(f"Of these bursts {rate:.0%} are expected to be chance (Benjamini and Hochberg).", style="dim")
