"""What tests write goes into memory where there is enough of it, and onto the disk elsewhere."""

from __future__ import annotations

import os
import subprocess
from getpass import getuser
from pathlib import Path

from servers import pgserver
from servers.memory import memory_folder, sweep
from servers.pgserver import PostgresServer


def test_a_folder_for_everybody_is_taken_and_a_private_missing_or_small_one_is_not(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    assert memory_folder(tmp_path, needed=0) == tmp_path
    assert memory_folder(tmp_path, needed=1 << 60) is None
    assert memory_folder(tmp_path / "missing", needed=0) is None
    tmp_path.chmod(0o700)
    assert memory_folder(tmp_path, needed=0) is None


def test_programs_must_be_allowed_to_run_in_it() -> None:
    assert memory_folder(Path("/proc"), needed=0) is None


def test_what_a_killed_run_left_there_is_removed_and_what_a_running_one_has_is_not(tmp_path: Path) -> None:
    runs = [tmp_path / f"pytest-of-{getuser()}" / f"pytest-{number}" for number in range(3)]
    ended = subprocess.Popen(["true"])
    ended.wait()
    for run, lock in zip(runs, (str(ended.pid), str(os.getpid()), "no number"), strict=True):
        run.mkdir(parents=True)
        (run / ".lock").write_text(lock, "ascii")
    sweep(tmp_path)
    assert [run.exists() for run in runs] == [False, True, True]


def test_an_empty_database_that_was_set_aside_is_the_next_that_is_given() -> None:
    programs = next(pgserver.candidates({})).program
    assert programs is not None
    with PostgresServer(programs) as server:
        with pgserver.empty_database(server.url()) as first, pgserver.connect(first) as connection:
            first_number = _number(connection)
            connection.close()
            pgserver.set_aside(first)
        with pgserver.empty_database(server.url()) as second, pgserver.connect(second) as connection:
            assert second != first
            assert _number(connection) == first_number
        pgserver.drop_spares()


def _number(connection: pgserver.psycopg.Connection[tuple[object, ...]]) -> object:
    row = connection.execute(b"SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return row[0]
