"""Articles without a date: new ones count when they were first seen, others on no day; older stores follow."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from commandline import rows_of, run
from recounted import recounted, stored
from samples import NOON, chain_over, document
from sqlalchemy import Connection, delete, select, text, update

from db import migrate
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.collection import captures
from db.collection.captures import CaptureIn, compress
from db.collection.feeds.feeds import add_feed
from db.collection.feeds.polls import FeedPolled, record_poll
from db.collection.pages.entries import EntryIn, record_entries
from db.coverage import cells as coverage
from db.engine import Database
from db.models import Article, Feed, MatchRow, Page, Sighting
from worker.chain import service
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount

URL = "https://lake.example/a"
BODY = b"""<html><head><title>Drills on the lake</title></head><body><article><h1>Drills on the lake</h1>
<p>The ministers of Kazakhstan and Turkey met in the old customs house on the lake to talk about the drills of the
CSTO, and nobody wrote down when that was, not even the baker who sold them bread.</p>
<p>Three officers with folding chairs arrived before breakfast, looked at the poplars, and went away again without a
word about the alliance, the lake or the price of a loaf.</p></article></body></html>"""


@pytest.fixture
def chain(prepared_url: str) -> Iterator[Pipeline]:
    database = Database(prepared_url)
    for name in ("one", "two"):
        database.write(partial(add_feed, source_id="eurasianet", url=f"https://{name}.example/rss", now=NOON))
    yield chain_over(database)
    database.close()


def feed_ids(conn: Connection) -> list[int]:
    urls = [f"https://{name}.example/rss" for name in ("one", "two")]
    return [conn.scalars(select(Feed.id).where(Feed.url == url)).one() for url in urls]


def poll(chain: Pipeline, feed: int, hours: int, *urls: str) -> None:
    """Let one of the two feeds be polled so long after noon, and show these pages."""
    at = NOON + timedelta(hours=hours)
    entries = [EntryIn(canonical_url=url, url=url) for url in urls]

    def store(conn: Connection) -> None:
        feed_id = feed_ids(conn)[feed]
        record_entries(conn, feed_id=feed_id, source_id="eurasianet", entries=entries, seen_at=at)
        record_poll(
            conn,
            FeedPolled(
                feed_id=feed_id,
                polled_at=at,
                outcome="changed",
                error=None,
                state="active",
                next_poll_at=at,
                failures=0,
                succeeded=True,
                changed=True,
            ),
        )

    chain.database.write(store)


def fetch(chain: Pipeline, hours: int, body: bytes = BODY, url: str = URL) -> list[str]:
    """Fetch the page so long after noon and let it be understood; return the outcomes."""
    at = NOON + timedelta(hours=hours)

    def capture(conn: Connection) -> None:
        page_id = conn.scalar(select(Page.id).where(Page.canonical_url == url))
        conn.execute(update(Page).where(Page.id == page_id).values(fetched_at=at))
        row = CaptureIn(
            page_id=page_id,
            source_id="eurasianet",
            url=url,
            fetched_at=at,
            status=200,
            content_type="text/html; charset=utf-8",
            body=body,
            body_hash=f"{hours}",
        )
        captures.record_captures(conn, [(row, compress(body))])

    chain.database.write(capture)
    ids = chain.database.write(lambda conn: captures.claim_captures(conn, now=at, lease_s=60, limit=9))
    return [end.outcome for end in service.process_captures(chain, ids)]


def periods(chain: Pipeline, entity: str = "csto") -> list[tuple[date | None, int, int]]:
    """Return (day, articles, undated ones among them) of an entity; no day for those that count on none."""
    recount(chain.database)
    with chain.database.reading() as conn:
        assert stored(conn) == recounted(conn)
        cells = list(coverage.iter_cells(conn, entities=[entity]))
    return [
        (None if cell.bucket_on == coverage.UNDATED else cell.bucket_on, cell.articles, cell.undated) for cell in cells
    ]


def subscribe(chain: Pipeline) -> None:
    asked = SubscriptionIn(name="drills", kind="query", query="drills", cadence="at once")
    chain.database.write(lambda conn: record_subscription(conn, asked, now=NOON - timedelta(days=1)))


def statuses(chain: Pipeline) -> list[str]:
    with chain.database.reading() as conn:
        return list(conn.scalars(select(MatchRow.status).order_by(MatchRow.id)))


def test_what_a_person_brings_in_without_a_date_is_of_no_day(chain: Pipeline) -> None:
    chain.process([document(URL, published_at=None), document("https://lake.example/b", title="Drills, dated")])
    assert periods(chain) == [(None, 1, 1), (NOON.date(), 1, 0)]


def test_what_a_feed_had_before_it_was_followed_is_of_no_day(chain: Pipeline) -> None:
    poll(chain, 0, 0, URL)
    assert fetch(chain, 1) == ["new"]
    assert periods(chain) == [(None, 1, 1)]


def test_what_a_feed_brings_newly_counts_when_it_was_first_seen(chain: Pipeline) -> None:
    poll(chain, 0, 0)
    poll(chain, 0, 30, URL)
    assert fetch(chain, 31) == ["new"]
    assert periods(chain) == [(date(2022, 1, 7), 1, 1)]


def test_what_no_feed_is_known_to_show_keeps_its_day(chain: Pipeline) -> None:
    poll(chain, 0, 0)
    poll(chain, 0, 1, URL)
    chain.database.write(lambda conn: conn.execute(delete(Sighting)))
    assert fetch(chain, 2) == ["new"]
    assert periods(chain) == [(NOON.date(), 1, 1)]


def test_the_first_sight_decides_and_no_later_one(chain: Pipeline) -> None:
    poll(chain, 0, 0, URL)
    poll(chain, 1, 0)
    fetch(chain, 1)
    poll(chain, 1, 2, URL)  # another feed shows it newly
    assert fetch(chain, 3, BODY.replace(b"baker", b"butcher")) == ["revised"]
    chain.process([document(URL, published_at=None, observed_at=NOON + timedelta(hours=4))])
    assert periods(chain) == [(None, 1, 1)]


def test_what_came_newly_stays_on_its_day_when_a_person_brings_it_in_again(chain: Pipeline) -> None:
    poll(chain, 0, 0)
    poll(chain, 0, 1, URL)
    fetch(chain, 2)
    chain.process([document(URL, published_at=None, observed_at=NOON + timedelta(days=2))])
    assert periods(chain) == [(NOON.date(), 1, 1)]


def test_a_date_that_is_found_later_counts(chain: Pipeline) -> None:
    chain.process([document(URL, published_at=None)])
    assert periods(chain) == [(None, 1, 1)]
    later = document(URL, body="The CSTO, with its date at last.", observed_at=NOON + timedelta(days=1))
    chain.process([later])
    assert periods(chain) == [(NOON.date(), 1, 0)]


def test_what_is_of_no_day_is_no_news(chain: Pipeline) -> None:
    subscribe(chain)
    chain.process([document(URL, published_at=None, title="Drills, brought in")])
    assert statuses(chain) == ["old"]
    poll(chain, 0, 0, "https://lake.example/b")
    fetch(chain, 1, url="https://lake.example/b")
    assert statuses(chain) == ["old", "backfill"]
    poll(chain, 0, 2, "https://lake.example/c")
    fetch(chain, 3, BODY.replace(b"baker", b"smith").replace(b"poplars", b"harbour"), url="https://lake.example/c")
    assert statuses(chain) == ["old", "backfill", "news"]


def json_of(*arguments: str) -> list[dict[str, object]]:
    result = run("coverage", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


@pytest.fixture
def three(chain: Pipeline) -> Pipeline:
    """Give a store with an undated article, one by first sight, and a dated one; each names both entities."""
    chain.process([document("https://lake.example/i", published_at=None, title="Brought in")])
    chain.process([document("https://lake.example/d", title="Dated")])
    poll(chain, 0, 0)
    poll(chain, 0, 30, URL)
    fetch(chain, 31)
    recount(chain.database)
    return chain


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("split", ["", "source"])
def test_the_last_line_is_of_no_period(three: Pipeline, grain: str, split: str) -> None:
    options = ["--split", split] if split else []
    rows = json_of("csto", "--by", grain, *options)
    assert [row["articles"] for row in rows if row["period"] is None] == [1]
    assert rows[-1]["period"] is None
    assert sum(int(str(row["articles"])) for row in rows) == 3
    assert sum(int(str(row["undated"])) for row in rows) == 2


def test_sentences_about_undated_articles_count_each_once(three: Pipeline) -> None:
    said = " ".join(run("coverage", "csto", "kazakhstan", "--format", "table").stdout.split())
    assert "1 article without a date: counted on the day a feed brought them" in said
    assert "1 article without a date in no period" in said


def test_a_store_of_nothing_but_undated_articles_has_a_line(chain: Pipeline) -> None:
    chain.process([document(URL, published_at=None)])
    recount(chain.database)
    assert [(row["period"], row["articles"]) for row in json_of("csto")] == [(None, 1)]
    assert "undated" in run("coverage", "csto", "--format", "table").stdout
    assert [row["day"] for row in rows_of(run("export", "coverage", "--wide", "--entity", "csto").stdout)] == [""]


def test_days_asked_for_are_without_what_is_of_none(three: Pipeline) -> None:
    for options, count in (([], 3), (["--since", "2022-01-01"], 2), (["--until", "2030-01-01"], 2)):
        assert len(rows_of(run("export", "articles", *options).stdout)) == count
        assert len(rows_of(run("export", "articles", "--query", "entity:csto", *options).stdout)) == count
        rows = rows_of(run("export", "coverage", "--entity", "csto", *options).stdout)
        assert sum(int(row["articles"]) for row in rows) == count
        assert [row["day"] for row in rows if row["day"] == ""] == [""] * (count - 2)
        pairs = rows_of(run("export", "cooccurrence", "--entity", "csto", *options).stdout)
        assert sum(int(row["articles"]) for row in pairs if row["entity_b"] == "kazakhstan") == count
        wide = rows_of(
            run("export", "coverage", "--wide", "--entity", "csto", "--query", "entity:csto", *options).stdout
        )
        assert sum(int(row["csto"]) for row in wide) == count
        assert all(row["csto"] == row["entity:csto"] for row in wide)
    flags = {row["url"][-1]: row["is_undated"] for row in rows_of(run("export", "articles").stdout)}
    assert flags == {"i": "true", "d": "false", "a": "false"}


# --- a store of the version before

GOLDEN = Path(__file__).parents[3] / "golden" / "undated.csv"
EXPLAINED = {
    "dated": "has a date",
    "ingested": "a person brought it in",
    "first poll": "its feed had it before it was followed",
    "newly": "a feed brought it newly",
    "newly, capture dropped": "a page of its address was fetched, and its feed brought it newly",
    "first poll, capture dropped": "a page of its address was fetched, and its feed had it before",
    "feed removed": "no feed is known any more that showed it: it keeps its day",
    "words of a feed": "no page, the words of a feed",
    "first poll, newly elsewhere": "the feed that showed it first had it before it was followed",
    "never followed": "the feed that showed it was never polled whole",
}
FOLLOWED = datetime(2022, 1, 5, 10, tzinfo=UTC)
LATER = FOLLOWED + timedelta(hours=5)


def add(conn: Connection, table: str, **row: object) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    values = {name: str(value) if isinstance(value, datetime) else value for name, value in row.items()}
    conn.execute(text(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(row)})"), values)


def fill_older_store(conn: Connection) -> None:
    """Add an article of each kind, as the version before had them; it counts by the day of its collection."""
    add(conn, "sources", id="s", name="S", languages="[]", origin="person", added_at=FOLLOWED)
    add(conn, "entities", id="csto", type="alliance", label="CSTO", in_seed=True)
    state = {"content": b"", "entities": 1, "aliases": 1, "is_current": True}
    add(conn, "vocabulary_versions", version="v", loaded_at=FOLLOWED, **state)
    for feed_id, since in ((1, FOLLOWED), (2, FOLLOWED), (3, None)):
        row = {"id": feed_id, "source_id": "s", "url": f"f{feed_id}", "state": "active", "failures": 0}
        add(conn, "feeds", **row, next_poll_at=FOLLOWED, followed_since=since)
    for number, kind in enumerate(EXPLAINED, 1):
        url = f"https://s.example/{number}"
        is_collected = kind not in ("dated", "ingested", "words of a feed")
        if is_collected:
            _add_page(conn, number, kind, url)
        article = {"id": number, "canonical_url": url, "url": url, "source_id": "s", "revision_id": number}
        dates = {"published_at": FOLLOWED if kind == "dated" else None, "published_is_day": False}
        add(conn, "articles", **article, **dates, collected_at=LATER, counts_on="2022-01-05", cluster_id=number)
        row = {"id": number, "article_id": number, "content_hash": f"h{number}", "observed_at": LATER, **dates}
        capture = number if is_collected and "dropped" not in kind else None
        words = "feed" if kind == "words of a feed" else "page"
        add(conn, "revisions", **row, stage="done", text="CSTO", capture_id=capture, text_from=words)
        place = {"revision_id": number, "field": "text", "start": 0, "end": 4, "surface": "CSTO", "rule": "exact"}
        found = {"entity_id": "csto", "alias": "CSTO", "level": "name", "vocabulary_version": "v"}
        add(conn, "mentions", **place, **found)
        add(conn, "coverage_marks", article_id=number)


def _add_page(conn: Connection, number: int, kind: str, url: str) -> None:
    seen = FOLLOWED if kind.startswith("first poll") else LATER
    page = {"id": number, "canonical_url": url, "url": url, "host": "s.example", "state": "active", "fetches": 1}
    add(conn, "pages", **page, failures=0, first_seen_at=seen, next_fetch_at=LATER, fetched_at=LATER)
    feeds = {"feed removed": (), "first poll, newly elsewhere": (1, 2), "never followed": (3,)}.get(kind, (1,))
    for feed_id in feeds:
        at = LATER if feed_id == 2 else seen
        add(conn, "sightings", feed_id=feed_id, page_id=number, first_seen_at=at, last_seen_at=LATER)
    if "dropped" not in kind:
        answer = {"url": url, "fetched_at": LATER, "status": 200, "headers": "{}", "hints": "{}", "body": b""}
        state = {"body_hash": "h", "size": 0, "stage": "done", "attempts": 1}
        add(conn, "captures", id=number, page_id=number, **answer, **state)


def kinds_by_period(database: Database, columns: str) -> dict[str, str]:
    with database.reading() as conn:
        rows = conn.execute(text(f"SELECT id, {columns} FROM articles ORDER BY id")).all()
    return {list(EXPLAINED)[row[0] - 1]: "undated" if row[1] else str(row[2]) for row in rows}


def test_an_older_store_is_brought_over(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database, "0022")
    database.write(fill_older_store)
    before = kinds_by_period(database, "false, counts_on")
    migrate.upgrade(database)
    after = kinds_by_period(database, "is_undated, counts_on")
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        golden = [(row["article"], row["before"], row["after"], row["why"]) for row in csv.DictReader(file)]
    assert [(kind, before[kind], after[kind], why) for kind, why in EXPLAINED.items()] == golden
    recount(database)
    with database.reading() as conn:
        assert stored(conn) == recounted(conn)
        cells = [(cell.bucket_on, cell.articles) for cell in coverage.iter_cells(conn, entities=["csto"])]
        waiting = conn.execute(select(Article.id).where(Article.is_undated, Article.changed == 0)).all()
    undated = sum(period == "undated" for period in after.values())
    assert cells == [(coverage.UNDATED, undated), (date(2022, 1, 5), len(EXPLAINED) - undated)]
    assert waiting == [], "the next export of changes has them"
    migrate.downgrade(database, "0022")
    assert kinds_by_period(database, "false, counts_on") == before
    database.close()


def test_a_store_that_was_brought_over_is_what_the_present_rules_make(chain: Pipeline) -> None:
    """The rule of the migration and that of arrival are written apart; they say the same of the same texts."""
    chain.process([document("https://lake.example/i", published_at=None)])
    poll(chain, 0, 0, "https://lake.example/old")
    poll(chain, 0, 3, "https://lake.example/new")
    for page in ("old", "new"):
        fetch(chain, 4, BODY.replace(b"baker", page.encode()), url=f"https://lake.example/{page}")
    recount(chain.database)
    query = text("SELECT canonical_url, is_undated FROM articles ORDER BY canonical_url")

    def told() -> Sequence[tuple[str, bool]]:
        with chain.database.reading() as conn:
            return [(row[0], bool(row[1])) for row in conn.execute(query)]

    arrived = told()
    migrate.downgrade(chain.database, "0022")
    migrate.upgrade(chain.database)
    assert told() == arrived
    assert [is_undated for _, is_undated in arrived] == [True, False, True]
    recount(chain.database)
    with chain.database.reading() as conn:
        assert stored(conn) == recounted(conn)
