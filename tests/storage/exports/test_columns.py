"""A query that does not fit the declared columns writes no file: a cell under a wrong name would be worse than none."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from exported import NOW, SAMPLES, silently
from samplestore import store_of
from sqlalchemy import Connection, literal

from db.articles.filters import Filters, Rows
from db.engine import Database
from db.exports import read
from db.exports.read import ColumnsDiffer, Detail, check_columns
from worker.export.formats import columns
from worker.export.formats.column import Column
from worker.export.formats.columns import COLUMNS
from worker.export.formats.csv_lines import count_lines
from worker.export.request import ExportRequest
from worker.export.run import ExportRefused, open_export, write


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Database]:
    """Give a store with three articles."""
    database = store_of(sqlite_url, SAMPLES)
    yield database
    database.close()


def written(store: Database, request: ExportRequest) -> bytes:
    """Return what an export leaves in its file, whether it fails or not."""
    file = io.BytesIO()
    try:
        with open_export(store, request, now=NOW) as export:
            write(export, file, silently)
    except ExportRefused:
        assert file.getvalue() == b""
        raise
    return file.getvalue()


def test_every_export_selects_its_declared_columns(store: Database) -> None:
    for kind, declared in COLUMNS.items():
        assert written(store, ExportRequest(kind=kind)).startswith(declared[0].name.encode())
    for detail, (kind, added) in columns.DETAILS.items():
        assert added[-1].name.encode() in written(store, ExportRequest(kind=kind, detail=detail))


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_declared_column_that_is_not_selected_refuses_the_export(
    store: Database, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    for kind, declared in COLUMNS.items():
        monkeypatch.setattr(columns, "COLUMNS", {kind: (*declared, Column(name="shelf_mark", meaning="invented"))})
        with pytest.raises(ExportRefused, match=f"the query of {kind} .*it does not select shelf_mark"):
            written(store, replace(ExportRequest(kind=kind), format=format))


def changed(monkeypatch: pytest.MonkeyPatch, kind: str, change: Callable[[Rows], Rows]) -> None:
    made = read._QUERIES[kind]

    def other(conn: Connection, filters: Filters) -> Rows:
        return change(made(conn, filters))

    monkeypatch.setattr(read, "_QUERIES", {**read._QUERIES, kind: other})


def test_columns_in_another_order_refuse_the_export(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def swapped(query: Rows) -> Rows:
        first, second, *rest = query.selected_columns
        return query.with_only_columns(second, first, *rest, maintain_column_froms=True)

    for kind in COLUMNS:
        changed(monkeypatch, kind, swapped)
        first, second = (column.name for column in COLUMNS[kind][:2])
        with pytest.raises(ExportRefused, match=f"it selects {second} where {first} is declared"):
            written(store, ExportRequest(kind=kind))


def test_a_column_too_many_refuses_the_export(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, "articles", lambda query: query.add_columns(literal(1).label("odd")))
    with pytest.raises(ExportRefused, match="it selects odd, which no column is declared for"):
        written(store, ExportRequest(kind="articles"))


def test_a_detail_with_another_column_refuses_the_export(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, added = columns.DETAILS["diff"]
    monkeypatch.setattr(columns, "DETAILS", {**columns.DETAILS, "diff": (kind, (*added[1:], added[0]))})
    with pytest.raises(ExportRefused, match="revisions with diff"):
        written(store, ExportRequest(kind=kind, detail="diff"))


def test_lines_are_refused_before_the_first_is_read(store: Database) -> None:
    with store.snapshot() as conn, pytest.raises(ColumnsDiffer):
        read.iter_csv(conn, "articles", Filters(), Detail(), columns=["article_id"])


@pytest.mark.parametrize(
    ("selected", "declared", "fault"),
    [
        (["a", "b"], ["a", "b", "c"], "does not select c"),
        (["a", "x"], ["a", "b"], "does not select b; it selects x"),
        (["b", "a"], ["a", "b"], "selects b where a is declared"),
        (["a", "b", "b"], ["a", "b"], "selects b where nothing is declared"),
        ([], ["a"], "does not select a"),
    ],
)
def test_what_is_wrong_with_columns_is_said(selected: list[str], declared: list[str], fault: str) -> None:
    with pytest.raises(ColumnsDiffer, match=fault):
        check_columns("articles", selected, declared)
    check_columns("articles", declared, declared)


@pytest.mark.parametrize("row", [(1,), (1, 2, 3)])
def test_a_row_of_another_length_is_refused(row: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="values for 2 columns"):
        list(count_lines((Column(name="a", meaning="one"), Column(name="b", meaning="two")), [row]))
