"""A store of the version before, brought over by `migrate`: coverage before and after, and why it differs."""

from __future__ import annotations

import csv
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commandline import run
from recounted import recounted, stored
from samples import OTHER, PARAGRAPHS
from sqlalchemy import Connection, text

from db import migrate
from db.engine import Database

GOLDEN = Path(__file__).parents[1] / "golden" / "brought_over.csv"
BEFORE = "0012"
"""The shape of stores that the version before made."""
FOLLOWED = datetime(2022, 1, 4, 10, tzinfo=UTC)

Counted = dict[tuple[str, str], tuple[int, int, int]]
"""Articles, stories and mentions by entity and period."""


@dataclass(frozen=True)
class Old:
    """An article as the version before had it; without a date it counts on the day of its collection."""

    url: str
    day: int
    words: tuple[str, ...]
    is_dated: bool = True
    seen: datetime | None = None
    """When its feed showed it first; None for one that a person brought in."""
    cluster: int | None = None


# Invented: none of this was ever published.
ARTICLES = [
    Old("https://herald.example/chairs", 5, ("The CSTO met.", *PARAGRAPHS[1:4])),
    Old("https://oasis.example/chairs", 6, ("The CSTO met.", *PARAGRAPHS[1:4]), cluster=1),
    Old("https://herald.example/ingested", 7, ("The CSTO has an archive.", OTHER[0]), is_dated=False),
    Old("https://herald.example/first", 7, ("Kazakhstan and the CSTO.", OTHER[1]), is_dated=False, seen=FOLLOWED),
    Old(
        "https://herald.example/newly",
        8,
        ("Kazakhstan, the CSTO.", OTHER[2]),
        is_dated=False,
        seen=datetime(2022, 1, 8, 9, tzinfo=UTC),
    ),
    Old("https://herald.example/twice", 9, ("CSTO, twice: the CSTO.", PARAGRAPHS[4])),
    Old("https://www.herald.example/twice", 9, ("CSTO, twice: the CSTO.", PARAGRAPHS[4]), cluster=6),
    Old("https://herald.example/dated", 10, ("Kazakhstan counts.", OTHER[3])),
]


def add(conn: Connection, table: str, **row: object) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    values = {name: str(value) if isinstance(value, datetime) else value for name, value in row.items()}
    conn.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})"), values)


def fill(conn: Connection) -> None:
    for source in ("herald", "oasis"):
        add(conn, "sources", id=source, name=source, languages="[]", origin="person", added_at=FOLLOWED)
        add(conn, "source_domains", domain=f"{source}.example", source_id=source)
    for entity, kind, label in (("csto", "alliance", "CSTO"), ("kazakhstan", "state", "Kazakhstan")):
        add(conn, "entities", id=entity, type=kind, label=label, in_seed=True)
    content = zlib.compress(b'{"entities": []}')
    state = {"entities": 2, "aliases": 2, "is_current": True}
    add(conn, "vocabulary_versions", version="v", loaded_at=FOLLOWED, content=content, **state)
    feed = {"id": 1, "source_id": "herald", "url": "https://herald.example/rss", "state": "active", "failures": 0}
    add(conn, "feeds", **feed, next_poll_at=FOLLOWED, followed_since=FOLLOWED)
    for number, article in enumerate(ARTICLES, 1):
        fill_article(conn, number, article)


def fill_article(conn: Connection, number: int, article: Old) -> None:
    at = datetime(2022, 1, article.day, 12, tzinfo=UTC)
    dates = {"published_at": at if article.is_dated else None, "published_is_day": False}
    if article.seen is not None:
        page = {"id": number, "canonical_url": article.url, "url": article.url, "host": "herald.example", "fetches": 1}
        times = {"first_seen_at": article.seen, "next_fetch_at": at, "fetched_at": at}
        add(conn, "pages", **page, **times, state="active", failures=0)
        add(conn, "sightings", feed_id=1, page_id=number, first_seen_at=article.seen, last_seen_at=at)
        answer = {"url": article.url, "fetched_at": at, "status": 200, "headers": "{}", "hints": "{}", "body": b""}
        add(conn, "captures", id=number, page_id=number, **answer, body_hash="h", size=0, stage="done", attempts=1)
    source = "oasis" if "oasis" in article.url else "herald"
    row = {"id": number, "canonical_url": article.url, "url": article.url, "source_id": source, "revision_id": number}
    counts = {"counts_on": at.date().isoformat(), "cluster_id": article.cluster or number, "language": "en"}
    add(conn, "articles", **row, **dates, **counts, collected_at=at)
    body = "\n".join(article.words)
    row = {"id": number, "article_id": number, "content_hash": f"h{number}", "observed_at": at, "text": body}
    capture = number if article.seen is not None else None
    add(conn, "revisions", **row, **dates, stage="done", capture_id=capture, language="en", vocabulary_version="v")
    for entity, words in (("csto", "CSTO"), ("kazakhstan", "Kazakhstan")):
        start = body.find(words)
        while start >= 0:
            place = {"field": "text", "start": start, "end": start + len(words), "surface": words, "alias": words}
            found = {"entity_id": entity, "rule": "exact", "level": "name", "vocabulary_version": "v"}
            add(conn, "mentions", revision_id=number, **place, **found)
            start = body.find(words, start + 1)
    add(conn, "coverage_marks", article_id=number)


def counted_before(conn: Connection) -> Counted:
    """Return what the version before counted, which knew only days."""
    query = (
        "SELECT m.entity_id, a.counts_on, count(DISTINCT a.id), count(DISTINCT a.cluster_id), count(*)"
        " FROM articles a JOIN mentions m ON m.revision_id = a.revision_id GROUP BY 1, 2"
    )
    return {(row[0], str(row[1])): (row[2], row[3], row[4]) for row in conn.execute(text(query))}


def counted_after() -> Counted:
    result = run("coverage", "csto", "kazakhstan", "--format", "json")
    assert result.exit_code == 0, result.stderr
    return {
        (row["entity"], row["period"] or "undated"): (row["articles"], row["stories"], row["mentions"])
        for row in json.loads(result.stdout)
        if row["articles"]
    }


@pytest.fixture
def old_store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Give a store of the version before, which is the one that commands use."""
    monkeypatch.setattr("cli.shared.store.configured_url", lambda: database_url)
    database = Database(database_url)
    migrate.upgrade(database, BEFORE)
    database.write(fill)
    yield database
    database.close()


def test_coverage_of_an_older_store_changes_as_is_explained(old_store: Database) -> None:
    before = old_store.read(counted_before)
    assert run("migrate").exit_code == 0
    after = counted_after()
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        golden = list(csv.DictReader(file))
    none = (0, 0, 0)
    changes = {key: (before.get(key, none), after.get(key, none)) for key in before | after}
    listed = {(row["entity"], row["period"]): (numbers(row["before"]), numbers(row["after"])) for row in golden}
    assert listed == changes
    assert all(bool(row["why"]) == (row["before"] != row["after"]) for row in golden)


def numbers(cell: str) -> tuple[int, ...]:
    """Return articles, stories and mentions as the golden file writes them."""
    return tuple(map(int, cell.split()))


def test_an_older_store_equals_a_recount_when_it_is_brought_over(old_store: Database) -> None:
    assert run("migrate").exit_code == 0
    with old_store.reading() as conn:
        assert stored(conn) == recounted(conn)


def test_nothing_changes_when_it_is_brought_over_again(old_store: Database) -> None:
    assert run("migrate").exit_code == 0
    after = counted_after()
    assert run("migrate").exit_code == 0
    assert counted_after() == after


def test_what_is_gone_from_a_day_is_in_the_undated_period_or_joined(old_store: Database) -> None:
    before = old_store.read(counted_before)
    run("migrate")
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, counted in enumerate((before, counted_after())):
        for (entity, _), (articles, _, _) in counted.items():
            sums[entity][place] += articles
    assert sums == {"csto": [7, 6], "kazakhstan": [3, 3]}, "one article had two addresses"
