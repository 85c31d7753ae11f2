"""`steppewatch up` as a person runs it: the page answers, one signal ends everything, nothing stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servers import tally
from sqlalchemy import text

from db.engine import Database
from db.settings import Settings
from worker.runtime import valkey
from worker.setup import prepare

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0


@pytest.fixture
def data_dir(warm: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A data directory that is ready, but with nothing to fetch: tests leave the outlets in peace."""
    folder = warm(tmp_path / "data")
    database = Database(Settings(data_dir=folder, database_url="").database)
    prepare(database, now=datetime.now(UTC))
    database.write(lambda conn: conn.execute(text("DELETE FROM feeds")).rowcount)
    database.close()
    return folder


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(data_dir: Path, tmp_path: Path) -> Iterator[Start]:
    """Start `up` on the data directory; whatever is left of it in the end is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def run(port: int, **env: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / f"log-{len(started)}").open("wb")
        environment = {**os.environ, **env, "STEPPEWATCH_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "cli.main", "up", "--port", str(port)]
        with log:
            process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, cwd=tmp_path)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()
    for pid in nobody_left(data_dir, 5):
        os.kill(pid, signal.SIGKILL)


def family_of(data_dir: Path) -> dict[int, str]:
    """Return the living processes that were started for a data directory, and what they are."""
    mark = f"STEPPEWATCH_DATA_DIR={data_dir}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended while we looked, or it is somebody else's
    return found


def await_page(port: int, process: subprocess.Popen[bytes], log: Path) -> int:
    """Return the status of the page once there is one."""
    give_up_at = time.monotonic() + START_S
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
                status: int = response.status
                return status
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"the page does not answer:\n{log.read_text('utf-8', 'replace')}")


def nobody_left(data_dir: Path, within_s: float) -> dict[int, str]:
    """Return who is still there when the time is over."""
    give_up_at = time.monotonic() + within_s
    while (left := family_of(data_dir)) and time.monotonic() < give_up_at:
        time.sleep(0.05)
    return left


def test_the_page_answers_and_a_signal_ends_everything(
    request: pytest.FixtureRequest, start: Start, data_dir: Path, port: int, tmp_path: Path
) -> None:
    if valkey.find_server() is not None:
        tally.note(request.node, tally.REDIS, "the embedded broker")
    process = start(port)
    assert await_page(port, process, tmp_path / "log-0") == 200
    log = (tmp_path / "log-0").read_text("utf-8")
    assert len(family_of(data_dir)) >= 5, log

    second = start(port + 1)
    assert second.wait(START_S) == 1
    assert f"is already running on {data_dir} (process {process.pid})" in (tmp_path / "log-1").read_text("utf-8")

    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    log = (tmp_path / "log-0").read_text("utf-8")
    assert (process.returncode, out) == (0, b""), log
    assert f"Steppewatch is at http://127.0.0.1:{port}" in log
    assert "is killed" not in log
    assert nobody_left(data_dir, 0) == {}
    assert not list(Path(data_dir).glob("**/*.sock"))


def test_nothing_is_left_when_up_is_killed_and_it_starts_again(
    start: Start, data_dir: Path, port: int, tmp_path: Path
) -> None:
    process = start(port)
    await_page(port, process, tmp_path / "log-0")

    process.kill()
    assert nobody_left(data_dir, 5) == {}

    again = start(port)
    assert await_page(port, again, tmp_path / "log-1") == 200
    again.send_signal(signal.SIGINT)
    assert again.wait(10) == 0


@pytest.mark.parametrize("broker", ["", "memory://"])
def test_each_kind_of_process_shows_life(start: Start, data_dir: Path, port: int, tmp_path: Path, broker: str) -> None:
    process = start(port, **({"STEPPEWATCH_BROKER_URL": broker} if broker else {}))
    await_page(port, process, tmp_path / "log-0")

    def is_alive(kind: str) -> bool:
        command = [sys.executable, "-m", "cli.main", "alive", kind, "--within", "30"]
        environment = {**os.environ, "STEPPEWATCH_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, env=environment, capture_output=True, cwd=tmp_path, check=False).returncode == 0

    ends_at = time.monotonic() + START_S
    waiting = {"worker", "beat"}
    while waiting and time.monotonic() < ends_at:
        waiting = {kind for kind in waiting if not is_alive(kind)}
        time.sleep(0.2)
    assert waiting == set(), (tmp_path / "log-0").read_text("utf-8")


def test_without_a_broker_the_worker_runs_alone(start: Start, data_dir: Path, port: int, tmp_path: Path) -> None:
    process = start(port, STEPPEWATCH_BROKER_URL="memory://")
    assert await_page(port, process, tmp_path / "log-0") == 200
    assert any("worker.solo" in command for command in family_of(data_dir).values())

    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert nobody_left(data_dir, 0) == {}


def test_a_taken_port_is_named_before_anything_starts(start: Start, data_dir: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = start(port)
        assert process.wait(START_S) == 1
    log = (tmp_path / "log-0").read_text("utf-8")
    assert f"cannot serve the page on 127.0.0.1, port {port}: address already in use" in log
    assert "use --port for another" in log


@pytest.mark.parametrize(
    ("variable", "value", "code", "words"),
    [
        pytest.param("DATABASE_URL", "rubbish", 1, "the store in STEPPEWATCH_DATABASE_URL cannot be used", id="no URL"),
        pytest.param(
            "DATABASE_URL", "sqlite:////proc/a.db", 1, "the store /proc/a.db cannot be written", id="no place"
        ),
        pytest.param("WORKER_PROCESSES", "many", 2, "STEPPEWATCH_WORKER_PROCESSES: ", id="no number"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    start: Start, port: int, tmp_path: Path, variable: str, value: str, code: int, words: str
) -> None:
    process = start(port, **{f"STEPPEWATCH_{variable}": value})
    assert process.wait(START_S) == code
    log = (tmp_path / "log-0").read_text("utf-8")
    assert words in log
    assert "Traceback" not in log


def test_a_brokers_log_that_cannot_be_read_back_is_set_aside(
    start: Start, data_dir: Path, port: int, tmp_path: Path
) -> None:
    if valkey.find_server() is None:
        pytest.skip("no Valkey found for this machine")
    log = data_dir / "broker" / "appendonlydir"
    log.mkdir(parents=True)
    (log / "appendonly.aof.manifest").write_bytes(bytes(range(256)))
    process = start(port)
    assert await_page(port, process, tmp_path / "log-0") == 200
    said = (tmp_path / "log-0").read_text("utf-8")
    assert f"is set aside as {log}.broken" in said
    assert Path(f"{log}.broken").is_dir()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
