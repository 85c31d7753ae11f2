"""How-to guides that are sessions, followed on the store of the tutorial."""

from __future__ import annotations

import re

import pytest
from sessions import ROOT, plain, play, steps_of

SETUP = """
cp demo/january-2022.jsonl "$HOME"
cd "$HOME"
export STEPPEWATCH_DATA_DIR=$HOME/january/store
steppewatch ingest january-2022.jsonl > outcomes.txt 2>&1
command -v sqlite3 > sqlite3.txt || sqlite3() {
    "$PYTHON" -c "import sqlite3, sys; [print(*row) for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2])]" "$@"
}
"""
"""A store; and where SQLite's own shell is not installed, what the page needs of it."""
PAGES = {name: steps_of(f"docs/how-to/{name}.md") for name in ("outlets", "alerts", "backup")}
STEPS = [(name, number) for name, steps in PAGES.items() for number in range(len(steps))]


def files_of(page: str) -> str:
    """Return a script that writes the files that a page shows: “This is `outlets/hill-press.toml`:”."""
    text = (ROOT / page).read_text("utf-8")
    found = re.findall(r"This is `([\w./-]+)`:\n\n```toml\n(.*?)```", text, re.DOTALL)
    return "\n".join(f"mkdir -p $(dirname {path})\ncat > {path} <<'END'\n{content}END" for path, content in found)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], str]:
    """Give what each command prints: all pages, one after the other, at one terminal."""
    setup = SETUP + "\n".join(files_of(f"docs/how-to/{name}.md") for name in PAGES)
    everything = [step for steps in PAGES.values() for step in steps]
    return dict(zip(STEPS, play(everything, setup, tmp_path_factory.mktemp("home")), strict=True))


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_a_command_prints_what_the_guide_shows(name: str, number: int, printed: dict[tuple[str, int], str]) -> None:
    assert plain(printed[name, number]) == plain(PAGES[name][number].shown)
