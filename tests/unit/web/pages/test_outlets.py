"""The pages of outlets: their state, what may be missing, and whom they copy."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from asgi import Answer, get
from samplestore import NOON, Sample, empty_store, fill
from sqlalchemy import update
from webpages import words_of

from db.collection.feeds.days import ListingPolled, record_poll_of_day
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import Source
from web.app import create_app
from web.pages import outlets

NOW = NOON + timedelta(hours=2)
FIRST = Sample("https://herald.example/1", title="On maps", text="CSTO.", says=(("CSTO", "csto"),))
COPY = Sample("https://oasis.example/1", source="oasis-wire", title="On maps again", copies=FIRST.url)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


def page(store: Database, path: str) -> Answer:
    path, _, query = path.partition("?")
    return get(create_app(store, now=lambda: NOW), path.replace("%20", " "), query=query)


def record(store: Database, path: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(page(store, path).body)
    return found


def test_the_list_has_each_outlet_with_its_number_of_articles(store: Database) -> None:
    fill(store, [FIRST, COPY])
    rows = {row["id"]: row for row in json.loads(page(store, "/outlets?format=json").body)}
    assert {id: row["articles"] for id, row in rows.items()} == {
        "steppe-herald": 1,
        "oasis-wire": 1,
        "meadow.example": 0,
    }
    assert 'href="/search?source=steppe-herald"' in page(store, "/outlets").text


def test_the_list_of_one_state_has_no_others(store: Database) -> None:
    store.write(lambda conn: add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOW))
    rows = csv.DictReader(page(store, "/outlets?format=csv&state=never+polled").text.splitlines())
    assert [row["id"] for row in rows] == ["oasis-wire"]


def test_reprints_are_counted_in_both_directions(store: Database) -> None:
    fill(store, [FIRST, COPY])
    echo = record(store, "/outlets/oasis-wire?format=json")["echo"]
    assert isinstance(echo, dict)
    assert (echo["articles"], echo["copied"], echo["reprints"], echo["echo_share"]) == (1, 1, 0, 1.0)
    assert echo["copies_from"] == [{"source": "steppe-herald", "name": "Steppe Herald", "articles": 1}]
    back = record(store, "/outlets/steppe-herald?format=json")["echo"]
    assert isinstance(back, dict)
    assert (back["copied"], back["reprints"]) == (0, 1)
    assert back["copied_by"] == [{"source": "oasis-wire", "name": "Oasis Wire", "articles": 1}]


def test_the_chart_shows_the_numbers_of_the_table(store: Database) -> None:
    fill(store, [FIRST, COPY])
    answer = page(store, "/outlets/steppe-herald")
    spec = json.loads(answer.text.split('<script type="application/json">')[1].split("</script>")[0])
    rows = csv.DictReader(page(store, "/outlets/steppe-herald?format=csv").text.splitlines())
    counted = {row["period"]: int(row["articles"]) for row in rows}
    assert counted["2022-01-05"] == 1
    drawn = {
        value["period"]: value["articles"]
        for value in _values(spec)
        if "articles" in value and "period" in value and value["articles"]
    }
    assert drawn == {period: n for period, n in counted.items() if n}


def _values(node: object) -> Iterator[dict[str, object]]:
    """Yield the data rows anywhere in a spec."""
    if isinstance(node, dict):
        data = node.get("data")
        if isinstance(data, dict) and isinstance(data.get("values"), list):
            yield from data["values"]
        for child in node.values():
            yield from _values(child)
    elif isinstance(node, list):
        for child in node:
            yield from _values(child)


def test_missed_items_are_said(store: Database) -> None:
    feed = store.write(lambda conn: add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOW))
    assert feed is not None
    listed = ListingPolled(listed=20, fresh=18, missed=2.0, kept_all=0.2)
    store.write(lambda conn: record_poll_of_day(conn, feed, at=NOW, failed=False, listed=listed))
    text = page(store, "/outlets/oasis-wire").text
    assert "90% of its items of the last seven days are believed to have been seen; about 2.0 were missed." in text
    assert record(store, "/outlets/oasis-wire?format=json")["polls"] == [
        {"day": "2022-01-10", "polls": 1, "failures": 0, "changed": 1, "fresh": 18, "missed": 2.0}
    ]


@pytest.mark.parametrize("name", ["Steppe%20Herald", "herald.example", "STEPPE-HERALD"])
def test_any_name_leads_to_the_outlet(store: Database, name: str) -> None:
    answer = page(store, f"/outlets/{name}")
    assert (answer.status, answer.headers["location"]) == (302, "/outlets/steppe-herald")


def test_an_unknown_outlet_names_similar_ones(store: Database) -> None:
    answer = page(store, "/outlets/steppe-heralt")
    assert answer.status == 404
    assert "did you mean steppe-herald (Steppe Herald)?" in answer.text


def test_its_feed_has_its_latest_articles(store: Database) -> None:
    fill(store, [FIRST, COPY])
    feed = feedparser.parse(page(store, "/outlets/steppe-herald?format=atom").body)
    assert not feed.bozo
    assert [(entry.title, entry.link) for entry in feed.entries] == [("On maps", "https://herald.example/1")]


def test_names_of_strangers_stay_text(store: Database) -> None:
    hostile = "</title></script><script>document.title='run'</script><b onclick=x>"
    fill(store, [Sample("https://herald.example/1", title=hostile, published_at=datetime(2022, 1, 9, tzinfo=UTC))])
    store.write(
        lambda conn: conn.execute(update(Source).values(name=hostile, bias_note=hostile, homepage="javascript:x"))
    )
    for path in ("/outlets", "/outlets/steppe-herald"):
        text = page(store, path).text
        assert "<script>document" not in text
        assert "<b onclick" not in text
        assert 'href="javascript' not in text


def test_an_outlet_without_anything_says_what_to_do_next(store: Database) -> None:
    text = page(store, "/outlets/meadow.example").text
    assert "steppewatch source check meadow.example" in text
    assert "steppewatch source add meadow.example" in text


def test_an_outlet_without_articles_has_no_empty_chart(store: Database) -> None:
    fill(store, [FIRST])
    assert "data-chart" in page(store, "/outlets/steppe-herald").text
    assert "data-chart" not in page(store, "/outlets/oasis-wire").text


def test_one_article_is_not_called_articles(store: Database) -> None:
    fill(store, [FIRST])
    found = words_of(page(store, "/outlets/steppe-herald").text)
    assert "1 article " in found
    assert "1 articles" not in found


def test_sentences_about_what_is_missing_do_not_run_together(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, [FIRST])
    feed = store.write(lambda conn: add_feed(conn, source_id="steppe-herald", url="https://herald.example/a", now=NOW))
    assert feed is not None
    listed = ListingPolled(listed=20, fresh=18, missed=9.0, kept_all=0.2)
    store.write(lambda conn: record_poll_of_day(conn, feed, at=NOW, failed=False, listed=listed))
    monkeypatch.setattr(outlets.OutletPage, "impaired_days", 1)  # takes many outlets and days otherwise
    found = words_of(page(store, "/outlets/steppe-herald").text)
    assert "were missed. On 1 day, which is marked, its collection was impaired" in found
