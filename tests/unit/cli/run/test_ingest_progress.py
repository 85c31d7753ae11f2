"""What `ingest` shows while it reads: on a terminal only."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from cli.run.ingest_progress import SHOWN_REASONS, IngestProgress
from worker.chain.documents import InputResult


def shown(folder: Path, *, is_terminal: bool) -> str:
    """Return what is shown after half of two files is read, whose names are not all letters."""
    files = [folder / "one [bold].jsonl", folder / "two\x1b.jsonl"]
    for file in files:
        file.write_bytes(b"x" * 1_000)
    written = io.StringIO()
    console = Console(file=written, force_terminal=is_terminal, width=120)
    with IngestProgress([str(folder)], console) as progress:
        for file in files:
            stream = io.BytesIO(file.read_bytes())
            progress.opened(str(file), stream)
            stream.read(500)
            progress.add([InputResult(subject="a", outcome="new")] * 1_500)
    return written.getvalue()


def test_on_a_terminal_count_rate_share_and_file_are_shown(tmp_path: Path) -> None:
    line = shown(tmp_path, is_terminal=True)
    assert "3,000 documents" in line
    assert "/s" in line
    assert "75 %" in line
    assert "two\ufffd.jsonl" in line


def test_a_word_meanwhile_stands_above_the_line_that_moves() -> None:
    written = io.StringIO()
    with IngestProgress([], Console(file=written, force_terminal=True, width=40)) as progress:
        progress.note("a.csv: the column 'Words [of it]' is not known and left out\x1b[31m")
    assert "a.csv: the column 'Words [of it]' is not known and left out\ufffd[31m\n" in written.getvalue()


def test_elsewhere_nothing_is_shown(tmp_path: Path) -> None:
    assert shown(tmp_path, is_terminal=False) == ""


def test_reasons_are_told_up_to_a_bound(capsys: pytest.CaptureFixture[str]) -> None:
    progress = IngestProgress([])
    progress.add(
        [
            InputResult(subject=f"a.csv:{number}", outcome="rejected", reason="no text")
            for number in range(SHOWN_REASONS + 5)
        ]
    )
    progress.print_remarks()
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "a.csv:0: rejected: no text"
    assert len(said) == SHOWN_REASONS + 1
    assert said[-1].startswith("… and 5 more")
