"""Pages of rows: all of them together are the rows of the export, however they are looked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from samplestore import Sample, fill, store_of

from db.engine import Database
from db.enums.exports import ExportKind
from db.exports import pages
from db.exports.pages import key_types, read_page
from db.exports.read import Filters, iter_rows
from web.shared.cursors import read_cursor, write_cursor

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
}
KINDS = [ExportKind.ARTICLES, ExportKind.REVISIONS, ExportKind.MENTIONS, ExportKind.CLUSTERS]


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    fill(database, [Sample(SAMPLES[2].url, SAMPLES[2].source, title="edited", text="Turan, CSTO.", says=SAYS)])
    yield database
    database.close()


def all_pages(store: Database, kind: ExportKind, filters: Filters, limit: int) -> tuple[list[Any], int]:
    """Return the rows of all pages, and how many pages there were; each key goes through a cursor."""
    rows: list[Any] = []
    after, number = None, 0
    with store.snapshot() as conn:
        while number == 0 or after is not None:
            page = read_page(conn, kind, filters, after=after, limit=limit)
            assert len(page.rows) <= limit
            rows += page.rows
            after = page.after and read_cursor("x", write_cursor("x", page.after), key_types(kind))
            number += 1
    return rows, number


def in_any_order(rows: Any) -> list[str]:
    return sorted(repr(tuple(row.values())) for row in rows)


@pytest.mark.parametrize("few", [0, 3_000])
@pytest.mark.parametrize("kind", KINDS)
def test_all_pages_are_the_rows_of_the_export(
    store: Database, kind: ExportKind, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "FEW", few)
    monkeypatch.setattr(pages, "_WINDOW", 2)
    monkeypatch.setattr(pages, "WALKED", dict.fromkeys(pages.WALKED, 4))
    for name, filters in FILTERS.items():
        with store.snapshot() as conn:
            exported = [row._asdict() for row in iter_rows(conn, kind, filters)]
        for limit in (1, 3, 100):
            rows, number = all_pages(store, kind, filters, limit)
            assert in_any_order(rows) == in_any_order(exported), (name, limit)
            assert number <= 12 + len(rows), (name, limit)
