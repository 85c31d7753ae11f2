"""New outlets and mended addresses of a catalogue arrive in stores that exist; what a person changed there stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from recounted import recounted, stored
from sqlalchemy import select, text

from db import migrate
from db.collection.feeds.feeds import iter_feeds
from db.collection.sources.book import load_book
from db.collection.sources.catalogue import PACKAGED, CatalogueChanges
from db.collection.sources.sources import find_source, list_domains
from db.engine import Database
from db.enums.collection import FeedKind
from db.models import CatalogueOutlet, Feed, Source
from worker import setup
from worker.catalogue.files import ListedFeed as FeedAddress
from worker.catalogue.files import ListedOutlet
from worker.coverage.recount import recount
from worker.setup import update_catalogue

BEFORE = "0023"
AT = "2026-11-29 10:00:00.000000+00:00"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
SAID: dict[str, dict[str, Any]] = json.loads(
    (migrate.scripts_folder() / "data" / "catalogue_0023.json").read_text("utf-8")
)
MENDED, RENAMED, GONE = "civilnet", "24-kg", "akipress"
NEW = ListedOutlet(
    id="valley-post",
    name="Valley Post",
    kind="newspaper",
    country="KG",
    languages=("ky", "ru"),
    paywall="no",
    time_zone="Asia/Bishkek",
    homepage="https://www.valley.example/",
    domain_aliases=("valley.example", "valley.test"),
    feeds=(FeedAddress(url="https://valley.example/feed", confidence="certain"),),
)
NEW_ADDRESS = "https://www.civilnet.am/mended/rss"


def outlets_of_before() -> dict[str, ListedOutlet]:
    """Return the catalogue as it was when stores did not know what it said."""
    made = {}
    for outlet_id, said in SAID.items():
        facts = {name: value for name, value in said.items() if name not in ("domains", "feeds", "languages")}
        feeds = tuple(FeedAddress(url=url, confidence=confidence) for url, confidence in said["feeds"].items())
        languages, domains = tuple(said["languages"]), tuple(said["domains"])
        made[outlet_id] = ListedOutlet(id=outlet_id, languages=languages, domain_aliases=domains, feeds=feeds, **facts)
    return made


def fill_as_before(database: Database) -> None:
    """Make a store as the program of that revision made it: outlets, domains and feeds, and nothing else of them."""
    migrate.upgrade(database, BEFORE)
    source = text(
        "INSERT INTO sources (id, name, country, languages, kind, homepage, bias_note, paywall, time_zone, origin,"
        " added_at) VALUES (:id, :name, :country, :languages, :kind, :homepage, :bias_note, :paywall, :time_zone,"
        f" 'catalogue', '{AT}')"
    )
    domain = text("INSERT INTO source_domains (domain, source_id) VALUES (:domain, :id) ON CONFLICT DO NOTHING")
    feed = text(
        "INSERT INTO feeds (source_id, url, confidence, state, next_poll_at, failures)"
        f" VALUES (:id, :url, :confidence, 'active', '{AT}', 0)"
    )
    with database.engine.begin() as conn:
        for outlet_id, said in sorted(SAID.items()):
            conn.execute(source, {**said, "id": outlet_id, "languages": json.dumps(said["languages"])})
            for name in said["domains"]:
                conn.execute(domain, {"domain": name, "id": outlet_id})
            for url, confidence in said["feeds"].items():
                conn.execute(feed, {"id": outlet_id, "url": url, "confidence": confidence})


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """A store of before, in the shape of today."""
    database = Database(database_url)
    fill_as_before(database)
    yield database
    database.close()


def said_now(monkeypatch: pytest.MonkeyPatch, *outlets: ListedOutlet, without: tuple[str, ...] = ()) -> None:
    """Let the packaged catalogue be that of before with these outlets in it."""
    now = {**outlets_of_before(), **{outlet.id: outlet for outlet in outlets}}
    chosen = tuple(outlet for outlet_id, outlet in sorted(now.items()) if outlet_id not in without)
    monkeypatch.setattr(setup, "read_catalogue", lambda _: chosen)


def mended() -> ListedOutlet:
    return replace(outlets_of_before()[MENDED], feeds=(FeedAddress(url=NEW_ADDRESS, confidence="certain"),))


def update_all(database: Database) -> CatalogueChanges:
    migrate.upgrade(database)
    return update_catalogue(database, now=NOW)


def change(database: Database, statement: str) -> None:
    with database.engine.begin() as conn:
        conn.execute(text(statement))


def feeds_of(database: Database, source_id: str) -> dict[str, str]:
    with database.reading() as conn:
        return {feed.url: feed.state for feed in iter_feeds(conn, source_id=source_id)}


def source_of(database: Database, source_id: str) -> Source:
    source = database.read(lambda conn: find_source(conn, source_id))
    assert source is not None
    return source


def everything(database: Database) -> list[list[tuple[Any, ...]]]:
    tables = (Source.__table__, Feed.__table__, CatalogueOutlet.__table__)
    with database.reading() as conn:
        return [sorted(map(tuple, conn.execute(select(table)).all()), key=str) for table in tables]


def test_the_catalogue_of_before_changes_nothing(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said_now(monkeypatch)
    assert not update_all(store)


def test_new_outlets_and_mended_addresses_arrive_own_changes_survive_and_nothing_is_lost(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, f"UPDATE sources SET name = 'Our name', unverified = 'always' WHERE id = '{RENAMED}'")
    change(store, f"UPDATE feeds SET state = 'paused' WHERE source_id = '{RENAMED}'")
    said_now(monkeypatch, NEW, mended(), without=(GONE,))
    found = update_all(store)
    assert [change.outlet_id for change in found.outlets if change.is_new] == [NEW.id]
    assert found.gone == (GONE,)
    assert feeds_of(store, NEW.id) == {"https://valley.example/feed": "active"}
    assert feeds_of(store, MENDED) == {NEW_ADDRESS: "active", "https://www.civilnet.am/feed/": "retired"}
    own = source_of(store, RENAMED)
    assert (own.name, own.unverified) == ("Our name", "always")
    assert set(feeds_of(store, RENAMED).values()) == {"paused"}
    assert set(feeds_of(store, GONE)) == set(SAID[GONE]["feeds"])
    assert len(everything(store)[0]) == len(SAID) + 1


def test_a_new_outlet_has_all_that_its_file_says(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said_now(monkeypatch, NEW)
    update_all(store)
    made = source_of(store, NEW.id)
    assert (made.name, made.country, made.languages, made.kind) == ("Valley Post", "KG", ["ky", "ru"], "newspaper")
    assert (made.time_zone, made.origin, made.homepage) == ("Asia/Bishkek", "catalogue", "https://www.valley.example/")
    assert store.read(lambda conn: list_domains(conn, NEW.id)) == ["valley.example", "valley.test"]


def test_again_changes_nothing(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said_now(monkeypatch, NEW, mended(), without=(GONE,))
    update_all(store)
    before = everything(store)
    assert not update_all(store)
    assert everything(store) == before


def test_two_processes_at_once_end_where_one_would(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said_now(monkeypatch, NEW, mended(), without=(GONE,))
    migrate.upgrade(store)
    others = [Database(store.engine.url.render_as_string(hide_password=False)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda database: update_catalogue(database, now=NOW), others))
    for database in others:
        database.close()
    assert sum(bool(changes) for changes in found) == 1, "one of them does it, and says so"
    assert feeds_of(store, MENDED) == {NEW_ADDRESS: "active", "https://www.civilnet.am/feed/": "retired"}
    assert not update_all(store)


def test_a_fact_that_nobody_changed_follows_the_catalogue(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    said_now(monkeypatch, replace(outlets_of_before()[RENAMED], name="24.kg News", bias_note=None))
    update_all(store)
    assert (source_of(store, RENAMED).name, source_of(store, RENAMED).bias_note) == ("24.kg News", None)


def test_a_fact_that_both_changed_stays_the_persons_and_is_said_once(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, f"UPDATE sources SET time_zone = 'Asia/Almaty' WHERE id = '{RENAMED}'")
    said_now(monkeypatch, replace(outlets_of_before()[RENAMED], time_zone="Asia/Qyzylorda"))
    found = update_all(store)
    assert [sentence for change in found.outlets for sentence in change.kept] == [
        f"{RENAMED}: time zone stays Asia/Almaty, not Asia/Qyzylorda"
    ]
    assert source_of(store, RENAMED).time_zone == "Asia/Almaty"
    assert not update_all(store)


def test_an_outlet_that_a_person_removed_does_not_come_back(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for table, column in (("feeds", "source_id"), ("source_domains", "source_id"), ("sources", "id")):
        change(store, f"DELETE FROM {table} WHERE {column} = '{RENAMED}'")
    said_now(monkeypatch, replace(outlets_of_before()[RENAMED], name="24.kg News"))
    assert not update_all(store)
    assert store.read(lambda conn: find_source(conn, RENAMED)) is None


def test_an_address_that_a_person_removed_does_not_come_back(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    change(store, "DELETE FROM feeds WHERE url = 'https://24.kg/english/rss'")
    said_now(monkeypatch, NEW)
    update_all(store)
    assert set(feeds_of(store, RENAMED)) == {"https://24.kg/rss/"}


def test_an_address_of_an_outlet_that_a_person_paused_arrives_paused(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, f"UPDATE feeds SET state = 'paused' WHERE source_id = '{MENDED}'")
    said_now(monkeypatch, mended())
    update_all(store)
    assert feeds_of(store, MENDED) == {NEW_ADDRESS: "paused", "https://www.civilnet.am/feed/": "paused"}


def test_an_address_that_the_catalogue_leaves_out_is_polled_on_while_it_answers(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(store, f"UPDATE feeds SET succeeded_at = '{AT}' WHERE source_id = '{MENDED}'")
    said_now(monkeypatch, mended())
    update_all(store)
    assert feeds_of(store, MENDED) == {NEW_ADDRESS: "active", "https://www.civilnet.am/feed/": "active"}


def test_an_address_that_the_catalogue_names_again_is_polled_again(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_now(monkeypatch, mended())
    update_all(store)
    said_now(monkeypatch)
    assert update_all(store)
    assert feeds_of(store, MENDED) == {NEW_ADDRESS: "retired", "https://www.civilnet.am/feed/": "active"}


def test_an_outlet_that_was_met_before_the_catalogue_had_it_keeps_its_id_and_gets_the_rest(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(
        store,
        "INSERT INTO sources (id, name, languages, origin, added_at)"
        f" VALUES ('valley.example', 'valley.example', '[]', 'document', '{AT}')",
    )
    change(store, "INSERT INTO source_domains (domain, source_id) VALUES ('valley.example', 'valley.example')")
    said_now(monkeypatch, NEW)
    update_all(store)
    assert store.read(lambda conn: find_source(conn, NEW.id)) is None
    known = source_of(store, "valley.example")
    assert (known.name, known.country, known.languages) == ("Valley Post", "KG", ["ky", "ru"])
    assert feeds_of(store, "valley.example") == {"https://valley.example/feed": "active"}
    assert store.read(load_book).find_by_url("https://valley.test/1") == "valley.example"
    assert not update_all(store)


def test_what_a_person_says_of_an_outlet_stands_when_the_catalogue_gets_to_know_it(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(
        store,
        "INSERT INTO sources (id, name, languages, kind, origin, added_at)"
        f" VALUES ('valley.example', 'Our Valley', '[]', 'blog', 'person', '{AT}')",
    )
    change(store, "INSERT INTO source_domains (domain, source_id) VALUES ('valley.example', 'valley.example')")
    said_now(monkeypatch, NEW)
    update_all(store)
    known = source_of(store, "valley.example")
    assert (known.name, known.kind, known.country) == ("Our Valley", "blog", "KG")


def test_a_domain_that_the_catalogue_gives_to_another_outlet_moves(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = replace(outlets_of_before()[RENAMED], domain_aliases=(), homepage="https://news.24.kg/")
    taker = replace(NEW, domain_aliases=("24.kg",))
    said_now(monkeypatch, bare, taker)
    update_all(store)
    assert store.read(load_book).by_domain["24.kg"] == NEW.id


def test_time_zones_reach_stores_that_had_no_room_for_them(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(database_url)
    fill_as_before(database)
    change(database, "UPDATE sources SET time_zone = NULL")  # as revision 0016 left them
    said_now(monkeypatch)
    update_all(database)
    assert source_of(database, RENAMED).time_zone == "Asia/Bishkek"
    database.close()


def test_a_clock_that_a_person_took_from_an_outlet_stays_away(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    change(store, f"UPDATE sources SET time_zone = NULL WHERE id = '{RENAMED}'")
    said_now(monkeypatch)
    update_all(store)
    assert source_of(store, RENAMED).time_zone is None


def test_a_store_that_was_never_filled_from_it_is_left_alone(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    change(
        database,
        f"INSERT INTO sources (id, name, languages, origin, added_at) VALUES ('p', 'P', '[]', 'catalogue', '{AT}')",
    )
    said_now(monkeypatch, NEW)
    assert not update_all(database)
    assert len(everything(database)[0]) == 1
    database.close()


def test_coverage_by_country_follows_an_outlet_that_the_catalogue_moves(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(
        store,
        "INSERT INTO articles (id, canonical_url, url, source_id, revision_id, cluster_id, collected_at,"
        " published_is_day, counts_on) VALUES"
        f" (1, 'https://24.kg/1', 'https://24.kg/1', '{RENAMED}', 1, 1, '{AT}', false, '2026-11-29')",
    )
    change(
        store,
        "INSERT INTO revisions (id, article_id, content_hash, observed_at, published_is_day, stage, text)"
        f" VALUES (1, 1, 'h', '{AT}', false, 'done', 'words')",
    )
    change(store, "INSERT INTO coverage_marks (article_id) VALUES (1)")
    migrate.upgrade(store)
    recount(store)
    said_now(monkeypatch, replace(outlets_of_before()[RENAMED], country="KZ"))
    update_all(store)
    recount(store)
    with store.reading() as conn:
        cells = stored(conn)
        assert cells == recounted(conn)
    assert {key[4] for key in cells if key[2] == "country"} == {"KZ"}


def test_what_the_packaged_catalogue_says_is_recorded_from_the_first_day(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    update_catalogue(database, now=NOW)
    with database.reading() as conn:
        catalogues = conn.scalars(select(CatalogueOutlet.catalogue)).all()
    assert set(catalogues) == {PACKAGED}
    assert not update_catalogue(database, now=NOW)
    database.close()


def test_section_pages_and_sitemaps_arrive_as_what_they_are(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    page = FeedAddress(
        url="https://valley.example/world", confidence="guess", kind=FeedKind.SECTION, pattern="/world/*"
    )
    sitemap = FeedAddress(url="https://valley.example/news.xml", confidence="guess", kind=FeedKind.SITEMAP)
    said_now(monkeypatch, replace(NEW, feeds=(), sections=(page,), sitemaps=(sitemap,)))
    update_all(store)
    columns = select(Feed.url, Feed.kind, Feed.link_pattern, Feed.confidence).where(Feed.source_id == NEW.id)
    with store.reading() as conn:
        assert sorted(map(tuple, conn.execute(columns))) == [
            ("https://valley.example/news.xml", "sitemap", None, "guess"),
            ("https://valley.example/world", "section", "/world/*", "guess"),
        ]
    said_now(monkeypatch, replace(NEW, feeds=(), sections=(replace(page, pattern="/w/*"),), sitemaps=(sitemap,)))
    update_all(store)
    with store.reading() as conn:
        assert conn.scalar(select(Feed.link_pattern).where(Feed.url == page.url)) == "/w/*"
    assert not update_all(store)
