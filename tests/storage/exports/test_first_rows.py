"""The first rows of an export are the beginning of the whole, however few days have them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from samplestore import NOON, Sample, fill, store_of
from sqlalchemy import text

from db.articles.word_index import record_words
from db.engine import Database
from db.enums.exports import ExportDetail, ExportKind
from db.exports.read import Filters
from worker.export.preview import read_first_rows
from worker.export.request import ExportRequest
from worker.export.run import ExportRefused, open_export, preview
from worker.matching.word_index import index_terms

# Invented: none of this was ever published.
CSTO, TURAN = ("CSTO", "csto"), ("Turan", "turan")
FIRST = datetime(2022, 1, 3, 12, tzinfo=UTC)
COUNT = 30


def sample(number: int) -> Sample:
    """Return an article: three a week, every fifth without a date, every fourth a reprint of the one before."""
    at = None if number % 5 == 4 else FIRST + timedelta(days=7 * (number // 3))
    copies = f"https://herald.example/{number - 1}" if number % 4 == 3 else None
    words = f"CSTO and Turan, bridge {number}." if number % 2 else f"CSTO, river {number}."
    says = (CSTO, TURAN) if number % 2 else (CSTO,)
    return Sample(f"https://herald.example/{number}", text=words, says=says, published_at=at, copies=copies)


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    database = store_of(store_url, [sample(number) for number in range(COUNT)])
    fill(database, [Sample("https://herald.example/1", text="CSTO, bridge, another text.", says=(CSTO,))])
    words = {number + 1: index_terms("A quiet week", sample(number).text, "en") for number in range(COUNT)}
    database.write(lambda conn: record_words(conn, words))
    yield database
    database.close()


def first_rows(store: Database, request: ExportRequest, most: int) -> list[tuple[object, ...]]:
    _, rows = read_first_rows(store, request, now=NOON, seconds=60, most=most)
    return [tuple(row) for row in rows]


REQUESTS = [
    *(ExportRequest(kind=kind) for kind in ExportKind if kind is not ExportKind.MATCHES),
    ExportRequest(kind=ExportKind.REVISIONS, detail=ExportDetail.DIFF),
    ExportRequest(kind=ExportKind.COVERAGE, filters=Filters(since=date(2022, 1, 4), until=date(2022, 2, 10))),
    ExportRequest(kind=ExportKind.COOCCURRENCE, filters=Filters(since=date(2021, 1, 4))),
    ExportRequest(kind=ExportKind.COVERAGE, filters=Filters(since=date(2031, 1, 4))),
    ExportRequest(kind=ExportKind.ARTICLES, query="bridge"),
    ExportRequest(kind=ExportKind.MENTIONS, query="csto NOT river"),
    ExportRequest(kind=ExportKind.REVISIONS, query="turan OR another"),
    ExportRequest(kind=ExportKind.CLUSTERS, query="bridge"),
    ExportRequest(kind=ExportKind.ARTICLES, query="nowhere"),
]


def test_the_first_rows_are_the_beginning_of_the_export(store: Database) -> None:
    for request in REQUESTS:
        with open_export(store, request, now=NOON) as export:
            columns, every = preview(export, 10_000)
        for most in (1, 3, 20, 1_000):
            assert first_rows(store, request, most) == every[:most], (request, most)
        assert read_first_rows(store, request, now=NOON, seconds=60, most=1)[0] == columns


def test_nothing_stays_open_at_the_server_when_rows_are_left_unread(store: Database) -> None:
    wide = ExportRequest(kind=ExportKind.COVERAGE, wide=True)
    for request in (*(request for request in REQUESTS if not request.query), wide):
        with open_export(store, request, now=NOON) as export:
            preview(export, 1)
            if export.conn.dialect.name == "postgresql":
                assert export.conn.scalars(text("SELECT statement FROM pg_cursors")).all() == [], request


def test_a_query_that_cannot_be_read_is_refused(store: Database) -> None:
    with pytest.raises(ExportRefused, match="the query cannot be read"):
        first_rows(store, ExportRequest(kind=ExportKind.ARTICLES, query="csto AND ("), 3)
    with pytest.raises(ExportRefused, match="cannot be filtered by a query"):
        first_rows(store, ExportRequest(kind=ExportKind.SOURCES, query="csto"), 3)
