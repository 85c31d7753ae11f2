"""CSV as strangers write it → records: delimiters, encodings, quotes that stay open, and files made to be large."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.lib import csv_records
from worker.lib.csv_records import BadRow, Row, csv_rows, decoded_lines

KNOWN = frozenset({"title", "text"})


def read(body: bytes) -> list[tuple[int, Row | BadRow]]:
    return list(csv_rows(io.BytesIO(body), KNOWN))


def cells(body: bytes) -> list[list[str]]:
    return [row.cells for _, row in read(body) if isinstance(row, Row)]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("title,text\nA,B\n", id="commas"),
        pytest.param("title;text\nA;B\n", id="semicolons"),
        pytest.param("title\ttext\nA\tB\n", id="tabs"),
        pytest.param("title,text\r\nA,B", id="CRLF, none at the end"),
        pytest.param("title,text\rA,B\r", id="ends of old Macs"),
        pytest.param('"title";"text"\n"A";"B"\n', id="quoted"),
        pytest.param('title, "text"\nA, "B"\n', id="a blank before the quote"),
        pytest.param("sep=;\r\ntitle;text\r\nA;B\r\n", id="the spreadsheet says it"),
        pytest.param("\n\ntitle,text\n\n,\nA,B\n\n", id="empty lines"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_it_is_read_whatever_parts_its_cells_and_letters(body: str, encoding: str) -> None:
    assert cells(body.encode(encoding)) == [["title", "text"], ["A", "B"]]


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("title,text", ","),
        ("id;title;text", ";"),
        ('"Kind, of text";title;text', ";"),
        ("title\ttext, all of it", "\t"),
        ("text", ","),
        ("a;b;c,d", ";"),
        ("", ","),
    ],
)
def test_the_header_tells_the_delimiter(header: str, delimiter: str) -> None:
    assert csv_records.choose_delimiter(header, KNOWN) == delimiter


def test_a_record_may_span_lines_and_is_numbered_by_its_first() -> None:
    body = b'title,text\n"A","one\ntwo, and ""three""\r\n"\nC,D\n'
    assert read(body) == [
        (1, Row(["title", "text"], 1)),
        (2, Row(["A", 'one\ntwo, and "three"\r\n'], 3)),
        (5, Row(["C", "D"], 1)),
    ]


def test_a_file_in_an_older_encoding_is_read_as_a_whole() -> None:
    lines = [
        "title;text",
        "Переговоры на озере;Министры встретились и говорили об учениях.",
        "Границы;Стороны молчали.",
    ]
    assert cells("\n".join(lines).encode("cp1251")) == [line.split(";") for line in lines]


def test_a_broken_byte_costs_its_letter_only() -> None:
    body = "title,text\nA,Переговоры на озере\nB,Министры ".encode() + b"\xff" + " встретились снова\n".encode()
    assert cells(body)[1:] == [["A", "Переговоры на озере"], ["B", "Министры \ufffd встретились снова"]]


def test_a_quote_that_stays_open_costs_its_line_only() -> None:
    body = b'title,text\nA,"never closed\nB,b\nC,"c, and\nmore"\n'
    _, (number, bad), *rest = read(body)
    assert (number, isinstance(bad, BadRow)) == (2, True)
    assert "never closed" in bad.reason if isinstance(bad, BadRow) else False
    assert rest == [(3, Row(["B", "b"], 1)), (4, Row(["C", "c, and\nmore"], 2))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'"He said "no" and left","B"', ['He said "no" and left', "B"]),
        (b'A,"The "Lake" talks"', ["A", 'The "Lake" talks']),
        (b'"A" ,"B"', ["A", "B"]),
        (b'A 5" pipe,B', ['A 5" pipe', "B"]),
        (b'"A ""quoted"" word","a "bare" one"', ['A "quoted" word', 'a "bare" one']),
    ],
)
def test_bare_quotes_inside_of_quotes_are_letters(line: bytes, expected: list[str]) -> None:
    assert cells(b"title,text\n" + line + b"\nC,D\n")[1:] == [expected, ["C", "D"]]


def test_quotes_that_stay_open_everywhere_cost_one_line_each() -> None:
    numbers = [number for number, row in read(b"title,text\n" + b'a"b,"c\n' * 20_000) if isinstance(row, BadRow)]
    assert numbers == list(range(2, 20_002))


def test_lines_are_not_read_again_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "MOST_RESCUED", 10_000)
    body = b"title,text\n" + (b'A,"' + b"x\n" * 1_000 + b'"y\n') * 10
    said = [row.reason for _, row in read(body) if isinstance(row, BadRow)]
    assert "1,001 lines are left out" in said[-1]


def test_a_record_without_end_is_bad_and_what_follows_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "MAX_RECORD", 1_000)
    body = b"title,text\n" + b"x" * 100_000 + b"\nA,B\n"
    assert [type(row) for _, row in read(body)] == [Row, BadRow, Row]


@pytest.mark.parametrize(
    "line", [pytest.param(b"," * 300_000, id="of one line"), pytest.param(b"a," * 2_000, id="of one record")]
)
def test_too_many_cells_are_no_record(line: bytes) -> None:
    assert [type(row) for _, row in read(b"title,text\n" + line + b"\nA,B\n")] == [Row, BadRow, Row]


def test_of_a_line_that_is_too_long_the_beginning_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_records, "MAX_RECORD", 1_000)
    (line,) = decoded_lines(io.BytesIO(b"x" * 5_000_000))
    assert 1_000 < len(line) <= 1_000 + 65_536


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=4), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_written_as_csv_is_read_back(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["title", "text"], *rows])
    kept = [row for row in rows if any(map(str.strip, row))]
    assert cells(written.getvalue().encode(encoding))[1:] == kept


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert all(number >= 1 for number, _ in read(body))
