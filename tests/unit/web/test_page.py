"""The status page: says what is, says what to do, and never becomes what others wrote."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from asgi import get
from samplestore import NOON, Sample, empty_store, fill
from sqlalchemy import Connection, update

from db.collection.feeds.days import ListingPolled, record_poll_of_day
from db.collection.feeds.feeds import add_feed, record_network
from db.engine import Database
from db.models import Article, Feed, Source
from db.outcomes import ProblemSeen, record_outcomes, record_problems
from web.answers.render import count_things, headline, is_web, show_days, when
from web.app import create_app

NOW = NOON + timedelta(hours=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


def page_of(store: Database, now: datetime = NOW, **options: Any) -> str:
    answer = get(create_app(store, now=lambda: now, **options), "/status")
    assert answer.status == 200
    return answer.text


def words_of(page: str) -> str:
    """Return what a reader sees of a page, white space folded."""
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            seen.append(data)

    Reader().feed(page)
    return re.sub(r"[ \n]+", " ", " ".join(seen))


def tags_of(page: str) -> list[tuple[str, dict[str, str | None]]]:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(page)
    return found


def test_an_empty_store_says_what_to_do_first(store: Database) -> None:
    words = words_of(page_of(store))
    assert "Nothing has been collected yet." in words
    assert "steppewatch source add" in words
    assert "steppewatch ingest" in words


def test_an_empty_store_with_feeds_says_that_they_are_asked(store: Database) -> None:
    store.write(lambda conn: add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOW))
    words = words_of(page_of(store))
    assert "1 feed is being polled" in words
    assert "1 of 1 feeds not polled yet" in words


def test_an_article_with_outlet_time_language_and_entities(store: Database) -> None:
    says = (("CSTO", "csto"), ("Turan", "turan"))
    fill(store, [Sample("https://herald.example/1", title="On maps", text="Turan, Turan, CSTO.", says=says)])
    words = words_of(page_of(store))
    assert "On maps Steppe Herald 5 Jan 2022, 08:30 UTC en at the outlet ↗ Turan CSTO" in words
    assert ("a", {"class": "out", "href": "https://herald.example/1", "rel": "noopener noreferrer"}) in tags_of(
        page_of(store)
    )


def test_the_first_words_stand_for_a_missing_title(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1", title=None, text="They came at dawn. " * 9)])
    assert "They came at dawn. They came at dawn. They came at dawn. They came…" in words_of(page_of(store))


def test_a_date_that_is_assumed_says_so(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1", published_at=None)])
    assert "12:00 UTC (collected; no date given)" in words_of(page_of(store))


def test_a_day_is_shown_without_an_hour(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1", published_at=datetime(2022, 1, 5, tzinfo=UTC), is_day=True)])
    assert "Steppe Herald 5 Jan 2022 en" in words_of(page_of(store))


def test_a_reprint_names_whom_it_copies(store: Database) -> None:
    first = Sample("https://herald.example/1")
    fill(store, [first, Sample("https://oasis.example/1", source="oasis-wire", copies=first.url)])
    words = words_of(page_of(store))
    assert words.count("reprint of") == 1
    assert "reprint of Steppe Herald" in words


def test_outlets_in_trouble_come_first_with_their_error(store: Database) -> None:
    fill(store, [Sample("https://meadow.example/1", source="meadow.example")])

    def feeds(conn: Connection) -> None:
        for source in ("oasis-wire", "steppe-herald"):
            add_feed(conn, source_id=source, url=f"https://{source}.example/rss", now=NOW)
        polled = update(Feed).values(polled_at=NOON, succeeded_at=NOON)
        failed = update(Feed).where(Feed.source_id == "steppe-herald").values(failures=3, last_error="it said 503")
        conn.execute(polled)
        conn.execute(failed)

    store.write(feeds)
    words = words_of(page_of(store))
    outlets = words[words.index("Last error") :]
    assert "Steppe Herald failing 12:00 UTC 1 0 it said 503 Oasis Wire ok 12:00 UTC 1 0" in outlets
    assert outlets.index("Oasis Wire ok") < outlets.index("Meadow, a blog no feed never 0 1")
    assert "1 of 2 feeds failing" in words


@pytest.mark.parametrize(
    ("missed", "shown"),
    [(0.4, ""), (1.2, "about 1 item missed"), (1234.6, "about 1\N{NARROW NO-BREAK SPACE}235 items missed")],
)
def test_an_outlet_says_how_many_items_were_missed_and_leads_to_those_that_were_seen(
    store: Database, missed: float, shown: str
) -> None:
    def polled(conn: Connection) -> None:
        feed_id = add_feed(conn, source_id="steppe-herald", url="https://herald.example/rss", now=NOW)
        for back, lost in ((6, missed), (7, 9_000.0)):
            listed = ListingPolled(listed=20, fresh=10, missed=lost, kept_all=0.1)
            record_poll_of_day(conn, feed_id, at=NOW - timedelta(days=back), failed=False, listed=listed)

    store.write(polled)
    page = page_of(store)
    assert shown in words_of(page)
    links = [attrs["href"] for tag, attrs in tags_of(page) if tag == "a" and str(attrs["href"]).startswith("/search?")]
    since = (NOW - timedelta(days=6)).date()
    assert links == ([f"/search?source=steppe-herald&since={since}"] if shown else [])
    table = get(create_app(store, now=lambda: NOW), "/status", query="format=csv").text.splitlines()
    assert dict(zip(table[0].split(","), table[1].split(","), strict=True))["missed"] == str(missed)


def test_a_full_disk_is_said_above_everything_else(store: Database) -> None:
    store.write(lambda conn: record_network(conn, "no network", at=NOW))
    full = "the disk of /data is full: 9 MB are left"
    words = words_of(page_of(store, lack_of_room=lambda: full))
    assert f"nothing is lost: {full}." in words
    assert words.index("The disk is full") < words.index("Outlets cannot be reached")
    assert "disk" not in words_of(page_of(store))


def test_outlets_that_cannot_be_reached_are_the_first_thing_said(store: Database) -> None:
    store.write(lambda conn: record_network(conn, "no network: no name is found", at=NOW))
    words = words_of(page_of(store))
    assert "Outlets cannot be reached No network: no name is found. Nothing is lost" in words
    assert words.index("Outlets cannot be reached") < words.index("Latest articles")
    assert "Check this machine’s network" in words
    problems = words[words.index("Latest problems") :]
    assert "no name is found" not in problems

    store.write(lambda conn: record_network(conn, None, at=NOW))
    assert "cannot be reached" not in words_of(page_of(store))


def test_outcomes_and_problems(store: Database) -> None:
    def happen(conn: Connection) -> None:
        record_outcomes(conn, "ingest", {(None, "seen_again"): 1_204}, at=NOON)
        record_outcomes(conn, "ingest", {(None, "new"): 7}, at=NOON - timedelta(days=2))
        record_problems(conn, "ingest", [ProblemSeen("a.txt", "it is empty")], at=NOON)

    store.write(happen)
    words = words_of(page_of(store))
    assert "ingest seen again 1\N{NARROW NO-BREAK SPACE}204 Latest problems it is empty a.txt ingest 12:00 UTC" in words


HOSTILE = "</title></script><script>document.title='run'</script><img src=x onerror=\"alert('x')\">"


def test_what_others_wrote_stays_text(store: Database) -> None:
    fill(store, [Sample("https://herald.example/1", title=HOSTILE, language="en", text=HOSTILE)])
    fill(store, [Sample("https://herald.example/2", title=None, text=HOSTILE)])

    def spoil(conn: Connection) -> None:
        conn.execute(update(Source).values(name=HOSTILE))
        conn.execute(update(Article).values(language="<b>en"))
        problem = ProblemSeen(HOSTILE, HOSTILE)
        record_problems(conn, "fetch", [problem], at=NOON)
        record_network(conn, HOSTILE, at=NOON)

    store.write(spoil)
    page = page_of(store)
    tags = tags_of(page)
    assert "b" not in {tag for tag, _ in tags}
    assert {attrs.get("src") for tag, attrs in tags if tag == "script"} == {"/static/steppewatch.js"}
    assert {tuple(attrs) for tag, attrs in tags if tag == "img"} == {("src", "alt", "width", "height")}
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    assert words_of(page).count("document.title='run'") >= 6


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "urn:x:1", "//x"])
def test_only_web_addresses_become_links(store: Database, url: str) -> None:
    fill(store, [Sample("https://herald.example/1", title="Not to be clicked")])
    store.write(lambda conn: conn.execute(update(Article).values(url=url)))
    page = page_of(store)
    assert "Not to be clicked" in words_of(page)
    assert url not in {attrs.get("href") for tag, attrs in tags_of(page) if tag == "a"}
    assert not is_web(url)


def test_nothing_comes_from_elsewhere_and_no_script_within_a_page_may_run(store: Database) -> None:
    answer = get(create_app(store, now=lambda: NOW), "/status")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    loaded = [
        attrs.get("src") or attrs.get("href") or ""
        for tag, attrs in tags_of(answer.text)
        if tag in ("link", "img", "script")
    ]
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
    assert {get(create_app(store), address).status for address in loaded} == {200}


def test_the_page_renews_itself(store: Database) -> None:
    page = page_of(store)
    assert ("body", {"data-again-after": "10"}) in tags_of(page)
    assert "Load this page again" in words_of(page)


def test_the_store_is_not_read_for_every_look(store: Database) -> None:
    moment = NOW
    app = create_app(store, now=lambda: moment)
    get(app, "/status")
    fill(store, [Sample("https://herald.example/1", title="Just in")])
    assert "Just in" not in get(app, "/status").text
    moment += timedelta(seconds=2)
    assert "Just in" in get(app, "/status").text


def test_a_page_that_does_not_exist(store: Database) -> None:
    answer = get(create_app(store), "/<script>")
    assert answer.status == 404
    assert "There is no such page" in words_of(answer.text)
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static//a/secret"])
def test_no_other_file_is_given_away(store: Database, path: str) -> None:
    assert get(create_app(store), path).status == 404


def test_nothing_can_be_sent(store: Database) -> None:
    assert get(create_app(store), "/status", method="POST").status == 405


def test_health(store: Database) -> None:
    answer = get(create_app(store), "/healthz")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok", "database": "answers"})


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Database]:
    folder = tmp_path / "gone"
    database = Database(f"sqlite:///{folder / 'steppewatch.db'}")
    folder.rmdir()
    yield database
    database.close()


def test_health_of_a_store_that_does_not_answer(lost: Database) -> None:
    answer = get(create_app(lost), "/healthz")
    assert (answer.status, json.loads(answer.body)["status"]) == (503, "failing")


def test_the_page_of_a_store_that_does_not_answer(lost: Database) -> None:
    answer = get(create_app(lost), "/status")
    assert answer.status == 503
    assert "The database does not respond" in words_of(answer.text)
    assert ("body", {"data-again-after": "10"}) in tags_of(answer.text)
    assert answer.headers["retry-after"] == "10"


def test_the_page_of_an_empty_database_says_how_to_fill_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    for path in ("/", "/search", "/entities", "/status"):
        answer = get(create_app(database), path)
        assert answer.status == 503
        words = words_of(answer.text)
        assert "The store is not ready" in words
        assert "steppewatch up" in words
        assert ("body", {"data-again-after": "10"}) in tags_of(answer.text)
    database.close()


@pytest.mark.slow
def test_importing_the_application_reads_nothing() -> None:
    code = (
        "import os; os.environ['STEPPEWATCH_WORKER_PROCESSES'] = 'no number'; import web.app, sys; "
        "print(sorted(set(sys.modules) & {'scrapy', 'celery', 'scipy', 'trafilatura', 'alembic'}))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        pytest.param(NOON, "12:00 UTC", id="today"),
        pytest.param(datetime(2021, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 2021, 23:59 UTC", id="another day"),
        pytest.param(date(2022, 1, 10), "10 Jan 2022", id="a day"),
        pytest.param(None, "never", id="never"),
    ],
)
def test_times_say_their_zone(moment: datetime | None, shown: str) -> None:
    assert re.sub("<[^>]*>", "", when(moment, NOW)) == shown


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        pytest.param(date(2022, 1, 5), date(2022, 1, 5), "5 Jan 2022", id="one day"),
        pytest.param(date(2022, 1, 5), date(2022, 1, 11), "5–11 Jan 2022", id="in a month"),
        pytest.param(date(2022, 1, 28), date(2022, 2, 3), "28 Jan – 3 Feb 2022", id="in a year"),
        pytest.param(date(2021, 12, 30), date(2022, 1, 5), "30 Dec 2021 – 5 Jan 2022", id="over new year"),
        pytest.param(date(2021, 1, 1), date(2022, 1, 31), "1 Jan 2021 – 31 Jan 2022", id="the same month of two years"),
    ],
)
def test_a_range_of_days_says_once_what_both_ends_share(first: date, last: date, shown: str) -> None:
    assert show_days(first, last) == shown


@pytest.mark.parametrize(
    ("title", "beginning", "shown"),
    [
        pytest.param("A title", "Text.", "A title", id="title"),
        pytest.param(None, "One  two\nthree", "One two three…", id="first words"),
        pytest.param("", "x" * 300, "x" * 110 + "…", id="one endless word"),
        pytest.param(None, "", "(no words)", id="nothing at all"),
    ],
)
def test_headlines(title: str | None, beginning: str, shown: str) -> None:
    assert headline(title, beginning) == shown


@pytest.mark.parametrize(
    ("count", "words", "shown"),
    [
        (0, ("article",), "0 articles"),
        (1, ("article",), "1 article"),
        (2, ("match", "matches"), "2 matches"),
        (1, ("match", "matches"), "1 match"),
        (1200, ("article",), "1\u202f200 articles"),
    ],
)
def test_a_count_stands_with_its_noun(count: int, words: tuple[str, ...], shown: str) -> None:
    assert count_things(count, *words) == shown
