"""A look at an outlet for `source add` and `source check`: what was found, as lines for people and as a result."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from cli.shared.output import note
from cli.shared.tables import cell, instant, new_table

if TYPE_CHECKING:
    from crawlers.discovery.trials import Trial
    from crawlers.look_up import LookedUp

_SHOWN_FAILURES = 5


def look_at(url: str) -> LookedUp | None:
    """Return what was found from an address, or None, with a note, if the crawler could not run."""
    from crawlers.look_up import look_up
    from crawlers.subprocess_run import ChildFailed
    from db.settings import load

    try:
        return look_up(load(), url, progress=lambda asked: note(f"asking {asked}"))
    except ChildFailed as error:
        note(f"nothing could be looked at: {error}")
        return None


def plain_trial(trial: Trial) -> dict[str, Any]:
    """Return a way to collect as commands print it."""
    return {
        "url": trial.url,
        "kind": str(trial.kind),
        "title": trial.title,
        "entries": trial.entries,
        "newest_at": instant(trial.newest_at),
        "language": trial.language,
        "found_by": str(trial.found_by),
        "state": str(trial.condition),
        **({"problem": trial.problem} if trial.problem else {}),
    }


def describe_nothing(looked: LookedUp) -> str:
    """Return a sentence on why there is no way to collect."""
    page = looked.page
    if page is not None and page.problem and page.condition not in ("other", "works"):
        return f"nothing could be looked at: {page.problem}"
    failed = "; ".join(f"{trial.asked_url}: {trial.problem}" for trial in looked.failed[:_SHOWN_FAILURES])
    return "no feed, no sitemap and no list of articles was found" + (f" ({failed})" if failed else "")


def choose(found: Sequence[Trial], recommended: Sequence[str]) -> list[Trial]:
    """Return the ways to collect that a person on a terminal chooses; those recommended by pressing Enter."""
    from rich.console import Console

    table = new_table("#", "address", "kind", "title", "#entries", "newest", "language")
    for number, trial in enumerate(found, start=1):
        newest = trial.newest_at and trial.newest_at.date()
        texts = (number, trial.url, trial.kind, trial.title, f"{trial.entries:,}", newest, trial.language)
        table.add_row(*map(cell, texts))
    Console(stderr=True).print(table)
    usual = ",".join(str(number) for number, trial in enumerate(found, start=1) if trial.url in recommended)
    while True:
        answer = typer.prompt("Collect from which? Numbers, all or none", default=usual or "none", err=True)
        chosen = _chosen(str(answer), found)
        if chosen is not None:
            return chosen
        note(f"numbers from 1 to {len(found)} with commas between, all or none")


def _chosen(answer: str, found: Sequence[Trial]) -> list[Trial] | None:
    """Return the ways that an answer names, or None if it cannot be understood."""
    plain = answer.strip().lower()
    if plain in ("none", "no", "n", "0"):
        return []
    if plain in ("all", "a"):
        return list(found)
    words = plain.replace(",", " ").split()
    if not words or not all(word.isdecimal() and 1 <= int(word) <= len(found) for word in words):
        return None
    return [found[number - 1] for number in dict.fromkeys(map(int, words))]


def is_on_terminal() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
