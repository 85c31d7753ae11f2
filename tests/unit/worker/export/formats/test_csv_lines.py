"""CSV: what RFC 4180 asks, what spreadsheets must not run, and that it reads back exactly."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.export.formats.column import Column, ColumnKind
from worker.export.formats.columns import COLUMNS
from worker.export.formats.csv_lines import count_lines, guard, header, stream_csv, unguard

AB = (Column(name="a", meaning="a text"), Column(name="b", meaning="anything"))
ACTIVE = re.compile(r"""[\x00-\x20"']*[=+\-@＝＋－＠]|[\t\r\n]""")
TEXTS = st.text(st.characters(codec="utf-8")) | st.text("=+-@'\t\r\n\",; ab\0", max_size=12)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param(None, "", id="unknown"),
        pytest.param("", '""', id="empty"),
        pytest.param("Қазақстан", '"Қазақстан"', id="text"),
        pytest.param("-7", '"\'-7"', id="a text that looks like a negative number"),
        pytest.param("=HYPERLINK(A1)", '"\'=HYPERLINK(A1)"', id="formula"),
        pytest.param("＝1+1", '"\'＝1+1"', id="full-width formula"),
        pytest.param("  =1", '"\'  =1"', id="formula after spaces"),
        pytest.param('"=1', '"\'""=1"', id="formula after a quote"),
        pytest.param("\x01\u0009@x", '"\'\x01\t@x"', id="formula after what nobody sees"),
        pytest.param("\tx", '"\'\tx"', id="tab"),
        pytest.param("=a,b", '"\'=a,b"', id="formula with a comma"),
        pytest.param("\r=1", '"\'\r=1"', id="carriage return"),
        pytest.param("\n=1", '"\'\n=1"', id="line feed"),
        pytest.param("'tis", "\"''tis\"", id="apostrophe"),
        pytest.param("a=b", '"a=b"', id="a sign inside is harmless"),
        pytest.param('say "no", twice', '"say ""no"", twice"', id="quotes and a comma"),
        pytest.param("one\r\ntwo", '"one\r\ntwo"', id="lines"),
    ],
)
def test_how_a_text_is_written(value: object, cell: str) -> None:
    assert "".join(stream_csv(AB, [("first", value)])) == f'a,b\r\n"first",{cell}\r\n'
    assert "".join(stream_csv(AB, [(value, "last")])) == f'a,b\r\n{cell},"last"\r\n'


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        pytest.param(ColumnKind.FLAG, True, "true", id="true"),
        pytest.param(ColumnKind.FLAG, False, "false", id="false"),
        pytest.param(ColumnKind.FLAG, 1, "true", id="true as a database may say it"),
        pytest.param(ColumnKind.FLAG, None, "", id="neither"),
        pytest.param(ColumnKind.INTEGER, -7, "-7", id="a negative number is no formula"),
        pytest.param(ColumnKind.NUMBER, "-0.5000", "-0.5000", id="fraction"),
        pytest.param(ColumnKind.INSTANT, "2022-01-06T10:00:00Z", "2022-01-06T10:00:00Z", id="instant"),
        pytest.param(ColumnKind.DAY, date(2022, 1, 6), "2022-01-06", id="a day"),
        pytest.param(ColumnKind.MOMENT, None, "", id="unknown"),
    ],
)
def test_everything_else_is_never_quoted(kind: ColumnKind, value: object, cell: str) -> None:
    columns = (
        Column(name="n", meaning="a number", kind=ColumnKind.INTEGER),
        Column(name="it", meaning="tested", kind=kind),
    )
    assert "".join(stream_csv(columns, [(1, value)])) == f"n,it\r\n1,{cell}\r\n"


def test_a_column_may_be_called_anything() -> None:
    assert header([Column(name="day", meaning="a day"), Column(name="=x", meaning="an entity")]) == 'day,"\'=x"\r\n'


def test_an_empty_export_has_its_header() -> None:
    assert "".join(stream_csv(AB, [])) == "a,b\r\n"


def test_rows_are_asked_for_as_they_are_written() -> None:
    asked: list[int] = []

    def rows() -> Iterator[tuple[int, int]]:
        for number in range(5_000):
            asked.append(number)
            yield (number, number)

    chunks = stream_csv(AB, rows())
    next(chunks)
    assert not asked
    next(chunks)
    assert 0 < len(asked) < 5_000


@given(TEXTS)
@settings(max_examples=100)
def test_the_guard_can_be_undone_exactly(text: str) -> None:
    assert unguard(guard(text)) == text


@given(TEXTS)
@settings(max_examples=100)
def test_what_could_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert guard(text).startswith("'") or not ACTIVE.match(text)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers()), max_size=8))
@settings(max_examples=100)
def test_a_reader_gets_back_every_text(rows: list[tuple[str, str, int]]) -> None:
    columns = (*AB, Column(name="n", meaning="a number", kind=ColumnKind.INTEGER))
    document = "".join(stream_csv(columns, rows)).encode()
    first, *read = csv.reader(io.StringIO(document.decode(), newline=""))
    assert first == ["a", "b", "n"]
    assert [(unguard(a), unguard(b), int(n)) for a, b, n in read] == rows


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_is_named_once_and_explained(kind: str) -> None:
    names = [column.name for column in COLUMNS[kind]]
    assert len(set(names)) == len(names)
    assert all(column.meaning for column in COLUMNS[kind])


def test_long_rows_are_handed_on_sooner_and_each_is_counted() -> None:
    long = "line\r\n" * 100_000
    chunks = list(count_lines(AB, [(long, n) for n in range(5)]))
    assert [lines for _, lines in chunks] == [2, 2, 1]
    assert b"".join(chunk for chunk, _ in chunks).decode() == "".join(stream_csv(AB, [(long, n) for n in range(5)]))[5:]
