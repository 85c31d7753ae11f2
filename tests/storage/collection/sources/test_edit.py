"""`steppewatch source edit`: what a person decides about an outlet, and how mistakes are answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commandline import run
from outletstore import ADDED_AT, HERALD, HERALD_NEWS, add_outlet, herald_in
from sqlalchemy import func, select, update

from db.collection.pages.entries import EntryIn, record_entries
from db.engine import Database
from db.models import Feed, Sighting
from worker.catalogue.files import ListedFeed, ListedOutlet
from worker.setup import load_catalogue


def shown_zone() -> str | None:
    zone: str | None = json.loads(run("source", "show", "steppe-herald").stdout)["time_zone"]
    return zone


def test_the_clock_of_an_outlet_is_set_and_taken_back(filled: Path) -> None:
    result = run("source", "edit", "herald.example", "--time-zone", "Asia/Almaty")
    record = json.loads(result.stdout)
    assert [record[name] for name in ("id", "read_unverified", "time_zone")] == [
        "steppe-herald",
        "without-secrets",
        "Asia/Almaty",
    ]
    assert shown_zone() == "Asia/Almaty"
    assert json.loads(run("source", "edit", "steppe-herald", "--time-zone", "none").stdout)["time_zone"] is None
    assert shown_zone() is None


def test_one_option_leaves_the_other_as_it_is(filled: Path) -> None:
    run("source", "edit", "steppe-herald", "--unverified", "never", "--time-zone", "Asia/Almaty")
    changed = json.loads(run("source", "edit", "steppe-herald", "--unverified", "always").stdout)
    assert (changed["read_unverified"], changed["time_zone"]) == ("always", "Asia/Almaty")


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Almaty", "Asia/Almaty"),
        ("asia/tashkent", "Asia/Tashkent"),
        ("Asia/Bishkekk", "Asia/Bishkek"),
        ("../../etc/passwd", "a name such as"),
        ("x" * 5_000, "a name such as"),
        ("Asia/\0", "a name such as"),
    ],
)
def test_what_is_no_time_zone_is_refused_with_the_nearest(filled: Path, zone: str, hint: str) -> None:
    result = run("source", "edit", "steppe-herald", "--time-zone", zone)
    assert result.exit_code == 2
    assert hint.split()[0] in " ".join(result.stderr.replace("│", " ").split())
    assert shown_zone() is None


def test_nothing_to_change_is_said(filled: Path) -> None:
    result = run("source", "edit", "steppe-herald")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--time-zone" in result.stderr


# --- facts, domains and feeds


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """Give the store that commands use, with an outlet and its two feeds."""
    database = herald_in(store_url)
    yield database
    database.close()


def edited(*arguments: str) -> dict[str, Any]:
    result = run("source", "edit", "herald", *arguments)
    assert result.exit_code == 0, result.stderr
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def refused(*arguments: str) -> str:
    before = run("source", "show", "herald").stdout
    result = run("source", "edit", "herald", *arguments)
    assert (result.exit_code in (1, 2), result.stdout) == (True, "")
    assert run("source", "show", "herald").stdout == before
    return " ".join(result.stderr.replace("│", " ").split())


def feeds(record: dict[str, Any]) -> dict[str, str]:
    return {feed["url"]: feed["state"] for feed in record["feeds"]}


FACTS = [
    (("--name", "  The  Herald "), "name", "The Herald"),
    (("--country", "kg/kz"), "country", "KG/KZ"),
    (("--country", "Exile"), "country", "exile"),
    (("--lang", "ru", "--lang", "kk-Latn", "--lang", "ru"), "languages", ["ru", "kk-Latn"]),
    (("--kind", "news agency"), "kind", "news agency"),
    (("--homepage", "https://herald.example/en"), "homepage", "https://herald.example/en"),
    (("--paywall", "hard"), "paywall", "hard"),
    (("--time-zone", "Asia/Almaty"), "time_zone", "Asia/Almaty"),
]


@pytest.mark.parametrize(("options", "name", "value"), FACTS, ids=lambda value: str(value)[:20])
def test_a_fact_is_changed_and_nothing_else(store: Database, options: tuple[str, ...], name: str, value: Any) -> None:
    before = json.loads(run("source", "show", "herald").stdout)
    assert edited(*options)[name] == value
    assert json.loads(run("source", "show", "herald").stdout) == {**before, name: value}


@pytest.mark.parametrize("option", ["country", "lang", "kind", "homepage", "paywall", "time-zone"])
def test_none_empties_a_fact(store: Database, option: str) -> None:
    name = {"lang": "languages", "time-zone": "time_zone"}.get(option, option)
    value = next(options[1] for options, fact, _ in FACTS if fact == name)
    edited(f"--{option}", value)
    assert edited(f"--{option}", "none")[name] in (None, [])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--name", "none"), "must not be empty"),
        (("--name", "x" * 201), "at most 200"),
        (("--country", "Kazakhstan"), "ISO 3166-1"),
        (("--lang", "english"), "kk-Latn"),
        (("--homepage", "ftp://herald.example"), "http"),
        (("--paywall", "soft"), "metered"),
        (("--add-domain", "no domain"), "no domain such as"),
        (("--remove-domain", "oasis.example"), "its domains: herald.example"),
        (("--add-feed", "herald"), "http"),
        (("--remove-feed", "https://herald.example/atom"), HERALD_NEWS),
        (("--replace-feed", "https://herald.example/atom", "https://herald.example/2"), HERALD_NEWS),
        (("--replace-feed", HERALD, HERALD_NEWS), "is a feed of herald"),
        (("--poll-every", "10m"), "10m..6h"),
        (("--poll-every", ".."), "10m..6h"),
        (("--poll-every", "6h..10m"), "longer than"),
        (("--poll-every", "1s..10m"), "from 1m to 31d"),
        (("--poll-every", "9999999d.."), "from 1m to 31d"),
        (("--feed", HERALD), "--poll-every"),
        (("--feed", HERALD, "--link-pattern", "/news/*"), "no section page"),
        (("--link-pattern", "/news/*"), "has no section page"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_value_changes_nothing_and_is_explained(store: Database, options: tuple[str, ...], reason: str) -> None:
    assert reason in refused("--name", "Changed", *options)


def test_domains_are_added_and_removed(store: Database) -> None:
    assert edited("--add-domain", "https://www.Herald.test/")["domains"] == ["herald.example", "herald.test"]
    assert edited("--remove-domain", "herald.test")["domains"] == ["herald.example"]


def test_the_domain_of_another_outlet_stays_with_it(store: Database) -> None:
    store.write(lambda conn: add_outlet(conn, "oasis"))
    assert "oasis.example is a domain of oasis" in refused("--name", "Changed", "--add-domain", "oasis.example")


def test_a_feed_is_added_and_removed_and_its_entries_stay(store: Database) -> None:
    new = "https://herald.example/atom"
    assert feeds(edited("--add-feed", new)) == {new: "active", HERALD: "active", HERALD_NEWS: "active"}
    assert feeds(edited("--remove-feed", HERALD))[HERALD] == "retired"
    assert feeds(edited("--add-feed", HERALD))[HERALD] == "active"


def test_the_feed_of_another_outlet_stays_with_it(store: Database) -> None:
    other = "https://oasis.example/rss"
    store.write(lambda conn: add_outlet(conn, "oasis", [other]))
    assert "is a feed of oasis" in refused("--name", "Changed", "--add-feed", other)
    assert "is a feed of oasis" in refused("--name", "Changed", "--replace-feed", HERALD, other)


def test_a_replaced_feed_keeps_its_history_and_entries(store: Database) -> None:
    entry = EntryIn(canonical_url="https://herald.example/1", url="https://herald.example/1", title="On the lake")
    [feed_id] = store.read(lambda conn: list(conn.scalars(select(Feed.id).where(Feed.url == HERALD))))
    known = {"etag": "e", "body_hash": "b", "failures": 3, "followed_since": ADDED_AT, "history": {"rate": 2}}
    store.write(lambda conn: conn.execute(update(Feed).where(Feed.id == feed_id).values(**known)))
    store.write(
        lambda conn: record_entries(conn, feed_id=feed_id, source_id="herald", entries=[entry], seen_at=ADDED_AT)
    )
    assert feeds(edited("--replace-feed", HERALD, "https://herald.test/rss")) == {
        "https://herald.test/rss": "active",
        HERALD_NEWS: "active",
    }
    [row] = store.read(lambda conn: conn.execute(select(Feed.__table__).where(Feed.id == feed_id)).mappings().all())
    assert (row["url"], row["etag"], row["body_hash"], row["failures"]) == ("https://herald.test/rss", None, None, 0)
    assert (row["followed_since"], row["history"]) == (ADDED_AT, {"rate": 2})
    mine = select(func.count()).select_from(Sighting).where(Sighting.feed_id == feed_id)
    assert store.read(lambda conn: conn.scalar(mine)) == 1


def test_a_paused_feed_that_is_replaced_stays_paused(store: Database) -> None:
    run("source", "pause", "herald", "--feed", HERALD)
    assert feeds(edited("--replace-feed", HERALD, "https://herald.test/rss"))["https://herald.test/rss"] == "paused"


@pytest.mark.parametrize(
    ("written", "floor", "ceiling"),
    [("10m..6h", 600, 21_600), ("90s..", 90, None), ("..2d", None, 172_800), ("none", None, None)],
)
def test_the_pause_between_polls_is_limited(
    store: Database, written: str, floor: int | None, ceiling: int | None
) -> None:
    edited("--poll-every", "5m..5m")
    record = edited("--poll-every", written, "--feed", HERALD)
    limits = {feed["url"]: (feed["floor_s"], feed["ceiling_s"]) for feed in record["feeds"]}
    assert limits == {HERALD: (floor, ceiling), HERALD_NEWS: (300, 300)}


def test_the_form_of_links_is_set_for_section_pages_only(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Feed).where(Feed.url == HERALD_NEWS).values(kind="section")))
    record = edited("--link-pattern", "/news/*")
    assert {feed["url"]: feed["link_pattern"] for feed in record["feeds"]} == {HERALD: None, HERALD_NEWS: "/news/*"}
    assert all(feed["link_pattern"] is None for feed in edited("--link-pattern", "none")["feeds"])


def test_on_a_terminal_it_is_a_table(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = run("source", "edit", "herald", "--poll-every", "10m..", "--format", "table").stdout
    assert f"{HERALD} active, at most every 600 s" in shown


def listed(name: str, *feeds: str, country: str = "KZ", domains: tuple[str, ...] = ("herald.example",)) -> ListedOutlet:
    return ListedOutlet(
        id="herald",
        name=name,
        kind="newspaper",
        country=country,
        languages=("en",),
        paywall="no",
        domain_aliases=domains,
        feeds=tuple(ListedFeed(url=url, confidence="certain") for url in feeds),
    )


def test_a_persons_changes_stay_when_the_catalogue_changes(store: Database) -> None:
    def merge(outlet: ListedOutlet) -> None:
        store.write(lambda conn: load_catalogue(conn, [outlet], now=ADDED_AT))

    merge(listed("Herald", HERALD, HERALD_NEWS, domains=("herald.example", "herald.test")))
    edited("--name", "Our Herald", "--remove-domain", "herald.test", "--remove-feed", HERALD_NEWS)
    mine = edited("--replace-feed", HERALD, "https://herald.example/2", "--paywall", "hard")
    merge(listed("Herald", HERALD, HERALD_NEWS, domains=("herald.example", "herald.test")))
    merge(listed("Steppe Herald", HERALD, HERALD_NEWS, country="KG", domains=("herald.example", "herald.test")))
    now = edited("--poll-every", "none")
    assert now == {**mine, "country": "KG"}
