"""An outlet's bad day leaves no trace in the record: challenges, walls and front pages in place of its articles."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commandline import run
from courier import Reply, Site, follow, look_again, serving, settings_for
from samples import OTHER, PARAGRAPHS, chain_over, prepared_store
from site_served import numbered
from sqlalchemy import insert, update

from crawlers.crawl_once import collect_once
from db import totals
from db.engine import Database
from db.models import Page, Source, Suspect
from db.settings import Settings, load
from worker.chain import service

HTML = {"Content-Type": "text/html; charset=utf-8"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = [f"/story/{number}" for number in range(4)]
WORDS = numbered(5)
COLLECTED = {"collected_at", "observed_at", "alive", "impaired"}
"""When and how well it was collected: the bad day may show here alone."""

CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><h1>courier.example</h1>"
    "<p>Verifying you are human. This may take a few seconds.</p></body></html>"
)
FRONT_PAGE = "<html><head><title>Courier</title></head><body><h1>Courier</h1>" + "".join(
    f"<h2><a href='/other/{number}'>Teaser {number} on apples and crates</a></h2><p>{line}</p>"
    for number, line in enumerate(PARAGRAPHS + OTHER)
)
MISSING = "<html><head><title>Страница не найдена</title></head><body><p>Такой страницы нет.</p></body></html>"


def article(path: str, *, extra: str = "") -> Reply:
    number = int(path.rpartition("/")[2])
    _, text = WORDS[f"/news/{number}"]
    paragraphs = "".join(f"<p>{line}</p>" for line in [*text.splitlines(), extra] if line)
    title = f"About {path}"
    body = (
        f"<html lang='en'><head><title>{title} | Courier</title><meta property='og:type' content='article'>"
        "<meta property='article:published_time' content='2022-01-06T10:00:00Z'></head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
    return Reply(body.encode(), headers=HTML)


class Outlet:
    """A loopback outlet, and a store of its own that follows it."""

    def __init__(self, site: Site, folder: Path, database_url: str) -> None:
        self.site = site
        self.settings: Settings = settings_for(site, folder, database_url)
        self.database: Database = prepared_store(database_url)
        source = {"id": "courier", "name": "Courier", "languages": [], "origin": "person", "added_at": LONG_AGO}
        self.database.write(lambda conn: conn.execute(insert(Source), [source]))
        follow(self.database, site.url("/feed.xml"))
        self.chain = chain_over(self.database, lambda: datetime.now(UTC))

    def serve(self, *paths: str, instead: str | None = None, extra: str = "") -> None:
        for path in paths:
            self.site.pages[path] = Reply(instead.encode(), headers=HTML) if instead else article(path, extra=extra)

    def look(self) -> dict[str, int]:
        look_again(self.database)
        collect_once(self.settings, "courier")
        return dict(service.drain(self.chain))

    def rows(self, kind: str) -> list[dict[str, str]]:
        with self._as_store():
            result = run("export", kind)
        assert result.exit_code == 0, result.output
        text = result.stdout.replace(self.site.url(""), "http://courier.example")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return [{name: value for name, value in row.items() if name not in COLLECTED} for row in rows]

    def json(self, *command: str) -> dict[str, object]:
        found = self._printed(*command)
        return dict(found[0] if isinstance(found, list) else found)

    def is_impaired(self, *, since: datetime) -> bool:
        """Return whether the collection was on any day since then: it may be another day by now."""
        days = ("--since", f"{since:%Y-%m-%d}", "--until", f"{datetime.now(UTC):%Y-%m-%d}")
        return any(day["impaired"] for day in self._printed("coverage", "csto", *days, "--format", "json"))

    def _printed(self, *command: str) -> Any:
        with self._as_store():
            result = run(*command)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    @contextmanager
    def _as_store(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STEPPEWATCH_DATA_DIR", str(self.settings.data_dir))
            patch.setattr("cli.shared.store.configured_url", lambda: str(self.settings.database))
            load.cache_clear()
            yield
        load.cache_clear()


@pytest.fixture
def outlet(site: Site, tmp_path: Path, sqlite_url: str) -> Iterator[Outlet]:
    """An outlet whose four stories are stored."""
    outlet = Outlet(site, tmp_path, sqlite_url)
    site.feed(*NAMES)
    outlet.serve(*NAMES)
    outlet.look()
    assert len(outlet.rows("articles")) == 4
    yield outlet
    outlet.database.close()


def test_a_bad_day_changes_no_export(outlet: Outlet, tmp_path: Path) -> None:
    late, began_at = "/story/4", datetime.now(UTC)
    with serving() as undisturbed:
        control = Outlet(undisturbed, tmp_path / "control", f"sqlite:///{tmp_path}/control.db")
        undisturbed.feed(*NAMES)
        control.serve(*NAMES)
        control.look()
        for each in (outlet, control):
            each.site.feed(*NAMES, late)
        control.serve(late)
        control.look()
        for page in (CHALLENGE, FRONT_PAGE, MISSING):
            outlet.serve(*NAMES, late, instead=page)
            outlet.look()
        assert outlet.json("source", "show", "courier", "--format", "json")["trouble"]
        assert outlet.is_impaired(since=began_at)
        assert not control.is_impaired(since=began_at)
        outlet.serve(*NAMES, late)
        outlet.look()
        control.look()
        for kind in ("articles", "mentions", "coverage", "clusters"):
            assert without_ids(outlet.rows(kind)) == without_ids(control.rows(kind)), kind
        assert {row["revisions"] for row in outlet.rows("articles")} == {"1"}
        assert len(outlet.rows("revisions")) == len(control.rows("revisions")) == 5
        control.database.close()


def without_ids(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: value for name, value in row.items() if not name.endswith("_id")} for row in rows]


def test_a_page_that_is_no_article_leaves_what_its_feed_says(site: Site, tmp_path: Path, sqlite_url: str) -> None:
    outlet = Outlet(site, tmp_path, sqlite_url)
    site.feed("/story/1")
    outlet.serve("/story/1", instead=CHALLENGE)
    assert outlet.look()["new"] == 1
    [row] = outlet.rows("articles")
    assert (row["title"], row["published_at"]) == ("About /story/1", "2022-01-06T10:00:00Z")
    shown = outlet.json("article", "show", "1", "--text")
    assert (shown["text"], shown["text_from"], shown["suspect"]) == ("", "feed", None)
    outlet.serve("/story/1")
    outlet.look()
    assert outlet.json("article", "show", "1")["text_from"] == "page"
    assert [row["revisions"] for row in outlet.rows("articles")] == ["1"]


def test_another_text_waits_until_it_has_stood_for_a_day(outlet: Outlet) -> None:
    stranger = "".join(f"<p>{line}</p>" for line in OTHER)
    page = f"<html lang='en'><head><title>Apples | Courier</title></head><body><h1>Apples</h1>{stranger}</body></html>"
    outlet.serve("/story/1", instead=page)
    outlet.look()
    before = outlet.rows("mentions")
    suspect = outlet.json("article", "show", outlet.site.url("/story/1"))["suspect"]
    assert isinstance(suspect, dict)
    assert (suspect["reason"], suspect["looks"]) == ("it has nothing in common with the article", 1)
    assert outlet.json("status", "--format", "json")["suspects"] == 1
    for _ in range(2):
        outlet.look()
    assert outlet.rows("mentions") == before
    yesterday = datetime.now(UTC) - timedelta(days=1, minutes=1)
    outlet.database.write(lambda conn: conn.execute(update(Suspect).values(first_seen_at=yesterday)))
    assert outlet.look()["revised"] == 1
    shown = outlet.json("article", "show", outlet.site.url("/story/1"))
    assert (str(shown["title"])[:6], shown["suspect"]) == ("Apples", None)


def test_the_old_text_takes_away_what_waited(outlet: Outlet) -> None:
    stranger = "".join(f"<p>{line}</p>" for line in OTHER)
    outlet.serve("/story/1", instead=f"<title>Apples</title><h1>Apples</h1>{stranger}")
    outlet.look()
    assert outlet.database.read(totals.count_suspects) == 1
    outlet.serve("/story/1")
    outlet.look()
    assert outlet.database.read(totals.count_suspects) == 0


def test_two_texts_that_alternate_are_two_revisions(outlet: Outlet) -> None:
    for _ in range(2):
        outlet.serve("/story/1", extra="Correction: the loaf cost nine coins in Tashkent.")
        outlet.look()
        assert "tashkent" in {row["entity"] for row in outlet.rows("mentions")}
        outlet.serve("/story/1")
        outlet.look()
        assert "tashkent" not in {row["entity"] for row in outlet.rows("mentions")}
    assert sorted(row["revisions"] for row in outlet.rows("articles")) == ["1"] * 3 + ["2"]


def test_a_page_without_its_article_is_asked_again_at_growing_distances(outlet: Outlet) -> None:
    outlet.serve("/story/1", instead=CHALLENGE)
    pauses = []
    for _ in range(3):
        outlet.look()
        with outlet.database.reading() as conn:
            page = conn.execute(Page.__table__.select().where(Page.url == outlet.site.url("/story/1"))).one()
        assert (page.body_hash, page.etag, page.last_outcome) == (None, None, "challenge")
        pauses.append(round((page.next_fetch_at - datetime.now(UTC)).total_seconds() / 900))
    assert pauses == [1, 2, 4]
    outlet.serve("/story/1")
    outlet.look()
    with outlet.database.reading() as conn:
        assert conn.execute(Page.__table__.select().where(Page.url == outlet.site.url("/story/1"))).one().doubts == 0


def test_the_same_words_at_three_addresses_are_no_article(site: Site, tmp_path: Path, sqlite_url: str) -> None:
    outlet = Outlet(site, tmp_path, sqlite_url)
    site.feed(*NAMES)
    words = "".join(f"<p>{line}</p>" for line in OTHER)
    outlet.serve(*NAMES, instead=f"<html><head><title>The Courier</title></head><body>{words}</body></html>")
    outlet.look()
    outlet.look()
    assert len(outlet.rows("articles")) == 4
    assert outlet.rows("mentions") == []
