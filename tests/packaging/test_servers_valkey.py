"""The embedded broker: private, kept between runs, and clear about why it does not start."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from kombu import Connection
from servers import tally, valkeyserver

from worker.runtime import valkey


@pytest.fixture(params=["broker", "посылки и очереди"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder for the broker, plain or as people name theirs."""
    path: Path = tmp_path / request.param
    path.mkdir()
    return path


def test_what_was_sent_is_still_there_after_a_restart(request: pytest.FixtureRequest, folder: Path) -> None:
    tally.note(request.node, tally.REDIS, "the embedded broker")
    for step in ("send", "receive"):
        with valkey.start(folder) as server, Connection(server.launch.url(3)) as connection:
            queue = connection.SimpleQueue("captures")
            if step == "send":
                queue.put({"ids": [1, 2]})
            else:
                assert queue.get(timeout=5).payload == {"ids": [1, 2]}
            queue.close()


def test_nobody_else_can_enter() -> None:
    with valkey.start(None) as server:
        assert server.launch.runtime.stat().st_mode & 0o777 == 0o700
        assert server.launch.socket.stat().st_mode & 0o777 == 0o700
        assert not list(server.launch.runtime.glob("appendonlydir"))


def test_stopping_leaves_neither_process_nor_folder_and_may_be_repeated() -> None:
    server = valkey.start(None)
    server.stop()
    server.stop()
    assert not server.is_running
    assert not server.launch.runtime.exists()


def test_a_runtime_folder_with_a_long_path_is_passed_over(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    short = Path(tempfile.mkdtemp(prefix="sw-", dir="/tmp"))
    launch = valkey.plan(None, runtime_folders=[long, short / "missing", short])
    try:
        assert launch.runtime.parent == short
        assert len(os.fsencode(launch.socket)) < 107
    finally:
        launch.clean()
        short.rmdir()


def _spoil_entries(log: Path) -> None:
    for written in log.glob("*.incr.aof"):
        written.write_bytes(b"rubbish\r\n" * 20)


def _spoil_manifest(log: Path) -> None:
    next(log.glob("*.manifest")).write_bytes(bytes(range(256)))


def _lose_base(log: Path) -> None:
    next(log.glob("*.base.*")).unlink()


def _put_file_in_place(log: Path) -> None:
    shutil.rmtree(log)
    log.write_bytes(b"a file")


@pytest.mark.parametrize("spoil", [_spoil_entries, _spoil_manifest, _lose_base, _put_file_in_place])
def test_a_log_that_cannot_be_read_back_is_set_aside(
    folder: Path, caplog: pytest.LogCaptureFixture, spoil: Callable[[Path], None]
) -> None:
    for _ in range(2):  # what was set aside before makes room
        with valkey.start(folder) as server, valkeyserver.client(server.launch.url()) as client:
            client.set("key", "value")
        spoil(folder / "appendonlydir")
        with valkey.start(folder) as server, valkeyserver.client(server.launch.url()) as client:
            assert client.get("key") is None
    assert (folder / "appendonlydir.broken").exists()
    assert "set aside as" in caplog.text
    assert "no work is lost" in caplog.text


def test_a_server_that_ends_without_a_log_to_blame_says_why(tmp_path: Path) -> None:
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\necho no such processor; exit 1\n")
    program.chmod(0o700)
    with pytest.raises(valkey.ValkeyError, match=r"(?s)ended at once; it said:.*no such processor"):
        valkey.start(tmp_path, program=program)


def test_a_machine_without_the_wheel_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.runtime.valkey.find_spec", lambda _: None)
    assert valkey.find_server() is None
    with pytest.raises(valkey.ValkeyError, match="no Valkey server for this kind of machine"):
        valkey.start(None)


def test_another_kind_of_processor_has_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert valkey.find_server() is None
