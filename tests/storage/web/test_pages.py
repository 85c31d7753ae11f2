"""Pages of rows: all of them together are the rows of the export, however they are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
from samplestore import Sample, fill, store_of
from sqlalchemy import Connection

from db.articles.word_index import record_words
from db.engine import Database
from db.enums.exports import ExportKind
from db.exports import row_articles
from db.exports.page_keys import key_types
from db.exports.read import Filters, iter_rows
from web.shared.cursors import read_cursor, write_cursor
from worker.export.by_query import matching as matching_articles
from worker.matching.word_index import index_terms
from worker.search.pages import rows as row_pages
from worker.search.pages.rows import RowQuestion, list_rows

SAYS = (("CSTO", "csto"), ("Turan", "turan"))
# Invented: none of this was ever published.
SAMPLES = [
    Sample(
        f"https://{'herald' if number % 3 else 'oasis'}.example/{number}",
        "steppe-herald" if number % 3 else "oasis-wire",
        text=f"CSTO, CSTO{', Turan' if number % 2 else ''}: {number}.",
        says=SAYS if number % 4 else (),
        published_at=datetime(2022, 1, 1 + 7 * number % 28, tzinfo=UTC),
        language="ru" if number % 5 == 0 else "en",
        copies="https://herald.example/1" if number in (4, 7, 9) else None,
    )
    for number in range(12)
]
FILTERS = {
    "all": Filters(),
    "entity": Filters(entities=["turan"]),
    "entities": Filters(entities=["turan", "csto"]),
    "outlet": Filters(sources=["oasis-wire"]),
    "language": Filters(languages=["ru"]),
    "days": Filters(since=date(2022, 1, 3), until=date(2022, 1, 15)),
    "many": Filters(entities=["csto"], sources=["steppe-herald"], since=date(2022, 1, 2)),
    "nothing": Filters(entities=["kazakhstan"]),
    "reprints": Filters(reprints_of=["any"]),
    "reprints of": Filters(reprints_of=["steppe-herald"], languages=["en"]),
    "originals": Filters(reprinted_by=["oasis-wire"], entities=["csto"]),
    "together": Filters(together=["csto", "turan"]),
    "level": Filters(level="name", entities=["csto", "turan"]),
}
KINDS = [ExportKind.ARTICLES, ExportKind.REVISIONS, ExportKind.MENTIONS, ExportKind.CLUSTERS]


def in_any_order(rows: Any) -> list[str]:
    return sorted(repr(tuple(row.values())) for row in rows)


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """Give a store in which the words of most articles are indexed."""
    database = store_of(store_url, SAMPLES)
    fill(database, [Sample(SAMPLES[2].url, SAMPLES[2].source, title="edited", text="Turan, CSTO.", says=SAYS)])
    words = {number: index_terms("A quiet week", SAMPLES[number - 1].text, "en") for number in range(1, 11)}
    database.write(lambda conn: record_words(conn, words))
    yield database
    database.close()


SOME_FILTERS = {name: FILTERS[name] for name in ("all", "entities", "outlet", "many")}
QUERIES = ("turan", "NOT turan", "csto AND (turan OR 7)", "nobody", 'author:"nobody"', "lang:ru")


@pytest.mark.parametrize("few", [0, 3_000])
@pytest.mark.parametrize("kind", KINDS)
def test_all_pages_are_the_rows_of_the_export(
    store: Database, kind: ExportKind, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FEW", "_FEW_HOLDERS"):
        monkeypatch.setattr(row_articles, name, few)
    monkeypatch.setattr(row_articles, "_FIRST_BATCH", 2)
    monkeypatch.setattr(row_articles, "_FIRST_WINDOW", 2)
    monkeypatch.setattr(row_pages, "_JUDGED", 2)
    with store.snapshot() as conn:
        for query, (name, filters) in [*product([""], FILTERS.items()), *product(QUERIES, SOME_FILTERS.items())]:
            matching = [row.article_id for row in matching_articles(conn, filters, query)] if query else None
            exported = [row._asdict() for row in iter_rows(conn, kind, replace(filters, article_ids=matching))]
            for limit, is_over in ((2, True), (100, False)):
                rows = all_pages(conn, kind, filters, query, limit, is_over=is_over)
                assert in_any_order(rows) == in_any_order(exported), (query, name, limit)


def all_pages(
    conn: Connection, kind: ExportKind, filters: Filters, query: str, limit: int, *, is_over: bool
) -> list[Any]:
    """Return the rows of all pages, whose keys always advance; each key goes through a cursor."""
    rows: list[Any] = []
    after: Any = None
    while True:
        asked = RowQuestion(kind=kind, filters=filters, query=query, after=after, limit=limit)
        page = list_rows(conn, asked, is_over=lambda: is_over)
        assert len(page.rows) <= limit
        rows += page.rows
        if page.after is None:
            return rows
        assert page.after != after
        after = read_cursor("x", write_cursor("x", page.after), key_types(kind))
