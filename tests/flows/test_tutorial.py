"""The tutorial of January 2022, typed line by line: each command runs and prints what the page shows."""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import pty
import re
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/tutorial/january-2022.md").read_text("utf-8")
PROMPT = "$ "
END = "\x1e"
"""Written after each command, so that what they print can be told apart."""

SETUP = r"```\nsource \.venv/bin/activate\n(.*?)```"
SESSION = r"```\n(\$ .*?)```"
PYTHON = r"```python\n(.*?)```\n\n```\n(.*?)```"


def sessions() -> list[tuple[str, str]]:
    """Return each command of the page and what the page shows below it."""
    pairs: list[tuple[str, str]] = []
    for session in re.findall(SESSION, PAGE, re.DOTALL):
        for line in session.splitlines():
            if line.startswith(PROMPT):
                pairs.append((line.removeprefix(PROMPT), ""))
            else:
                command, shown = pairs[-1]
                pairs[-1] = (command, f"{shown}{line}\n")
    return pairs


def script(setup: str, commands: list[str]) -> str:
    """Return a shell script of all commands; the errors of each go into a file of its own."""
    lines = ["set -e", 'steppewatch() { "$PYTHON" -m cli.main "$@"; }', setup]
    lines += [f"{{ {command}\n}} 2>$HOME/errors-{number}; printf '{END}'" for number, command in enumerate(commands)]
    return "\n".join(lines)


def type_at_terminal(script: str, environment: dict[str, str]) -> str:
    """Return what a shell prints on a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        ["bash", "-c", script], stdout=slave, stderr=subprocess.PIPE, env=environment, cwd=ROOT
    ) as shell:
        os.close(slave)
        printed = bytearray()
        try:
            while chunk := os.read(master, 65536):
                printed += chunk
        except OSError:  # Linux reports the end of a terminal as an error
            pass
        os.close(master)
        _, errors = shell.communicate()
    assert shell.returncode == 0, (errors, printed[-2000:])
    return printed.decode()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Give the folder in which somebody followed the page, and what each command printed, errors first."""
    home = tmp_path_factory.mktemp("home")
    found = re.search(SETUP, PAGE, re.DOTALL)
    assert found
    own = {"HOME": str(home), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "COLUMNS": "116", "TERM": "dumb"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STEPPEWATCH_")}
    outputs = type_at_terminal(script(found[1], [command for command, _ in sessions()]), kept | own).split(END)[:-1]
    errors = [(home / f"errors-{number}").read_text("utf-8") for number in range(len(outputs))]
    return home / "january", [error + output for error, output in zip(errors, outputs, strict=True)]


def plain(shown: str) -> list[str]:
    """Return the words of a result without what differs each time: colours, numbers of articles, the home folder."""
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    shown = re.sub(r"(?m)^ *\d+(?=  2022-)|(?<=article )\d+", "N", shown)
    return re.sub(r"/\S*/january/store", "STORE", shown).split()


@pytest.mark.parametrize("number", range(len(sessions())), ids=lambda number: sessions()[number][0][:60])
def test_a_command_prints_what_the_page_shows(number: int, printed: tuple[Path, list[str]]) -> None:
    assert plain(printed[1][number]) == plain(sessions()[number][1])


def test_the_chart_is_drawn(printed: tuple[Path, list[str]]) -> None:
    assert (printed[0] / "csto.png").read_bytes().startswith(b"\x89PNG")


def with_pandas(code: str, folder: Path) -> str:
    """Return what the Python part of the page prints."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        patch.chdir(folder)
        exec(compile(code, "january-2022.md", "exec"), {})
    return out.getvalue()


def without_pandas(folder: Path) -> str:
    """Return the same, worked out from the same files by the csv module."""
    with (folder / "days.csv").open(newline="", encoding="utf-8") as file:
        peak = max(csv.DictReader(file), key=lambda row: int(row["csto"]))
    with (folder / "articles.csv").open(newline="", encoding="utf-8") as file:
        articles = Counter((row["language"], row["is_original"] == "true") for row in csv.DictReader(file))
    day = f"{peak['day'][-2:]} January"
    lines = [f"most articles: {peak['csto']} on {day}", "articles originals", "language"]
    for language, group in groupby(sorted(articles), key=lambda key: key[0]):
        lines.append(f"{language} {sum(articles[key] for key in group)} {articles[language, True]}")
    return "\n".join(lines)


def test_the_python_part_prints_what_the_page_shows(printed: tuple[Path, list[str]]) -> None:
    found = re.search(PYTHON, PAGE, re.DOTALL)
    assert found
    code, shown = found.groups()
    assert without_pandas(printed[0]).split() == shown.split()
    if importlib.util.find_spec("pandas"):  # not among our dependencies
        assert with_pandas(code, printed[0]).split() == shown.split()


def test_everything_in_the_archive_says_that_it_is_invented() -> None:
    lines = (ROOT / "demo/january-2022.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == 72
    assert all('"author": "Invented for the tutorial of Steppewatch"' in line and ".example/" in line for line in lines)
