"""`source suggest`: hosts that articles link to and aggregators name, counted once for each article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from alertdesk import VOCABULARY
from commandline import run
from outletstore import ADDED_AT, add_outlet
from samples import NOON, document
from sqlalchemy import select, update

from db.collection.captures import CaptureIn, compress, record_captures
from db.collection.pages.entries import EntryIn, record_entries
from db.collection.sources.linked_hosts import forget_links
from db.engine import Database
from db.models import Capture, Feed, LinkedHost, Source
from worker.chain.pipeline import Pipeline
from worker.chain.service import process_captures
from worker.setup import load_vocabulary

WIRE = "https://wire.example/rss"
WORDS = "The chairs by the lake were folded at noon, and the soldiers of both sides carried them away in silence. "


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """Give the store that commands use, with two outlets and an aggregator."""
    database = Database(store_url)
    database.write(lambda conn: load_vocabulary(conn, VOCABULARY, now=NOON))
    for outlet in ("herald", "oasis"):
        database.write(lambda conn, outlet=outlet: add_outlet(conn, outlet))  # type: ignore[misc]
    database.write(lambda conn: add_outlet(conn, "wire", [WIRE]))
    aggregator = update(Source).where(Source.id == "wire").values(kind="aggregator")
    database.write(lambda conn: conn.execute(aggregator))
    yield database
    database.close()


def bring(store: Database, outlet: str, number: int, *links: str, words: str = WORDS) -> list[str]:
    """Fetch a page with links and have it understood; return how that ended."""
    url = f"https://{outlet}.example/{number}"
    anchors = " ".join(f"<a href='{link}'>there</a>" for link in links)
    paragraphs = f"<p>{words * 8} Number {number} of {outlet}. {anchors}</p>"
    body = f"<html><body><article><h1>Chairs {number}</h1>{paragraphs}</article></body></html>".encode()
    capture = CaptureIn(
        page_id=None,
        source_id=outlet,
        url=url,
        fetched_at=NOON,
        status=200,
        content_type="text/html; charset=utf-8",
        headers={},
        hints={},
        body=body,
        body_hash="0" * 32,
    )
    store.write(lambda conn: record_captures(conn, [(capture, compress(body))]))
    newest = store.read(lambda conn: conn.scalar(select(Capture.id).order_by(Capture.id.desc()).limit(1)))
    assert newest is not None
    chain = Pipeline(store, clock=lambda: NOON)
    return [end.outcome for end in (*process_captures(chain, [newest]), *process_captures(chain, [newest]))]


def suggested(*options: str) -> dict[str, dict[str, Any]]:
    result = run("source", "suggest", *options)
    assert result.exit_code == 0, result.stderr
    rows = map(json.loads, result.stdout.splitlines())
    return {row["host"]: row for row in rows}


def test_hosts_that_most_outlets_link_to_come_first(store: Database) -> None:
    assert bring(store, "herald", 1, "https://dune.test/1", "https://reed.test/1") == ["new"]
    bring(store, "herald", 2, "https://www.dune.test/2", "https://oasis.example/1", "https://twitter.com/x")
    bring(store, "oasis", 1, "https://reed.test/2")
    found = suggested()
    assert list(found) == ["reed.test", "dune.test"]
    assert found["dune.test"] == {
        "host": "dune.test",
        "outlets": 1,
        "articles": 2,
        "entries": 0,
        "named_by": ["herald"],
        "last_at": "2022-01-06T12:00:00Z",
        "example": "https://www.dune.test/2",
        "add": "steppewatch source add https://dune.test",
    }
    assert found["reed.test"]["named_by"] == ["herald", "oasis"]
    assert list(suggested("--limit", "1")) == ["reed.test"]


def test_an_article_counts_once_however_often_it_is_fetched(store: Database) -> None:
    bring(store, "herald", 1, "https://dune.test/1")
    assert bring(store, "herald", 1, "https://dune.test/1") == ["seen_again"]
    more = WORDS + "They left by noon. "
    assert bring(store, "herald", 1, "https://dune.test/1", "https://reed.test/1", words=more) == ["revised"]
    assert {host: row["articles"] for host, row in suggested().items()} == {"dune.test": 1}


def test_what_is_collected_or_removed_is_no_suggestion(store: Database) -> None:
    bring(store, "herald", 1, "https://dune.test/1", "https://reed.test/1", "https://moss.test/1")
    store.write(lambda conn: add_outlet(conn, "dune", domain="dune.test"))
    store.write(lambda conn: add_outlet(conn, "reed", domain="reed.test"))
    run("source", "remove", "reed", "--with-articles", "--confirm")
    assert list(suggested()) == ["moss.test"]


def test_an_outlet_that_was_only_found_in_a_document_is_one(store: Database) -> None:
    bring(store, "herald", 1, "https://dune.test/1")
    found = replace(document("https://dune.test/9", body=WORDS), source=None)
    Pipeline(store, clock=lambda: NOON).process([found])
    assert list(suggested()) == ["dune.test"]


def test_hosts_that_aggregators_lead_to_are_named(store: Database) -> None:
    urls = ["https://dune.test/1", "https://www.dune.test/2", "https://wire.example/3", "https://herald.example/1"]
    entries = [EntryIn(canonical_url=url, url=url, title="On the lake") for url in urls]
    feed_id = store.read(lambda conn: conn.scalar(select(Feed.id))) or 0
    store.write(lambda conn: record_entries(conn, feed_id=feed_id, source_id="wire", entries=entries, seen_at=ADDED_AT))
    assert {host: (row["articles"], row["entries"]) for host, row in suggested().items()} == {"dune.test": (0, 2)}


def test_nothing_to_suggest_is_said(store: Database) -> None:
    assert run("source", "suggest", "--format", "table").stdout == "no host to suggest\n"
    bring(store, "herald", 1, "https://dune.test/1")
    assert "https://dune.test/1" in run("source", "suggest", "--format", "table").stdout


def test_hosts_that_are_linked_to_no_more_are_forgotten(store: Database) -> None:
    bring(store, "herald", 1, "https://dune.test/1", "https://reed.test/1")
    assert store.write(lambda conn: forget_links(conn, before=NOON)) == 0
    assert store.write(lambda conn: forget_links(conn, before=NOON + timedelta(days=1), limit=1)) == 1
    assert store.write(lambda conn: forget_links(conn, before=NOON + timedelta(days=1))) == 1
    assert store.read(lambda conn: conn.scalar(select(LinkedHost.host))) is None
