"""Older articles of an outlet are collected by the real crawler, through kills, and none of them is news."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from commandline import run
from courier import LONG_AGO, Reply, Site, captures, environment_of, settings_for, store_for
from material import ROOT
from samples import prepared_store
from sqlalchemy import select, update
from templates import migrated

from crawlers.backfill_run import run_backfill
from crawlers.crawl_once import collect_once
from db.alerts.matches import find_backfilled
from db.collection.backfills import BackfillProgress, begin_backfill, find_progress, stop_backfill
from db.collection.feeds import add_feed
from db.engine import Database
from db.enums.collection import FeedKind
from db.models import Backfill, Feed, Page, Source
from db.settings import Settings

SINCE, UNTIL = date(2022, 1, 5), date(2022, 1, 10)


def begin(database: Database, *documents: tuple[str, str], until: date = UNTIL) -> int:
    number, _ = database.write(
        lambda conn: begin_backfill(
            conn,
            source_id="courier",
            since_on=SINCE,
            until_on=until,
            documents=[(kind, url, 0) for kind, url in documents],
            now=datetime.now(UTC),
        )
    )
    return number


def progress_of(database: Database, number: int) -> BackfillProgress:
    return database.read(lambda conn: find_progress(conn, number))


def rows(database: Database, *columns: Any) -> list[Any]:
    with database.reading() as conn:
        return list(conn.execute(select(*columns)))


def archive(site: Site, months: int = 2, each: int = 5) -> None:
    """Serve an index of sitemaps, one for each month, of which January is wanted."""
    names = [f"/map-2022-{month:02}.xml" for month in range(1, months + 1)]
    body = "".join(f"<sitemap><loc>{site.url(name)}</loc></sitemap>" for name in names)
    site.pages["/sitemap.xml"] = Reply(f"<sitemapindex>{body}</sitemapindex>".encode())
    for month, name in enumerate(names, 1):
        paths = [f"/2022/{month:02}/{day:02}/story" for day in range(1, each + 1)]
        urls = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
        site.pages[name] = Reply(f"<urlset>{urls}</urlset>".encode())
        for path in paths:
            site.page(path, f"words of {path}")


def test_a_backfill_reads_documents_and_fetches_what_is_of_its_days(
    site: Site, tmp_path: Path, database_url: str
) -> None:
    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings)
    archive(site, each=12)
    number = begin(database, (FeedKind.SITEMAP, site.url("/sitemap.xml")))
    list(run_backfill(settings, number))
    progress = progress_of(database, number)
    # a day of margin on either side, for clocks
    assert sorted(capture.url for capture in captures(database)) == [
        site.url(f"/2022/01/{day:02}/story") for day in range(4, 12)
    ]
    assert (progress.state, progress.pages, progress.pages_left, progress.documents_left) == ("done", 8, 0, 0)
    assert progress.counts == {"documents": 2, "articles": 8, "outside": 4}
    assert site.asked("/map-2022-02.xml") == 0
    with database.reading() as conn:
        pages = set(conn.scalars(select(Page.id)))
        assert find_backfilled(conn, pages) == pages
    assert [row.state for row in rows(database, Feed.state)] == ["retired"]


def test_pages_of_a_feed_and_archive_pages_are_read(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    site.feed("/a", path="/feed/")
    site.feed("/b", path="/feed/?paged=2")
    for path in "/a", "/b":
        site.page(path)
    number = begin(database, (FeedKind.FEED, site.url("/feed/")), (FeedKind.SITEMAP, site.url("/missing.xml")))
    list(run_backfill(settings, number))
    progress = progress_of(database, number)
    assert (progress.state, progress.pages) == ("done", 2)
    assert progress.counts == {"documents": 2, "articles": 2, "documents that failed": 2}
    assert site.asked("/feed/?paged=3") == 1
    assert len(captures(database)) == 2


def test_a_live_feed_that_names_a_page_does_not_wait_for_the_backfill(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    archive(site)
    number = begin(database, (FeedKind.SITEMAP, site.url("/map-2022-01.xml")))
    site.pages["/2022/01/05/story"] = Reply(status=503, headers={"Retry-After": "3600"})
    child = _start(settings, number)
    _wait_for(lambda: bool(rows(database, Page.id)))
    child.kill()
    child.wait()
    database.write(partial(stop_backfill, backfill_id=number, now=datetime.now(UTC)))
    site.feed("/2022/01/05/story")
    site.page("/2022/01/05/story")
    database.write(partial(add_feed, source_id="courier", url=site.url("/feed.xml"), now=LONG_AGO))
    followed = update(Feed).where(Feed.kind == FeedKind.FEED).values(followed_since=LONG_AGO)
    database.write(lambda conn: conn.execute(followed))
    database.write(lambda conn: conn.execute(update(Page).values(claimed_until=None)))
    collect_once(settings)
    assert site.url("/2022/01/05/story") in {capture.url for capture in captures(database)}
    with database.reading() as conn:
        named = conn.scalar(select(Page.id).where(Page.url == site.url("/2022/01/05/story")))
        assert named is not None
        assert find_backfilled(conn, {named}) == set()


def test_other_days_take_the_place_of_what_is_under_way(site: Site, tmp_path: Path) -> None:
    database = store_for(settings_for(site, tmp_path))
    document = (FeedKind.SITEMAP, site.url("/sitemap.xml"))
    first = begin(database, document)
    assert begin(database, document) == first
    second = begin(database, document, until=date(2022, 1, 20))
    assert second != first
    assert [row.state for row in rows(database, Backfill.state)] == ["stopped", "active"]


def test_an_ordinary_run_leaves_backfills_alone(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1")
    site.page("/1")
    archive(site)
    begin(database, (FeedKind.SITEMAP, site.url("/sitemap.xml")))
    assert collect_once(settings) == {"poll: changed": 1, "entry: new": 1, "fetch: captured": 1}
    assert site.asked("/sitemap.xml") == 0


def _use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands use these settings and their store."""
    monkeypatch.setattr("db.settings.load", lambda: settings)


def _start(settings: Settings, number: int) -> subprocess.Popen[bytes]:
    """Start a crawler that works off the back-fill, in a process of its own that can be killed."""
    run = f"collect(load(), once=True, backfill_id={number})"
    code = f"from crawlers.service import collect; from db.settings import load; {run}"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environment_of(settings)})


def _wait_for(holds: Any) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_a_backfill_that_is_killed_goes_on_and_ends_as_if_nothing_had_happened(
    site: Site, tmp_path: Path, database_url: str
) -> None:
    settings = settings_for(site, tmp_path, database_url, lease_s=2)
    database = store_for(settings)
    archive(site, each=12)
    number = begin(database, (FeedKind.SITEMAP, site.url("/sitemap.xml")))
    for captured in (0, 1, 3, 5, 7):
        child = _start(settings, number)
        _wait_for(lambda captured=captured: rows(database, Page.id) and len(captures(database)) >= captured)
        child.kill()
        child.wait()
    list(run_backfill(settings, number))
    progress = progress_of(database, number)
    assert (progress.state, progress.pages, progress.pages_left) == ("done", 8, 0)
    assert progress.counts == {"documents": 2, "articles": 8, "outside": 4}
    urls = [capture.url for capture in captures(database)]
    assert sorted(urls) == [site.url(f"/2022/01/{day:02}/story") for day in range(4, 12)]


def test_the_command_collects_and_processes(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(site, tmp_path)
    prepared_store(settings.database).close()
    database = store_for(settings)
    archive(site)
    database.write(lambda conn: conn.execute(update(Source).values(homepage=site.url("/"))))
    _use(settings, monkeypatch)
    result = run("source", "backfill", "courier", "--since", "2022-01-05", "--until", "2022-01-10", "--format", "json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {name: told[name] for name in ("id", "state", "articles", "articles_left")} == {
        "id": "courier",
        "state": "done",
        "articles": 2,
        "articles_left": 0,
    }
    assert "beginning the articles of courier from 2022-01-05 to 2022-01-10" in result.stderr
    assert {capture.stage for capture in captures(database)} == {"done"}
    again = run("source", "backfill", "courier", "--stop")
    assert "stopped 0 back-fills" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "--since is missing"),
        (["--since", "1990"], "more than 4,000 days"),
        (["--since", "2022-01", "--until", "2021"], "is after"),
        (["--since", "2022-01", "--until", "2022-01", "--archive", "https://a.example/"], "{yyyy}"),
        (["--since", "2022-01", "--until", "2022-01"], "has no feed, no sitemap and no address"),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    settings = settings_for(site, tmp_path)
    migrated(settings.database).close()
    store_for(settings)
    _use(settings, monkeypatch)
    result = run("source", "backfill", "courier", *arguments)
    assert result.exit_code != 0
    assert reason in result.stderr
