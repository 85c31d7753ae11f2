"""A golden file for every kind of export: the same bytes from both databases, today and tomorrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from samplestore import NOON, VERSION, Sample, store_of
from sqlalchemy import Connection, insert, update

from db.engine import Database
from db.exports.read import Filters, iter_csv
from db.models import Article, ClusterLink, MatchRow, Revision, Subscription
from worker.export.formats.columns import COLUMNS
from worker.export.formats.csv_lines import header

GOLDEN = Path(__file__).parents[2] / "golden" / "exports"
HERALD, OASIS = "https://herald.example/a", "https://oasis.example/a,b?c=%22d%22"

# Invented: none of this was ever published.
SAMPLES = [
    Sample(
        HERALD,
        title='=HYPERLINK("https://evil.example"), "quoted"',
        text="CSTO leaves; Kazakhstan stays.\n-1+1 CSTO",
        says=(("CSTO", "csto"), ("Kazakhstan", "kazakhstan")),
        author="'A. Invented",
    ),
    Sample(
        OASIS,
        "oasis-wire",
        title="  +Ташкент\r\nи\u200f Turan \U0001f600",
        text="Turan. CSTO.",
        says=(("Turan", "turan"), ("CSTO", "csto")),
        published_at=datetime(2022, 1, 6, tzinfo=UTC),
        is_day=True,
        language="ru",
        genre=None,
        copies=HERALD,
    ),
    Sample("https://meadow.example/", "meadow.example", title=None, text="Nothing.", published_at=None, language=None),
    Sample(
        "https://meadow.example/", "meadow.example", title="", text="Nothing much.", published_at=None, language=None
    ),
]


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    database.write(_add)
    yield database
    database.close()


def _add(conn: Connection) -> None:
    """Add what the sample store does not make by itself: a link, scope, a subscription and its match."""
    conn.execute(update(Article).where(Article.id == 1).values(in_scope=True))
    conn.execute(update(Revision).where(Revision.id == 1).values(in_scope=True))
    link = {"revision_a": 1, "revision_b": 2, "containment": 2 / 3, "jaccard": 0.03125, "shared": 17}
    conn.execute(insert(ClusterLink).values(link | {"relation": "copy", "method": "word-4-grams/1"}))
    asked = {"name": "@csto", "kind": "query", "query": 'csto NOT "turan"', "cadence": "at once", "max_age_h": 48}
    conn.execute(insert(Subscription).values(asked | {"id": 1, "created_at": NOON, "version": 1}))
    fired = [["title", 0, 4, "=CSTO", "csto"], ["text", 0, 4, "ОДКБ", "csto"]]
    match = {"subscription_id": 1, "event": "revision 1", "article_id": 1, "revision_id": 1, "status": "news"}
    conn.execute(insert(MatchRow).values(match | {"because": fired, "matched_at": NOON}))
    silence = {"subscription_id": 1, "event": "silence of oasis-wire since 2022-01-05", "status": "news"}
    conn.execute(insert(MatchRow).values(silence | {"because": [], "matched_at": NOON}))


@pytest.mark.parametrize("kind", COLUMNS)
def test_an_export_is_its_golden_file(store: Database, kind: str) -> None:
    assert VERSION == "0a1b2c"
    with store.snapshot() as conn:
        written = header(COLUMNS[kind]).encode() + b"".join(lines for lines, _ in iter_csv(conn, kind, Filters()))
    assert written.decode() == (GOLDEN / f"{kind}.csv").read_bytes().decode()
