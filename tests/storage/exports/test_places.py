"""Where exports go: files that are whole or not there, links, full disks, and readers that leave or pause."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commandline import rows_of, run
from samplestore import Sample, fill
from sqlalchemy import text

from cli.export import command
from db.engine import Database


def test_a_full_disk_moves_nothing_and_is_told(filled: Path) -> None:
    result = run("export", "articles", "--since-last", "nightly", "-o", "/dev/full")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "/dev/full cannot be written: no space left on device" in result.stderr
    assert run("export", "articles", "--since-last", "nightly", "-o", "1.csv").stderr == "3 rows in 1.csv\n"


def test_a_failed_export_leaves_the_old_file(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out.csv").write_text("of yesterday")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    result = run("export", "articles", "-o", "out.csv")
    assert result.exit_code == 1
    assert "no space left on device" in result.stderr
    assert (tmp_path / "out.csv").read_text() == "of yesterday"
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out.csv"}


def test_export_through_a_link_keeps_the_link(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "real.csv").touch()
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert run("export", "articles", "-o", "link.csv").exit_code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert len(rows_of((tmp_path / "real.csv").read_text())) == 3


@contextmanager
def reading(filled: Path) -> Iterator[tuple[Database, subprocess.Popen[bytes]]]:
    """Yield a store and an export of it that fills a pipe, of which the first line was read."""
    database = Database(f"sqlite:///{filled / 'steppewatch.db'}")
    fill(database, [Sample(f"https://herald.example/n{number}", title="t" * 200) for number in range(700)])
    code = (
        "import sys, typer; from cli.export.command import export; sys.argv = ['export', 'articles']; typer.run(export)"
    )
    pipe, folder = subprocess.PIPE, Path(command.__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, cwd=folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"article_id,")
        yield database, process
    database.close()


def test_a_reader_that_leaves_ends_the_export_quietly(filled: Path) -> None:
    with reading(filled) as (_, process):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_reader_that_pauses_holds_no_transaction(filled: Path) -> None:
    with reading(filled) as (database, process):
        fill(database, [Sample("https://herald.example/new", title="While somebody reads")])
        with database.engine.connect() as conn:
            assert tuple(conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()) == (0, 0, 0)
        assert process.stdout is not None
        assert process.stdout.read().count(b"\r\n") == 703
    assert process.returncode == 0
