"""One reader of JSON lines: whatever a line holds, it is one line, and the next is read. All texts are invented."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commandline import run
from samples import NOON
from vocabularies import packaged_tagger

from worker.chain.documents import Rejected
from worker.chain.inputs.reader import read_file, read_lines
from worker.lib.json_lines import MAX_LINE, MOST_VALUES, BadLine, json_lines, json_object

GOOD = '{"id": "good", "file": "none.html", "text": "The CSTO met on the lake."}'
HOSTILE = {
    "a number of 10,000 digits": ('{"id": "x", "text": "t", "n": %s}' % ("9" * 10_000), "too many digits"),
    "a negative one, in a list": ('{"id": "x", "text": "t", "n": [-%s]}' % ("1" * 10_000), "too many digits"),
    "a number of 5,000 digits for the id": ('{"id": %s, "text": "t"}' % ("7" * 5_000), "too many digits"),
    "the first half of a pair": ('{"id": "x", "file": "x", "text": "a \\ud800 b"}', "half of a surrogate pair"),
    "the second half, in a name of a field": ('{"id": "x", "text": "t", "\\uDFFF": 1}', "half of a surrogate pair"),
    "both halves, the wrong way round": ('{"id": "x", "url": "\\udc00\\ud83d"}', "half of a surrogate pair"),
    "half of a pair deep inside": ('{"id": "x", "tags": [{"a": ["\\uD83D!"]}]}', "half of a surrogate pair"),
    "lists in lists": ('{"id": "x", "n": %s}' % ("[" * 45_000), "nested too deeply"),
    "objects in objects": ('{"id": "x", "n": ' + '{"a":' * 9_000 + "1" + "}" * 9_001, "nested too deeply"),
    "lists and objects in turn, all closed": (
        '{"n": ' + '[{"a":' * 9_000 + "1" + "}]" * 9_000 + "}",
        "nested too deeply",
    ),
    "half a line": ('{"id": "x", "text": "t', "not JSON"),
    "no object": ("[1]", "not a JSON object"),
}


@pytest.mark.parametrize(("line", "reason"), [pytest.param(*case, id=name) for name, case in HOSTILE.items()])
def test_a_line_that_cannot_be_read_is_one_bad_line_and_the_next_is_read(line: str, reason: str) -> None:
    stream = io.BytesIO(f"{GOOD}\n{line}\n\n{GOOD}\n".encode())
    (_, first), (number, bad), (last_number, last) = json_lines(stream)
    assert isinstance(bad, BadLine)
    assert reason in bad.reason
    assert (first, number, last_number, last) == (json.loads(GOOD), 2, 4, json.loads(GOOD))


def test_what_is_written_in_halves_that_belong_together_is_a_character() -> None:
    assert json_object(b'{"a": "\\ud83d\\ude00 \\uD83D\\uDE00", "\\\\ud800": "\\\\udfff"}') == {
        "a": "\U0001f600 \U0001f600",
        "\\ud800": "\\udfff",
    }


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b"[]", b"{}", b'""', b'"\\""', b"0", b"1234567"])
def test_a_line_of_very_many_values_is_refused_before_they_take_memory(piece: bytes) -> None:
    line = b'{"n": [' + b",".join([piece] * (MAX_LINE // (len(piece) + 2))) + b"]}"
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="more than 100,000 values"):
            json_object(line)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("unit", ["word, ", "[{,", '\\"a\\",', "\\\\,"])
def test_commas_and_brackets_in_a_text_are_no_values(unit: str) -> None:
    text = unit * (MOST_VALUES + 1)
    assert len(json_object(b'{"id": 1, "text": "' + text.encode() + b'"}')["text"]) > MOST_VALUES


def test_a_text_that_does_not_end_is_refused_in_one_pass() -> None:
    with pytest.raises(ValueError, match="not JSON"):
        json_object(b'{"a": "' + b'\\",' * 1_000_000)


def ingested(path: Path) -> list[str]:
    """Return the names of what `ingest` rejects."""
    return [taken.subject for taken in read_file(str(path), path, observed_at=NOON) if isinstance(taken, Rejected)]


def told(*command: str) -> Callable[[Path], list[str]]:
    """Return a reader of the errors of a command that takes JSON lines."""

    def errors(path: Path) -> list[str]:
        result = run(*command, str(path))
        assert result.exception is None or isinstance(result.exception, SystemExit)
        records: list[dict[str, Any]] = [json.loads(line) for line in result.stdout.splitlines()]
        named = [record for record in records if "error" in record and record["file"] != "none.html"]
        return [f"{record['file']}:{record['line']}" if "line" in record else record["file"] for record in named]

    return errors


@pytest.mark.parametrize(
    "errors",
    [
        pytest.param(ingested, id="ingest"),
        pytest.param(told("cluster"), id="cluster"),
        pytest.param(told("tag", "--lang", "en", "--batch"), id="tag"),
        pytest.param(told("extract", "--batch"), id="extract"),
    ],
)
def test_every_command_tells_each_bad_line_and_goes_on(
    errors: Callable[[Path], list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.tagging.tagger.load_tagger", lambda *_: packaged_tagger())
    path = tmp_path / "lines.jsonl"
    lines = [line for line, _ in HOSTILE.values()]
    path.write_text("\n".join([GOOD, *lines, GOOD.replace("good", "last")]), "utf-8")
    assert errors(path) == [f"{path}:{number}" for number in range(2, 2 + len(lines))]


def test_a_line_of_html_that_breaks_the_reader_is_one_rejection(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a page that we did not think of")

    monkeypatch.setattr("worker.chain.inputs.reader.extract_page", broken)
    lines = io.BytesIO(b'{"html": "<p>Drills.</p>"}\n{"text": "Talks."}')
    bad, good = read_lines("a.jsonl", lines, observed_at=NOON)
    assert isinstance(bad, Rejected)
    assert "internal error" in bad.reason
    assert not isinstance(good, Rejected)
