"""How-to guides that are sessions, followed on the store of the tutorial."""

from __future__ import annotations

import pytest
from sessions import plain, play, steps_of

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
BACKUP = steps_of("docs/how-to/backup.md")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Give what each command of the page prints."""
    return play(BACKUP, SETUP, tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("number", range(len(BACKUP)), ids=lambda number: BACKUP[number].command[:60])
def test_a_store_is_backed_up_and_restored_as_the_page_says(number: int, printed: list[str]) -> None:
    assert plain(printed[number]) == plain(BACKUP[number].shown)
