"""The overview: what is unusual in a week, with the articles behind each number; empty states; its cache."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asgi import get
from samplestore import Sample, empty_store, fill
from seen_pages import NOW, count_behind, load_names, open_page, read_csv, read_json, read_links, read_tags, read_words
from sqlalchemy import Connection, update

from db.collection.feeds.feeds import add_feed, record_network
from db.engine import Database
from db.models import Feed
from web.app import create_app
from web.kept import overview

SAYS = (("CSTO", "csto"), ("Kazakhstan", "kazakhstan"), ("Tashkent", "tashkent"), ("Turan", "turan"))
HOSTILE = "<img src=x onerror=alert(1)>"
LAST = datetime(2022, 1, 10, 8, 0, tzinfo=UTC)


def some(number: int, back: int, text: str, **more: Any) -> list[Sample]:
    """Return invented articles with this text, some days before the last."""
    at = LAST - timedelta(days=back)
    return [
        Sample(
            f"https://herald.example/{back}/{len(text)}-{text[:3]}/{place}",
            text=text,
            says=SAYS,
            published_at=at,
            **more,
        )
        for place in range(number)
    ]


def quiet_weeks() -> list[Sample]:
    """Return seventy days with a mention of Kazakhstan each; then a burst, a first appearance and a fall."""
    before = [one for back in range(1, 71) for one in some(1, back, "Kazakhstan, a report.")]
    falling = [one for back in range(8, 71) for one in some(2, back, "Turan, an essay.")]
    copied = some(1, 0, "Kazakhstan once.")
    burst = some(7, 0, "Kazakhstan, Kazakhstan.", title=HOSTILE, copies=copied[0].url)
    return [*before, *falling, *copied, *burst, *some(4, 2, "CSTO with Tashkent."), *some(1, 9, "Tashkent alone.")]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


@pytest.fixture
def store(empty: Database) -> Database:
    load_names(empty)
    fill(empty, quiet_weeks())
    return empty


def test_a_week_with_what_is_unusual_in_it(store: Database) -> None:
    known = read_json(store, "/")
    assert (known["since"], known["until"]) == ("2022-01-04", "2022-01-10")
    assert known["totals"]["articles"] == 6 + 8 + 4
    assert known["before"]["articles"] == 7 + 2 * 6 + 1
    found = {(row["kind"], row["entity"]): row for row in known["unusual"]}
    assert found["burst", "kazakhstan"]["articles"] == 8
    assert found["burst", "csto"]["first_on"] == "2022-01-08"
    assert ("first", "csto") not in found
    assert found["falling", "turan"]["ratio_high"] < 1
    assert [story["articles"] for story in known["stories"]] == [8]


def test_every_number_leads_to_as_many_articles(store: Database) -> None:
    numbers = []
    for href, words in read_links(open_page(store, "/").text):
        digits = words.removesuffix("s").removesuffix(" article")
        if href.startswith("/search?") and digits.isdigit():
            numbers.append(int(digits))
            assert count_behind(store, href) == int(digits), href
    assert len(numbers) >= 5


def test_the_csv_has_what_the_json_has(store: Database) -> None:
    rows = read_csv(store, "/")
    known = read_json(store, "/")["unusual"]
    assert [(row["kind"], row["entity"], int(row["articles"])) for row in rows] == [
        (row["kind"], row["entity"], row["articles"]) for row in known
    ]


def test_first_pairs_are_told_once_for_each_story(empty: Database) -> None:
    fill(empty, [*quiet_weeks(), *some(1, 1, "Kazakhstan and Tashkent."), *some(1, 40, "CSTO, long ago.")])
    pairs = [row for row in read_json(empty, "/")["unusual"] if row["kind"] == "first together"]
    assert {(row["entity"], row["with"]) for row in pairs} == {("csto", "tashkent"), ("kazakhstan", "tashkent")}
    assert "Kazakhstan with Tashkent" in read_words(open_page(empty, "/").text)


def test_another_week_is_shown_by_its_last_day(store: Database) -> None:
    words = read_words(open_page(store, "/?until=2021-12-20").text)
    assert "14–20 Dec 2021" in words
    assert "No entity had more articles than chance explains." in words
    links = dict((words, href) for href, words in read_links(open_page(store, "/?until=2021-12-20").text))
    assert links["← Week before"] == "/?until=2021-12-13"
    assert links["Week after →"] == "/?until=2021-12-27"
    assert open_page(store, "/?until=someday").status == 422
    assert open_page(store, "/?until=9999").status == 422


def test_a_young_store_says_since_when_it_can_tell(empty: Database) -> None:
    fill(empty, some(2, 0, "Kazakhstan."))
    assert "these are 1 days" in read_words(open_page(empty, "/").text)


def test_hostile_titles_are_inert(store: Database) -> None:
    page = open_page(store, "/").text
    assert HOSTILE not in page
    assert HOSTILE in read_words(page)
    assert all("style" not in attributes for _, attributes in read_tags(page))


def test_an_empty_store_says_what_to_do_next(empty: Database) -> None:
    words = read_words(open_page(empty, "/").text)
    assert "Nothing has been collected yet. Add an outlet: steppewatch source add" in words
    assert "steppewatch demo" in words
    empty.write(lambda conn: add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOW))
    later = NOW + timedelta(minutes=5)
    assert "1 feed is being polled" in read_words(open_page(empty, "/", now=later).text)
    empty.write(lambda conn: record_network(conn, "no network", at=NOW))
    assert "Outlets cannot be reached No network." in read_words(open_page(empty, "/", now=later).text)


def test_outlets_in_trouble_have_their_error_and_their_articles(store: Database) -> None:
    def fail(conn: Connection) -> None:
        add_feed(conn, source_id="steppe-herald", url="https://herald.example/rss", now=NOW)
        conn.execute(update(Feed).values(polled_at=NOW, failures=3, last_error="it said 503"))

    store.write(fail)
    page = open_page(store, "/").text
    assert "Steppe Herald failing" in read_words(page)
    assert "18 articles this week it said 503" in read_words(page)
    (href,) = [href for href, words in read_links(page) if words == "18 articles"]
    assert count_behind(store, href) == 18


def test_days_before_all_articles_lead_to_the_latest_week(store: Database) -> None:
    assert "Show the latest week" in read_words(open_page(store, "/?until=2019-05-01").text)


def test_the_latest_articles_are_a_feed(store: Database) -> None:
    assert open_page(store, "/?format=atom").text.count("<entry>") == 12


def test_the_store_is_read_once_a_minute(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []
    whole = overview.read_overview

    def counted(*args: Any, **options: Any) -> overview.Overview:
        reads.append(args)
        return whole(*args, **options)

    monkeypatch.setattr(overview, "read_overview", counted)
    clock = [NOW]
    app = create_app(store, now=lambda: clock[0])
    for _ in range(3):
        assert get(app, "/").status == 200
    assert len(reads) == 1
    clock[0] += timedelta(minutes=1)
    assert get(app, "/").status == 200
    assert len(reads) == 2
