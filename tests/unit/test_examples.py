"""Each example of `--help`, of the README and of the docs is a command that exists, and names what there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from worker.alerts.known import Known
from worker.alerts.query import parse
from worker.preview import Preview

ROOT = Path(__file__).resolve().parents[2]
_ASKING = {("alert", "lint"): "texts", ("article", "search"): "query"}


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each command with its path; Typer has a click of its own, whose classes are not click's."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(get_command(app)))


def examples() -> Iterator[tuple[str, str]]:
    for path, command in COMMANDS.items():
        for line in (command.help or "").splitlines():
            if found := re.match(r"\s*(?:Example: )?(?:[A-Z_]+=\S+ )*(steppewatch [a-z].+)", line):
                yield f"{' '.join(path)} --help", found[1]
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for line in file.read_text("utf-8").splitlines():
            if found := re.match(r"(steppewatch [a-z].+)", line):
                yield file.name, found[1]


EXAMPLES = list(dict.fromkeys(examples()))


@cache
def known() -> Known:
    return Preview().known()


def parsed(example: str) -> tuple[tuple[str, ...], Any]:
    words = shlex.split(re.sub(r"\s+(#|> ).*", "", example), comments=True)[1:]
    size = 2 if (words[0], (words[1:] or [""])[0]) in COMMANDS else 1
    path = tuple(words[:size])
    return path, COMMANDS[path].make_context(" ".join(path), words[size:])


def test_there_are_examples_everywhere() -> None:
    assert {place for place, _ in EXAMPLES} >= {"README.md", "alerts.md", "article list --help", "export --help"}


@pytest.mark.parametrize(("place", "example"), EXAMPLES)
def test_an_example_is_understood(place: str, example: str) -> None:
    path, context = parsed(example)
    given = context.params
    for name in ("entities", "entity", "burst"):
        asked = given.get(name) or ()
        for entity in [asked] if isinstance(asked, str) else asked:
            known().get_entity(entity)
    queries = given.get(_ASKING.get(path, "")) or ()
    for query in [queries] if isinstance(queries, str) else queries:
        parse(query, {"pacts": "CSTO"}, known())
    if path[0] in ("article", "coverage", "export"):
        for source in given.get("source") or ():
            assert known().has_source(source)
