"""A reader's hour on the real command line: texts come in, one changes, and what changed is read and taken along."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from crawlerfork import run_command
from samples import PARAGRAPHS, text

URL, REPRINT = "https://herald.example/a", "https://oasis.example/b"


class Reader:
    """Somebody at a command line with a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
        environment = os.environ | {"STEPPEWATCH_DATA_DIR": str(self.folder)}
        done = run_command(*arguments, environment=environment, stdin=stdin.encode())
        assert done.returncode == 0, done.stderr.decode()
        return done

    def read(self, *arguments: str) -> str:
        return self.run(*arguments).stdout.decode()

    def rows(self, *arguments: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.read("export", *arguments), newline="")))

    def ingest(self, url: str, words: str, day: str) -> None:
        record = {"url": url, "title": "Drills on the lake", "text": words, "published_at": day, "language": "en"}
        self.run("ingest", "-", stdin=json.dumps(record))


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory, prepared: Callable[[Path], Path]) -> Reader:
    """Give a store with an article, its reprint, and what the outlet made of the article since."""
    reader = Reader(prepared(tmp_path_factory.mktemp("reading") / "data"))
    reader.ingest(URL, text(*range(6)), "2022-01-05T08:00:00Z")
    reader.ingest(REPRINT, text(*range(6)), "2022-01-06")
    reader.ingest(URL, text(0, 2, 3, 4, 5).replace("a picnic", "a success"), "2022-01-05T08:00:00Z")
    return reader


def test_the_text_is_read_with_its_names_marked(reader: Reader) -> None:
    shown = reader.read("article", "show", URL, "--text", "--format", "table")
    assert "The ministers of [Kazakhstan → kazakhstan] and [Turkey → turkey] met" in shown
    assert "[CSTO → csto]" not in shown


def test_a_pipe_has_the_text_as_it_is_stored(reader: Reader) -> None:
    record = json.loads(reader.read("article", "show", URL, "--text"))
    assert PARAGRAPHS[0] in record["text"]
    assert (record["text_from"], record["suspect"]) == ("page", None)


def test_the_reprint_is_read_below_the_original_as_it_was(reader: Reader) -> None:
    lines = reader.read("story", "show", REPRINT, "--format", "table").splitlines()
    assert lines[0].endswith(": original")
    assert any(line.startswith("  taken from an earlier text of the original") for line in lines)
    assert lines[-1] == "  word for word"


def test_what_was_changed_is_taken_along(reader: Reader) -> None:
    changed = [row for row in reader.rows("revisions", "--diff") if row["previous_revision_id"]]
    [row] = changed
    assert (row["url"], row["entities_removed"], row["title_changed"]) == (URL, "csto", "false")
    assert {"op": "replace", "old": "picnic", "new": "success"} in json.loads(row["changes"])
    assert "[-picnic-]{+success+}" in row["diff"]


def test_what_was_taken_out_is_found(reader: Reader) -> None:
    found = {(row["url"], row["is_current"]) for row in reader.rows("mentions", "--entity", "csto", "--revisions")}
    assert found == {(URL, "false"), (REPRINT, "true")}


@pytest.mark.parametrize("options", [[], ["--excel"], ["--delimiter", "semicolon"]], ids=" ".join)
def test_an_export_with_texts_is_an_archive_that_another_store_takes_in(
    reader: Reader, prepared: Callable[[Path], Path], tmp_path: Path, options: list[str]
) -> None:
    archive = tmp_path / "archive.csv"
    reader.run("export", "articles", "--text", *options, "-o", str(archive))
    other = Reader(prepared(tmp_path / "other"))
    done = other.run("ingest", str(archive), "--format", "json")
    assert b"not known" not in done.stderr
    for url in (URL, REPRINT):
        told = [json.loads(whose.read("article", "show", url, "--text"))["text"] for whose in (reader, other)]
        assert told[0] == told[1]
