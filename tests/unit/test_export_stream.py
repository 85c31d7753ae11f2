"""CSV: what RFC 4180 asks, what spreadsheets must not run, and that it reads back exactly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.export.columns import COLUMNS, Column, Kind
from worker.export.stream import guard, stream_csv, unguard

AB = (Column("a", "a text"), Column("b", "anything"))
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
TEXTS = st.text(st.characters(codec="utf-8")) | st.text("=+-@'\t\r\n\",; ab", max_size=12)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param(None, "", id="unknown"),
        pytest.param(7, "7", id="number"),
        pytest.param(-7, "-7", id="a negative number is no formula"),
        pytest.param(-0.5, "-0.5", id="fraction"),
        pytest.param(date(2022, 1, 5), "2022-01-05", id="day"),
        pytest.param("Қазақстан", "Қазақстан", id="text"),
        pytest.param("-7", "'-7", id="a text that looks like a negative number"),
        pytest.param("=HYPERLINK(A1)", "'=HYPERLINK(A1)", id="formula"),
        pytest.param("＝1+1", "'＝1+1", id="full-width formula"),
        pytest.param("\tx", "'\tx", id="tab"),
        pytest.param("=a,b", '"\'=a,b"', id="formula in quotes"),
        pytest.param("\r=1", '"\'\r=1"', id="carriage return"),
        pytest.param("\n=1", '"\'\n=1"', id="line feed"),
        pytest.param("'tis", "''tis", id="apostrophe"),
        pytest.param("a=b", "a=b", id="a sign inside is harmless"),
        pytest.param('say "no", twice', '"say ""no"", twice"', id="quotes and a comma"),
        pytest.param("one\r\ntwo", '"one\r\ntwo"', id="lines"),
    ],
)
def test_how_a_value_is_written(value: object, cell: str) -> None:
    assert "".join(stream_csv(AB, [("first", value)])) == f"a,b\r\nfirst,{cell}\r\n"
    assert "".join(stream_csv(AB, [(value, "last")])) == f"a,b\r\n{cell},last\r\n"


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        pytest.param(Kind.FLAG, True, "true", id="true"),
        pytest.param(Kind.FLAG, False, "false", id="false"),
        pytest.param(Kind.FLAG, 1, "true", id="true as a database may say it"),
        pytest.param(Kind.FLAG, None, "", id="neither"),
        pytest.param(Kind.MOMENT, datetime(2022, 1, 6, 10, 0, 0, 999_999, UTC), "2022-01-06T10:00:00Z", id="seconds"),
        pytest.param(
            Kind.MOMENT,
            datetime(2022, 1, 6, 4, 30, tzinfo=timezone(timedelta(hours=6))),
            "2022-01-05T22:30:00Z",
            id="another zone",
        ),
        pytest.param(Kind.MOMENT, datetime(814, 1, 6, tzinfo=UTC), "0814-01-06T00:00:00Z", id="long ago"),
        pytest.param(Kind.MOMENT, date(2022, 1, 5), "2022-01-05", id="a day"),
        pytest.param(Kind.MOMENT, None, "", id="unknown"),
    ],
)
def test_how_instants_and_truth_are_written(kind: Kind, value: object, cell: str) -> None:
    columns = (Column("n", "a number"), Column("it", "tested", kind))
    assert "".join(stream_csv(columns, [(1, value)])) == f"n,it\r\n1,{cell}\r\n"


def test_an_empty_export_has_its_header() -> None:
    assert "".join(stream_csv(AB, [])) == "a,b\r\n"


def test_a_naive_instant_is_refused() -> None:
    columns = (Column("at", "when", Kind.MOMENT),)
    with pytest.raises(ValueError, match="naive"):
        list(stream_csv(columns, [(datetime(2022, 1, 6),)]))  # noqa: DTZ001 - the mistake itself


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
def test_no_guarded_text_begins_like_a_formula(text: str) -> None:
    assert not guard(text).startswith(ACTIVE)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers()), max_size=8))
@settings(max_examples=100)
def test_a_reader_gets_back_every_text(rows: list[tuple[str, str, int]]) -> None:
    columns = (*AB, Column("n", "a number"))
    document = "".join(stream_csv(columns, rows)).encode()
    first, *read = csv.reader(io.StringIO(document.decode(), newline=""))
    assert first == ["a", "b", "n"]
    assert [(unguard(a), unguard(b), int(n)) for a, b, n in read] == rows
    assert not [cell for a, b, _ in read for cell in (a, b) if cell.startswith(ACTIVE)]


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_is_named_once_and_explained(kind: str) -> None:
    names = [column.name for column in COLUMNS[kind]]
    assert len(set(names)) == len(names)
    assert all(column.meaning for column in COLUMNS[kind])
