"""Phrases of error pages as patterns: `phrases.toml`, by kind and in the languages of our outlets."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

from worker.text.letters import APOSTROPHES

_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def folded(text: str) -> str:
    """Return a text in the form of the phrases: in lower case, one kind of space and of apostrophe."""
    lowered = text.replace("İ", "i").lower().translate(_APOSTROPHES)
    return " ".join(lowered.split())


def _compiled(phrases: Mapping[str, Mapping[str, Sequence[str]]], place: str, form: str) -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(form % "|".join(lists[place])) for kind, lists in phrases.items() if place in lists}


PHRASES: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
    files("worker.judging").joinpath("phrases.toml").read_text("utf-8")
)
_TITLE = _compiled(PHRASES, "titles", r"\W*(?:%s)\W*\Z")
_TEXT = _compiled(PHRASES, "texts", r"(?<!\w)(?:%s)")


def kind_of_title(title: str) -> str | None:
    """Return the kind of error page with this headline; None if no known kind has it."""
    line = folded(title)[:200]
    return next((kind for kind, pattern in _TITLE.items() if pattern.match(line)), None)


def kinds_of_text(text: str) -> dict[str, int]:
    """Return the number of different phrases of each kind in a short text; kinds without any are left out."""
    line = folded(text[:4_000])
    counts = {kind: len({match[0] for match in pattern.finditer(line)}) for kind, pattern in _TEXT.items()}
    return {kind: count for kind, count in counts.items() if count}


def paywall_at(text: str) -> int | None:
    """Return the position of a subscription request in the last part of a text; None if there is none."""
    begin = max(0, len(text) - 1_500)
    match = _TEXT["paywall"].search(text[begin:].replace("İ", "i").lower().translate(_APOSTROPHES))
    return begin + match.start() if match else None
