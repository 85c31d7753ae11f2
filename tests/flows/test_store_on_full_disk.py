"""A store whose disk is full is read as it is; what would write says that there is no room."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from material import ROOT
from smalldisk import COMMAND, small_disk

TITLE = "The CSTO at the lake"
ARTICLE = {"url": "https://a.example/1", "title": TITLE, "text": "The CSTO met in Osh.", "published_at": "2022-01-05"}
READING = (
    "status --format json",
    "export articles",
    "alert test csto --since 2022-01-01 --format json",
    "alert list --format json",
    "coverage csto --format json",
    "source list --format json",
    "article show 1",
)
WRITING = "alert add drills csto --email me@office.example"
EDIT = (
    "import os, sqlite3; conn = sqlite3.connect('steppewatch.db'); conn.execute('PRAGMA wal_autocheckpoint = 0');"
    " conn.execute(\"UPDATE articles SET title = 'Edited'\"); conn.commit(); os._exit(0)"
)
"""A process that is killed with its work in the log only."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, prepared: Callable[[Path], Path]) -> Path:
    """A store with one article, which stays as it is."""
    folder = prepared(tmp_path_factory.mktemp("full-disk") / "made")
    environment = {**os.environ, "STEPPEWATCH_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    line = json.dumps(ARTICLE).encode()
    subprocess.run([*COMMAND, "ingest", "-"], input=line, env=environment, cwd="/", check=True, capture_output=True)
    return folder


@pytest.fixture
def made(original: Path, tmp_path: Path) -> Path:
    """A store with one article, to be changed."""
    return Path(shutil.copytree(original, tmp_path / "made", ignore=shutil.ignore_patterns("cache")))


def said(made: Path, *commands: str) -> tuple[dict[str, tuple[int, str]], str]:
    """Return the exit status and the words of commands on a disk that the store fills, and all of stderr."""
    asked = "; ".join(f'echo "== {command}"; $RUN {command}; echo "code $?"' for command in commands)
    done = small_disk(
        f'export STEPPEWATCH_DATA_DIR="$DISK/data"; mkdir "$DISK/data"; '
        f'cp {made}/steppewatch.db* "$DISK/data/" || exit 98; rm -f "$DISK"/data/*-shm; '
        f'dd if=/dev/zero of="$DISK/ballast" bs=4k 2>/dev/null; {asked}'
    )
    assert done.returncode != 98, "the store alone does not fit"
    found = re.findall(r"== ([^\n]+)\n(.*?)code (\d+)\n", done.stdout, re.DOTALL)
    return {command: (int(code), words) for command, words, code in found}, done.stderr


@pytest.mark.parametrize("title", [TITLE, "Edited"])
def test_what_only_reads_answers(title: str, made: Path) -> None:
    if title == "Edited":
        subprocess.run([sys.executable, "-c", EDIT], cwd=made, check=True)
        assert (made / "steppewatch.db-wal").stat().st_size
    answers, errors = said(made, *READING)
    assert {command: code for command, (code, _) in answers.items()} == dict.fromkeys(READING, 0), errors
    told = json.loads(answers[READING[0]][1])
    assert (told["articles"], bool(told["disk_full"])) == (1, True)
    assert f'"{title}"' in answers["export articles"][1]
    assert '"articles":1' in answers[READING[2]][1]
    assert "opening the store read-only" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("is_killed", [False, True])
def test_what_writes_says_that_there_is_no_room(is_killed: bool, made: Path) -> None:
    if is_killed:
        subprocess.run([sys.executable, "-c", EDIT], cwd=made, check=True)
    answers, errors = said(made, WRITING)
    assert answers[WRITING][0] == 1
    assert "is full" in errors
    assert "free some space" in errors
    assert "Traceback" not in errors


DOCTOR = "doctor --no-network --port 8990"


@pytest.mark.parametrize("is_killed", [False, True])
def test_the_doctor_says_that_the_disk_is_full_and_what_to_do(is_killed: bool, made: Path) -> None:
    if is_killed:
        subprocess.run([sys.executable, "-c", EDIT], cwd=made, check=True)
    answers, errors = said(made, DOCTOR)
    code, words = answers[DOCTOR]
    findings = {finding["check"]: finding for finding in map(json.loads, words.splitlines())}
    assert (code, "Traceback" in errors) == (1, False)
    for check in ("data directory", "database"):
        assert findings[check]["state"] == "failed"
        assert "full" in findings[check]["found"]
        assert "free some space" in findings[check]["mend"]
    assert "writable for this user" not in words
    assert findings["migrations"]["state"] == "ok", "what is stored is read all the same"
    assert findings["vocabulary"]["state"] == "ok"
