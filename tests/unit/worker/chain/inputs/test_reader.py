"""Files and lines → documents: what cannot be read is rejected by name, and the rest goes on."""

from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from samples import NOON, text

from worker.chain.documents import Document, Rejected
from worker.chain.inputs import reader
from worker.chain.inputs.reader import iter_paths, parse_when, read_file, read_lines


def line(**record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def taken(given: bytes) -> Document | Rejected:
    """Return what becomes of a file of one line."""
    (only,) = read_lines("a.jsonl", io.BytesIO(given), observed_at=NOON)
    return only


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(b"{broken", "not JSON", id="broken JSON"),
        pytest.param(b"\xff\xfe{}", "not UTF-8", id="not UTF-8"),
        pytest.param(b"[1, 2]", "not a JSON object", id="a list"),
        pytest.param(line(text=7), "'text' is not a text", id="a number for a text"),
        pytest.param(line(url=["a"]), "'url' is not a text", id="a list for an address"),
        pytest.param(b"[" * 50_000, "not JSON", id="nested without end"),
        pytest.param(line(html="%PDF-1.7 not a page"), "PDF", id="no page in html"),
    ],
)
def test_a_bad_line_is_rejected_with_a_reason(given: bytes, reason: str) -> None:
    rejected = taken(given)
    assert isinstance(rejected, Rejected)
    assert reason in rejected.reason


def test_a_line_with_text_becomes_a_document() -> None:
    given = line(
        url="https://a.example/1", title="T", text="Body", published_at="2022-01-05", source="a", language="ru"
    )
    document = taken(given)
    assert isinstance(document, Document)
    assert (document.title, document.text, document.source, document.language) == ("T", "Body", "a", "ru")
    assert (document.published_at, document.published_is_day) == (datetime(2022, 1, 5, tzinfo=UTC), True)


def test_a_line_with_html_is_extracted() -> None:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text(0, 1, 2, 3).splitlines())
    page = f"<html><head><title>Lake talks</title></head><body><article>{paragraphs}</article></body></html>"
    document = taken(line(url="https://a.example/1", html=page))
    assert isinstance(document, Document)
    assert document.text == text(0, 1, 2, 3)


def test_lines_are_numbered_and_empty_ones_are_nothing() -> None:
    lines = io.BytesIO(b"\xef\xbb\xbf" + line(text="one") + b"\n\n  \nbroken\n" + line(text="two"))
    entries = list(read_lines("a.jsonl", lines, observed_at=NOON))
    assert [entry.subject for entry in entries] == ["a.jsonl:1", "a.jsonl:4", "a.jsonl:5"]
    assert [isinstance(entry, Rejected) for entry in entries] == [False, True, False]


def test_a_line_without_end_is_rejected_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_LINE", 100)
    lines = io.BytesIO(b"x" * 1000 + b"\n" + line(text="two"))
    long, good = read_lines("a.jsonl", lines, observed_at=NOON)
    assert isinstance(long, Rejected)
    assert (good.subject, isinstance(good, Document)) == ("a.jsonl:2", True)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.pdf", b"%PDF", "a .pdf file; known are", id="kind"),
        pytest.param("notes", b"Talks", "without an ending such as .txt; known are", id="no ending"),
        pytest.param("a.txt", b" \n ", "an empty file", id="empty text"),
        pytest.param("a.html", b"", "empty", id="empty page"),
        pytest.param("missing.txt", None, "no such file", id="missing"),
        pytest.param("x" * 5_000 + ".txt", None, "name too long", id="a name that the system refuses"),
        pytest.param("a.txt", bytes(range(256)) * 9, "a binary file", id="bytes"),
        pytest.param("a.txt", b"\x7fELF\x02\x01\x01" + bytes(99), "a binary file", id="a program"),
        pytest.param("a.txt", b"Talks\x00\x00on the lake\x00", "a binary file", id="a text with NULs"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_rejection(
    name: str, content: bytes | None, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    (rejected,) = read_file(name, path, observed_at=NOON)
    assert isinstance(rejected, Rejected)
    assert (rejected.subject, reason in rejected.reason) == (name, True)


@pytest.mark.parametrize("suffix", [".txt", ".html", ".jsonl"])
@pytest.mark.parametrize("target", ["/dev/zero", "/dev/null", "/dev"])
def test_what_has_no_end_or_is_no_file_is_not_opened(suffix: str, target: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.symlink_to(target)
    (rejected,) = read_file("a", path, observed_at=NOON)
    assert isinstance(rejected, Rejected)
    assert "no file that has an end" in rejected.reason or "is a directory" in rejected.reason


@pytest.mark.parametrize(("name", "kind"), [("/dev/zero", "a device"), ("/dev/random", "a device"), ("pipe", "a pipe")])
def test_what_has_neither_end_nor_ending_is_called_what_it_is(name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name == "pipe":
        os.mkfifo(path)
    (rejected,) = read_file(name, path, observed_at=NOON)
    assert rejected == Rejected(subject=name, reason=f"no file that has an end: {kind}")


def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    (rejected,) = read_file("a", tmp_path / "a.txt", observed_at=NOON)
    assert isinstance(rejected, Rejected)


def test_a_name_that_the_system_refuses_is_taken_for_a_file() -> None:
    assert [name for name, _ in iter_paths(["x" * 5_000])] == ["x" * 5_000]


def test_a_text_in_two_bytes_a_letter_is_no_binary_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Переговоры\n\nМинистры встретились на озере.".encode("utf-16"))
    (document,) = read_file("a.txt", tmp_path / "a.txt", observed_at=NOON)
    assert isinstance(document, Document)


def test_a_text_file_in_an_old_charset_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(
        "Заголовок о переговорах\n\nМинистры встретились на озере и говорили об учениях.\n".encode("cp1251")
    )
    (document,) = read_file("a.txt", path, observed_at=NOON)
    assert isinstance(document, Document)
    assert (document.title, document.text.startswith("Министры")) == ("Заголовок о переговорах", True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2022-01-05", (datetime(2022, 1, 5, tzinfo=UTC), True, None)),
        ("2022-01-05T10:00:00+06:00", (datetime(2022, 1, 5, 4, tzinfo=UTC), False, None)),
        ("2022-01-05T10:00:00", (datetime(2022, 1, 5, 10, tzinfo=UTC), False, None)),
        ("20220105", (datetime(2022, 1, 5, tzinfo=UTC), True, None)),
        ("5 января 2022", (datetime(2022, 1, 5, tzinfo=UTC), True, None)),
        ("5 января 2022, 10:00 МСК", (datetime(2022, 1, 5, 7, tzinfo=UTC), False, None)),
        ("5 января 2022, 10:00", (datetime(2022, 1, 5, tzinfo=UTC), True, None)),
        ("Wed, 05 Jan 2022 10:00:00 GMT", (datetime(2022, 1, 5, 10, tzinfo=UTC), False, None)),
        ("2022-yil 5-yanvar", (datetime(2022, 1, 5, tzinfo=UTC), True, None)),
        (None, (None, False, None)),
        ("", (None, False, None)),
    ],
)
def test_dates(value: str | None, expected: tuple[object, ...]) -> None:
    assert parse_when(value) == expected


@pytest.mark.parametrize("value", ["yesterday", "2022-13-01", "0001-01-01T00:00:00+23:00", "1970-01-01", "0001-01-01"])
def test_a_date_that_is_none_is_missing_and_said_so(value: str) -> None:
    when, _, remark = parse_when(value)
    assert when is None
    assert remark is not None
    assert value[:10] in remark
    assert "taken as missing" in remark


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n", "a PDF"),
        (b"\n{\\rtf1\\ansi Talks on the lake}", "RTF"),
        (b"PK\x03\x04 word/document.xml of a report", "packed"),
        (b"\x89PNG\r\n" + bytes(range(256)) * 20, "a binary file"),
    ],
)
def test_what_is_no_plain_text_by_its_beginning_is_no_article(body: bytes, kind: str) -> None:
    rejected = reader.read_text("a.txt", body, NOON)
    assert isinstance(rejected, Rejected)
    assert kind in rejected.reason
