"""Links to devices and pipes instead of files: every command says what is wrong, and none waits or reads for ever."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest
from commandline import run
from vocabularies import packaged_tagger

from worker.lib.json_lines import json_lines, numbered_lines
from worker.lib.named_file import NO_END, open_named

COMMANDS = (
    ("tag",),
    ("tag", "--explain"),
    ("tag", "--batch"),
    ("extract",),
    ("extract", "--batch"),
    ("feed",),
    ("cluster",),
    ("alert", "sync"),
    ("alert", "match", "nothing.txt", "--queries"),
)


@pytest.fixture(autouse=True)
def _ends_in_time() -> Iterator[None]:
    """Fail, instead of hanging, where a command waits."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise TimeoutError("it waits, or reads for ever")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["device", "pipe", "random"])
def endless(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """What is no file with an end, behind the name of one."""
    path = tmp_path / "article.txt"
    if request.param == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if request.param == "device" else "/dev/urandom")
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_say_that_it_has_no_end(
    command: tuple[str, ...], endless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPEWATCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("worker.tagging.tagger.load_tagger", lambda *_: packaged_tagger())
    result = run(*command, str(endless))
    assert result.exit_code in (1, 2)
    assert NO_END in result.output


def test_vocabularies_are_read_from_files_only(endless: Path, tmp_path: Path) -> None:
    folder = tmp_path / "vocabulary"
    (folder / "entities" / "place").mkdir(parents=True)
    for name in ("entities/place/a.toml", "scope.toml"):
        (folder / name).symlink_to(endless)
    result = run("vocabulary", "check", str(folder))
    assert result.exit_code != 0
    assert NO_END in result.output


def test_a_plain_file_a_link_to_one_and_what_a_shell_hands_over_are_read(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"words")
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    for name in ("plain", "link"):
        with open_named(tmp_path / name) as file:
            assert file.read() == b"words"
    reading, writing = os.pipe()
    os.write(writing, b"words")
    os.close(writing)
    with open_named(f"/dev/fd/{reading}") as file:
        assert file.read() == b"words"
    os.close(reading)


def test_folders_are_called_folders(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="directory"):
        open_named(tmp_path)


class Endless(io.RawIOBase):
    """One line without an end."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        buffer[:] = bytes(len(buffer))
        return len(buffer)


def test_a_line_without_an_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.lib.json_lines.MOST_SKIPPED", 1 << 20)
    (only,) = json_lines(io.BufferedReader(Endless()), 10_000)
    assert only[0] == 1
    assert [number for number, _ in numbered_lines(io.BytesIO(b"x" * 50_000 + b"\n{}\n"), 10_000)] == [1, 2]
