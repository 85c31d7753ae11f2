"""The command line reference, generated from the help texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from typer.main import get_command

from cli.main import NOUNS, application, commands, groups

INTRODUCTION = """\
# The command line

Made from the commands themselves by `make docs`; a test keeps it true. `steppewatch COMMAND --help` prints the same.

Results go to stdout (tables on a terminal, JSON lines or CSV in a pipe), everything else to stderr. Exit status 0 means
done, 1 “something failed, the rest was done”, 2 wrong usage. `steppewatch --version` prints the version.
"""
EXAMPLE = re.compile(r"(?:Examples?:\s*)?((?:[A-Z_]+=\S+ )*steppewatch [a-z].*)", re.DOTALL)


def reference() -> str:
    """Return the page of all commands."""
    root: Any = get_command(application())
    parts = [INTRODUCTION, _contents(root)]
    for panel, names in commands.items():
        parts.append(f"## {panel}\n")
        parts += [_command(name, root.commands[name]) for name in names]
    for noun, about in groups:
        parts.append(f"## {NOUNS}: {noun}\n\n{about}\n")
        parts += [_command(f"{noun} {verb}", command) for verb, command in root.commands[noun].commands.items()]
    return "\n".join(parts)


def all_commands() -> Iterator[tuple[str, Any]]:
    """Yield the name and click command of each command. Typer bundles its own click, without importable classes."""
    root: Any = get_command(application())
    for name in (name for names in commands.values() for name in names):
        yield name, root.commands[name]
    for noun, _ in groups:
        for verb, command in root.commands[noun].commands.items():
            yield f"{noun} {verb}", command


def parameters(command: Any) -> list[tuple[str, str]]:
    """Return the signature and help text of each argument and option."""
    context = command.make_context("steppewatch", [], resilient_parsing=True)
    records = (one.get_help_record(context) for one in command.params)
    return [(name, re.sub(r"\s+", " ", meaning)) for name, meaning in filter(None, records)]


def explanation(command: Any) -> list[str]:
    """Return the paragraphs of a command's help, without its examples."""
    return [text for text in _paragraphs(command) if not EXAMPLE.fullmatch(text) and text != "Examples:"]


def examples(command: Any) -> list[str]:
    """Return the examples of a command's help."""
    found = (EXAMPLE.fullmatch(text) for text in _paragraphs(command))
    return [match[1] for match in found if match]


def _paragraphs(command: Any) -> list[str]:
    return [re.sub(r"\s*\n\s*", " ", text.strip()) for text in re.split(r"\n\s*\n", command.help or "")]


def _contents(root: Any) -> str:
    lines = ["| command | does |", "|---|---|"]
    for words, command in all_commands():
        lines.append(f"| [`{words}`](#{words.replace(' ', '-')}) | {_prose(explanation(command)[0])} |")
    return "\n".join(lines) + "\n"


def _command(words: str, command: Any) -> str:
    context = command.make_context(f"steppewatch {words}", [], resilient_parsing=True)
    usage = " ".join([f"steppewatch {words}", *command.collect_usage_pieces(context)])
    text = "\n\n".join(explanation(command))
    return f"### {words}\n\n```\n{usage}\n```\n\n{text}\n\n{_table(parameters(command))}\n{_block(examples(command))}"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {_code(name)} | {_prose(meaning)} |" for name, meaning in rows]
    return "\n".join(["| argument or option | meaning |", "|---|---|", *lines]) + "\n" if lines else ""


def _block(lines: list[str]) -> str:
    return "\n".join(["```", *lines, "```\n"])


def _code(text: str) -> str:
    """Return a text as code in a table cell."""
    return f"`{_pipes(text)}`"


def _prose(text: str) -> str:
    """Return a text as prose in a table cell; text in backticks stays unchanged."""
    parts = _pipes(text).split("`")
    parts[::2] = [part.replace("<", "&lt;").replace("*", "\\*") for part in parts[::2]]
    return "`".join(parts)


def _pipes(text: str) -> str:
    return text.replace("|", "\\|")
