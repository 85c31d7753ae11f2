"""The examples of `--help`, of the README and of the docs, as commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from cli.main import application

ROOT = Path(__file__).resolve().parents[2]
SESSIONS = ("docs/tutorial/reading.md", "docs/tutorial/january-2022.md", "docs/how-to/alerts.md")
"""Commands behind a prompt there need a store of their own: tests in `tests/flows` run them."""

GENERATED = "docs/reference/cli.md"
"""Its examples are those of `--help`."""


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command with its path; Typer has a click of its own, whose classes are not click's."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(get_command(application())))


def examples() -> Iterator[tuple[str, str]]:
    """Yield the place and the line of each example."""
    for path, command in COMMANDS.items():
        for line in (command.help or "").splitlines():
            if found := re.match(r"\s*(?:Example: )?(?:[A-Z_]+=\S+ )*(steppewatch [a-z].+)", line):
                yield f"{' '.join(path)} --help", found[1]
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        place = str(file.relative_to(ROOT))
        if place == GENERATED:
            continue
        for line in file.read_text("utf-8").splitlines():
            if place in SESSIONS and line.startswith("$ "):
                continue
            if found := re.match(r"(?:\$ )?(?:[A-Z_]+=\S+ )*(steppewatch [a-z].+)", line):
                yield place, found[1]


def split(example: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the path of a command, and its arguments as a shell hands them over."""
    words = shlex.split(re.sub(r"\s+(#|> ).*", "", example), comments=True)[1:]
    size = 2 if (words[0], (words[1:] or [""])[0]) in COMMANDS else 1
    return tuple(words[:size]), words[size:]


EXAMPLES = list(dict.fromkeys(examples()))
