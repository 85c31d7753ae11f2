"""`steppewatch ingest` of WARC files as its user runs it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from warcs import http, packed, page, record


@pytest.fixture
def data(prepared: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A data directory without articles."""
    return prepared(tmp_path / "data")


def run(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "STEPPEWATCH_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)


def test_pages_are_articles_collected_when_they_were_fetched_and_a_second_time_changes_nothing(
    data: Path, tmp_path: Path
) -> None:
    records = [
        record(b"software: a", kind="warcinfo"),
        record(http(page(0, 1, 2, 3)), "https://herald.example/1"),
        record(http(page(0, 1, 2)), "https://herald.example/1", fetched="2022-01-07T08:00:00Z"),
        record(http(page(3, title="Apples")), "http://127.0.0.1/private"),
        record(http(page()), length="7"),
    ]
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(packed(records))
    first = run(data, "ingest", str(path), "--format", "json")
    assert json.loads(first.stdout) == {"new": 2, "copy": 0, "revised": 1, "seen_again": 0, "rejected": 1}
    assert first.returncode == 1
    assert b"crawl.warc.gz: 1 record is no page and left out: 1 warcinfo" in first.stderr
    assert b"crawl.warc.gz:5: rejected: a broken record" in first.stderr
    before = articles(data)
    assert [(url, at[:10]) for url, at, _ in before] == [
        ("http://127.0.0.1/private", "2022-01-06"),
        ("https://herald.example/1", "2022-01-06"),
    ]
    again = run(data, "ingest", str(path), "--format", "json")
    assert json.loads(again.stdout) == {"new": 0, "copy": 0, "revised": 0, "seen_again": 3, "rejected": 1}
    assert articles(data) == before


def articles(data_dir: Path) -> list[tuple[str, str, int]]:
    """Return address, time of collection and current text of all articles."""
    with sqlite3.connect(data_dir / "steppewatch.db") as conn:
        return conn.execute("select url, collected_at, revision_id from articles order by url").fetchall()
