"""Pages in the store: named by entries, fetched by one process at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from templates import tables

from db.collection.feeds.feeds import add_feed
from db.collection.pages import pages
from db.collection.pages.entries import EntryIn, forget_bodies, keep_addresses, record_entries
from db.collection.pages.pages import PageDue, PageFetched
from db.engine import Database
from db.models import Page, Sighting, Source, SourceDomain

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def database(database_url: str) -> Database:
    opened = tables(database_url)
    outlet = {"languages": [], "origin": "person", "added_at": NOW}
    opened.write(
        lambda conn: conn.execute(
            insert(Source), [{"id": name, "name": name, **outlet} for name in ("courier", "herald")]
        )
    )
    opened.write(lambda conn: conn.execute(insert(SourceDomain), [{"domain": "herald.kz", "source_id": "herald"}]))
    for url in ("https://courier.kz/rss", "https://courier.kz/atom"):
        opened.write(partial(add_feed, source_id="courier", url=url, now=NOW))
    return opened


def entry(url: str, **said: Any) -> EntryIn:
    return EntryIn(canonical_url=url, url=url, **said)


def record(database: Database, *entries: EntryIn, feed_id: int = 1, seen_at: datetime = NOW) -> dict[str, int]:
    return database.write(
        lambda conn: record_entries(conn, feed_id=feed_id, source_id="courier", entries=entries, seen_at=seen_at)
    )


def due(database: Database, *, now: datetime = NOW, limit: int = 10, **options: Any) -> list[PageDue]:
    with database.reading() as conn:
        return pages.find_due_pages(conn, now=now, limit=limit, **options)


def fetched(page: PageDue, **changes: Any) -> PageFetched:
    usual = PageFetched(
        page_id=page.id,
        fetched_at=NOW,
        outcome="captured",
        error=None,
        state="active",
        next_fetch_at=NOW + timedelta(minutes=15),
        fetches=page.fetches + 1,
        failures=0,
        body_hash="f" * 32,
    )
    return replace(usual, **changes)


def test_a_new_entry_makes_a_page_that_is_due_and_a_sighting(database: Database) -> None:
    said = entry("https://courier.kz/1", guid="1", title="One", author="Ann", published_at=NOW - timedelta(hours=1))
    assert record(database, said) == {"new": 1, "known": 0, "refused": 0}
    (page,) = due(database)
    assert (page.url, page.host, page.source_id) == ("https://courier.kz/1", "courier.kz", "courier")
    assert page.hints == {"title": "One", "author": "Ann", "published_at": "2022-01-06T11:00:00+00:00"}


def test_the_same_entries_again_are_known_and_only_seen_later(database: Database) -> None:
    entries = [entry(f"https://courier.kz/{n}", title=str(n)) for n in range(3)]
    record(database, *entries)
    assert record(database, *reversed(entries), seen_at=LATER) == {"new": 0, "known": 3, "refused": 0}
    record(database, *entries, seen_at=NOW)
    with database.reading() as conn:
        assert conn.scalar(select(func.count()).select_from(Page)) == 3
        seen = conn.execute(select(Sighting.first_seen_at, Sighting.last_seen_at)).all()
    assert set(seen) == {(NOW, LATER)}


def test_a_page_in_two_feeds_is_one_page_with_two_sightings_and_the_newest_speaks(database: Database) -> None:
    record(database, entry("https://courier.kz/1", title="old headline"))
    assert record(database, entry("https://courier.kz/1", title="new headline"), feed_id=2, seen_at=LATER)["known"] == 1
    (page,) = due(database)
    assert page.hints["title"] == "new headline"


def test_the_fullest_text_of_the_outlets_own_feeds_is_the_feeds_text(database: Database) -> None:
    url = "https://courier.kz/1"
    database.write(partial(add_feed, source_id="herald", url="https://herald.kz/rss", now=NOW))
    record(database, entry(url, title="1", body="the whole text", language="ru"))
    record(database, entry(url, title="2", body="the text"), feed_id=2, seen_at=LATER)
    record(database, entry(url, title="3", body="what others wrote below the text"), feed_id=3, seen_at=LATER)
    assert due(database)[0].hints == {"title": "2", "body": "the whole text"}
    record(database, entry(url, title="4", body="new text"), feed_id=2, seen_at=LATER + timedelta(days=2))
    assert due(database)[0].hints == {"title": "4", "body": "new text"}


STRANGER = {"title": "false", "author": "nobody", "body": "invented", "language": "tr"}


@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("own", [{}, {"title": "true"}, {"title": "true", "body": "the text"}], ids=len)
def test_what_a_strangers_feed_says_of_a_page_is_not_believed(
    database: Database, first: bool, own: dict[str, str]
) -> None:
    database.write(partial(add_feed, source_id="herald", url="https://herald.kz/rss", now=NOW))
    url = "https://herald.kz/1"
    record(database, entry(url, **STRANGER), seen_at=NOW if first else LATER)
    if own:
        record(database, entry(url, **own), feed_id=3, seen_at=LATER if first else NOW)
    (page,) = due(database, now=LATER)
    assert (page.source_id, page.hints) == ("herald", own)


def test_an_aggregator_speaks_for_a_page_only_where_its_own_outlet_does_not(database: Database) -> None:
    digest = {"id": "digest", "name": "digest", "kind": "aggregator", "languages": [], "origin": "person"}
    database.write(lambda conn: conn.execute(insert(Source), [{**digest, "added_at": NOW}]))
    for source_id, feed in (("digest", "https://digest.kz/rss"), ("herald", "https://herald.kz/rss")):
        database.write(partial(add_feed, source_id=source_id, url=feed, now=NOW))
    url = "https://herald.kz/1"
    record(database, entry(url, **STRANGER), seen_at=LATER)
    record(database, entry(url, title="told", body="the text"), feed_id=3)
    assert due(database, now=LATER)[0].hints == {"title": "told", "body": "the text", "told_by": "digest"}
    record(database, entry(url, title="true"), feed_id=4)
    assert due(database, now=LATER)[0].hints == {"title": "true"}


def test_what_an_aggregator_says_of_its_own_pages_is_its_own(database: Database) -> None:
    digest = {"id": "digest", "name": "digest", "kind": "aggregator", "languages": [], "origin": "person"}
    database.write(lambda conn: conn.execute(insert(Source), [{**digest, "added_at": NOW}]))
    database.write(lambda conn: conn.execute(insert(SourceDomain), [{"domain": "digest.kz", "source_id": "digest"}]))
    database.write(partial(add_feed, source_id="digest", url="https://digest.kz/rss", now=NOW))
    record(database, entry("https://digest.kz/1", title="own"), feed_id=3)
    assert due(database)[0].hints == {"title": "own"}


def test_services_of_one_house_speak_for_each_other(database: Database) -> None:
    database.write(partial(add_feed, source_id="courier", url="https://feeds.herald.kz/russian", now=NOW))
    record(database, entry("https://www.herald.kz/1", title="one"), feed_id=3)
    (page,) = due(database)
    assert (page.source_id, page.hints) == ("herald", {"title": "one"})


def test_what_has_no_page_is_its_feeds_wherever_its_link_leads(database: Database) -> None:
    alone = replace(entry("https://herald.kz/1", title="invented"), urn="urn:steppewatch:entry:1").by_itself("shared")
    record(database, alone)
    with database.reading() as conn:
        assert conn.scalar(select(Page.source_id)) == "courier"


def test_a_text_that_the_feed_drops_is_dropped(database: Database) -> None:
    record(database, entry("https://courier.kz/1", body="the whole text", language="ru"))
    assert due(database)[0].hints == {"body": "the whole text", "language": "ru"}
    record(database, entry("https://courier.kz/1", body="the text, corrected"), seen_at=LATER)
    assert due(database)[0].hints == {"body": "the text, corrected"}
    record(database, entry("https://courier.kz/1"), seen_at=LATER)
    assert due(database)[0].hints == {}


def test_texts_that_no_feed_shows_any_more_are_forgotten(database: Database) -> None:
    record(database, *(entry(f"https://courier.kz/{n}", body="text", title="t") for n in range(5)))
    record(database, entry("https://courier.kz/0", body="text", title="t"), seen_at=LATER)
    steps = [database.write(partial(forget_bodies, before=LATER, limit=3)) for _ in range(3)]
    assert steps == [3, 1, 0]
    with database.reading() as conn:
        kept = conn.execute(select(Page.canonical_url, Sighting.title).join(Sighting).where(Sighting.body.is_not(None)))
        assert kept.all() == [("https://courier.kz/0", "t")]


def test_an_entry_by_itself_stays_so_while_its_link_is_shared_no_more(database: Database) -> None:
    alone = entry("https://courier.kz/live", urn="urn:steppewatch:entry:1", title="1", feed_hash="a" * 32)
    other = entry("https://courier.kz/live", urn="urn:steppewatch:entry:2", title="2", feed_hash="b" * 32)
    moved = replace(alone, canonical_url="https://courier.kz/9", url="https://courier.kz/9")
    record(database, alone.by_itself("2 entries share one link"))
    kept = database.write(lambda conn: keep_addresses(conn, [alone]))
    assert [each.canonical_url for each in kept] == ["urn:steppewatch:entry:1"]
    for stays in (other, moved):
        assert database.write(partial(keep_addresses, entries=[stays])) == [stays]
    assert due(database, now=LATER) == []


def test_what_was_handed_over_of_the_feed_is_remembered_until_it_is_another(database: Database) -> None:
    record(database, entry("https://courier.kz/1"))
    (page,) = due(database)
    database.write(lambda conn: pages.record_fetch(conn, fetched(page, feed_hash="a" * 32)))
    (page,) = due(database, now=LATER)
    assert page.feed_hash == "a" * 32
    database.write(lambda conn: pages.record_fetch(conn, fetched(page, fetched_at=LATER)))
    assert due(database, now=LATER)[0].feed_hash == "a" * 32


def test_a_page_belongs_to_the_outlet_on_whose_domain_it_is(database: Database) -> None:
    record(database, entry("https://news.herald.kz/1"), entry("https://herald.kz.example/2"))
    assert {page.host: page.source_id for page in due(database)} == {
        "news.herald.kz": "herald",
        "herald.kz.example": "courier",
    }


def test_a_refused_entry_is_kept_with_its_reason_and_never_due(database: Database) -> None:
    refused = entry("https://10.0.0.1/x", refusal="refused: private address 10.0.0.1")
    assert record(database, refused) == {"new": 0, "known": 0, "refused": 1}
    assert due(database, now=NOW + timedelta(days=3_650)) == []
    with database.reading() as conn:
        assert conn.execute(select(Page.state, Page.last_error)).one() == ("refused", refused.refusal)
        assert pages.count_pages(conn) == {"refused": 1}


def test_many_entries_at_once(database: Database) -> None:
    assert record(database, *(entry(f"https://courier.kz/{n}") for n in range(1_000)))["new"] == 1_000


def test_one_host_cannot_fill_the_list(database: Database) -> None:
    record(database, *(entry(f"https://courier.kz/{n}") for n in range(700)))
    record(database, entry("https://herald.kz/1"), seen_at=NOW + timedelta(seconds=1))
    now = NOW + timedelta(seconds=2)
    first = due(database, now=now)
    assert [page.host for page in first] == ["courier.kz"]
    assert [page.host for page in due(database, now=now, resting={"courier.kz"})] == ["herald.kz"]


def test_pages_never_fetched_come_before_those_that_are_looked_at_again(database: Database) -> None:
    record(database, entry("https://a.kz/old"))
    (old,) = due(database)
    database.write(lambda conn: pages.record_fetch(conn, fetched(old)))
    record(database, entry("https://b.kz/new"), seen_at=LATER)
    assert [page.url for page in due(database, now=LATER)] == ["https://b.kz/new", "https://a.kz/old"]
    assert [page.url for page in due(database, now=LATER, limit=1)] == ["https://b.kz/new"]
    assert [page.url for page in due(database, now=LATER, recheck=False)] == ["https://b.kz/new"]
    assert [page.url for page in due(database, now=LATER, not_since=NOW)] == ["https://b.kz/new"]


def test_of_pages_looked_at_again_the_longest_due_comes_first(database: Database) -> None:
    record(database, entry("https://a.kz/1"), entry("https://b.kz/2"))
    for page, pause in zip(due(database), (timedelta(minutes=50), timedelta(minutes=10)), strict=True):
        database.write(partial(pages.record_fetch, fetched=fetched(page, next_fetch_at=NOW + pause)))
    assert [page.url for page in due(database, now=LATER)] == ["https://b.kz/2", "https://a.kz/1"]


def test_pages_can_be_limited_to_what_one_source_named(database: Database) -> None:
    record(database, entry("https://news.herald.kz/1"))
    assert len(due(database, source_id="courier")) == 1
    assert due(database, source_id="herald") == []


def test_only_one_process_gets_a_page_until_the_claim_runs_out(database: Database) -> None:
    record(database, entry("https://courier.kz/1"))
    (page,) = due(database)
    assert database.write(lambda conn: pages.claim_pages(conn, [page.id], now=NOW, lease_s=60)) == {page.id}
    assert database.write(lambda conn: pages.claim_pages(conn, [page.id], now=NOW, lease_s=60)) == set()
    assert due(database) == []
    assert len(due(database, now=NOW + timedelta(seconds=61))) == 1
    database.write(lambda conn: pages.renew_page_claims(conn, [page.id], until=None))
    assert len(due(database)) == 1


def test_recording_a_fetch_twice_changes_nothing_more_and_an_older_one_nothing_at_all(database: Database) -> None:
    record(database, entry("https://courier.kz/1"))
    (page,) = due(database)
    outcome = fetched(page, etag='"1"', changed_at=NOW)
    older = replace(outcome, fetched_at=NOW - timedelta(hours=1), etag='"0"')
    for each in (outcome, outcome, older):
        database.write(partial(pages.record_fetch, fetched=each))
    (again,) = due(database, now=LATER)
    assert (again.etag, again.fetches, again.changed_at, again.body_hash) == ('"1"', 1, NOW, "f" * 32)


@pytest.mark.parametrize(("state", "is_asked"), [("gone", True), ("refused", True), ("settled", False)])
def test_only_a_page_that_is_settled_is_not_fetched_any_more(database: Database, state: str, is_asked: bool) -> None:
    record(database, entry("https://courier.kz/1"))
    (page,) = due(database)
    database.write(lambda conn: pages.record_fetch(conn, fetched(page, state=state, next_fetch_at=LATER)))
    assert due(database) == []
    assert [again.state for again in due(database, now=LATER)] == [state] * is_asked
    with database.reading() as conn:
        assert pages.count_due_pages(conn, now=LATER) == is_asked
    claimed = database.write(lambda conn: pages.claim_pages(conn, [page.id], now=LATER, lease_s=60))
    assert claimed == ({page.id} if is_asked else set())
