"""The log in the data directory: bounded, readable, and never a reason to end."""

from __future__ import annotations

import errno
import io
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.run.log import Log, LogFile
from cli.shared.output import printable


def noon() -> datetime:
    return datetime(2026, 1, 5, 12, 4, 31, tzinfo=UTC)


def kept(path: Path) -> list[str]:
    """Return the lines of all files, the oldest first."""
    files = sorted(path.parent.glob(f"{path.name}.*"), reverse=True)
    return [line for file in [*files, path] for line in file.read_text("utf-8").splitlines()]


def test_the_file_holds_the_same_lines_without_colour_and_with_the_date(tmp_path: Path) -> None:
    stream = io.StringIO()
    log = Log(stream, now=noon, colour=True, file=LogFile(tmp_path / "a.log"))
    log.write("crawler", "Қазақстан: новости")
    log.write("web", "another")
    assert "\x1b[" in stream.getvalue()
    assert kept(tmp_path / "a.log") == [
        "2026-01-05 12:04:31 crawler  Қазақстан: новости",
        "2026-01-05 12:04:31 web      another",
    ]


def test_others_on_this_machine_do_not_read_it(tmp_path: Path) -> None:
    LogFile(tmp_path / "a.log").write("line")
    assert stat.S_IMODE((tmp_path / "a.log").stat().st_mode) & 0o077 == 0


def test_it_goes_on_where_the_last_run_ended(tmp_path: Path) -> None:
    for run in ("first", "second"):
        LogFile(tmp_path / "a.log").write(run)
    assert kept(tmp_path / "a.log") == ["first", "second"]


def test_five_files_of_two_megabytes_are_kept(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log")
    for number in range(3_500):
        file.write(f"{number:04}" + "x" * 3_995)
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert sorted(sizes) == ["a.log", "a.log.1", "a.log.2", "a.log.3", "a.log.4"]
    assert max(sizes.values()) == 2_000_000
    assert kept(tmp_path / "a.log")[-1].startswith("3499")


@given(st.lists(st.text(max_size=30).map(printable), max_size=60), st.integers(120, 300), st.integers(2, 4))
def test_whatever_is_said_the_newest_lines_are_kept_whole_and_the_rest_is_bounded(
    lines: list[str], max_bytes: int, files: int
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.log"
        file = LogFile(path, max_bytes=max_bytes, files=files)
        for line in lines:
            file.write(line)
        sizes = [found.stat().st_size for found in Path(folder).iterdir()]
        assert len(sizes) <= files
        assert all(size <= max_bytes for size in sizes)
        if lines:
            found = [line for line in kept(path) if line]
            said = [line for line in lines if line]
            assert found == said[len(said) - len(found) :]
            assert not said or found


def test_a_removed_file_begins_anew(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log")
    file.write("before")
    (tmp_path / "a.log").unlink()
    file.write("after")
    assert kept(tmp_path / "a.log") == ["after"]


def test_a_full_disk_is_told_once_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    log = Log(stream, now=noon, file=LogFile(tmp_path / "a.log"))
    log.write("web", "one")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        log.write("web", "two")
        log.write("web", "three")
    log.write("web", "four")
    assert stream.getvalue().splitlines() == [
        "12:04:31 web      one",
        "12:04:31 web      two",
        "12:04:31 up       cannot write the log file: no space left on device",
        "12:04:31 web      three",
        "12:04:31 web      four",
    ]
    assert [line[29:] for line in kept(tmp_path / "a.log")] == ["one", "four"]


def test_a_device_that_is_always_full_ends_nothing() -> None:
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no /dev/full")
    stream = io.StringIO()
    Log(stream, now=noon, file=LogFile(Path("/dev/full"))).write("web", "one")
    assert "cannot write the log file: no space left on device" in stream.getvalue()


def test_a_line_that_was_cut_by_a_full_disk_does_not_spoil_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.log"
    file = LogFile(path)

    class Short(io.FileIO):
        def write(self, data: object, /) -> int:
            assert isinstance(data, bytes)
            return super().write(data[:4])

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", lambda name, _mode, **_: Short(name, "a"))
        with pytest.raises(OSError, match="No space left"):
            file.write("a long line")
    file.write("the next")
    assert kept(path) == ["a lo", "the next"]


def test_a_folder_that_is_gone_ends_nothing(tmp_path: Path) -> None:
    stream = io.StringIO()
    log = Log(stream, now=noon, file=LogFile(tmp_path / "gone" / "a.log"))
    log.write("web", "one")
    assert "cannot write the log file: no such file or directory" in stream.getvalue()


def test_a_file_that_cannot_be_moved_away_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    file = LogFile(path, max_bytes=100)

    def forbidden(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "replace", forbidden)
    stream = io.StringIO()
    log = Log(stream, now=noon, file=file)
    for _ in range(10):
        log.write("web", "x" * 20)
    assert path.stat().st_size <= 100
    assert stream.getvalue().count("cannot write the log file: permission denied") == 1
