"""The tutorial of January 2022, typed line by line: each command runs and prints what the page shows."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
from collections import Counter
from contextlib import redirect_stdout
from itertools import groupby
from pathlib import Path

import pytest
from sessions import ROOT, plain, play, steps_of

NAME = "docs/tutorial/january-2022.md"
PAGE = (ROOT / NAME).read_text("utf-8")

SETUP = r"```\nsource \.venv/bin/activate\n(.*?)```"
PYTHON = r"```python\n(.*?)```\n\n```\n(.*?)```"


STEPS = steps_of(NAME)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Give the folder in which somebody followed the page, and what each command printed."""
    home = tmp_path_factory.mktemp("home")
    setup = re.search(SETUP, PAGE, re.DOTALL)
    assert setup
    return home / "january", play(STEPS, setup[1], home)


@pytest.mark.parametrize("number", range(len(STEPS)), ids=lambda number: STEPS[number].command[:60])
def test_a_command_prints_what_the_page_shows(number: int, printed: tuple[Path, list[str]]) -> None:
    assert plain(printed[1][number]) == plain(STEPS[number].shown)


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
