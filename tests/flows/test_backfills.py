"""Older articles of an outlet are collected by the real crawler, through kills, and none of them is news."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from backfilling import archive, begin, progress_of, rows, running_crawler, start_backfill, use_settings, wait_for
from commandline import run
from courier import LONG_AGO, Reply, Site, captures, settings_for, store_for
from samples import prepared_store
from sqlalchemy import select, update
from templates import migrated

from crawlers.backfill_run import run_backfill
from crawlers.crawl_once import collect_once
from db.alerts.matches import find_backfilled
from db.collection.backfills.backfills import stop_backfill
from db.collection.feeds.feeds import add_feed
from db.datadir.heartbeat import touch_heartbeat
from db.enums.collection import FeedKind, FeedState
from db.models import Backfill, Feed, Page, Source

DAYS = ("--since", "2022-01-05", "--until", "2022-01-10")


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
    child = start_backfill(settings, number)
    wait_for(lambda: bool(rows(database, Page.id)))
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


def test_the_command_collects_and_processes(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(site, tmp_path)
    prepared_store(settings.database).close()
    database = store_for(settings)
    archive(site)
    database.write(lambda conn: conn.execute(update(Source).values(homepage=site.url("/"))))
    use_settings(settings, monkeypatch)
    result = run("source", "backfill", "courier", *DAYS, "--format", "json")
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


def test_beside_a_crawler_that_runs_the_command_only_watches(
    site: Site, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(site, tmp_path, database_url, lease_s=2)
    prepared_store(settings.database).close()
    database = store_for(settings)
    archive(site)
    database.write(lambda conn: conn.execute(update(Source).values(homepage=site.url("/"))))
    # the crawler of this test asks no outlet of the catalogue
    database.write(lambda conn: conn.execute(update(Feed).values(state=FeedState.PAUSED)))
    use_settings(settings, monkeypatch)
    monkeypatch.setattr("crawlers.backfill_run.run_child", _no_second_crawler)
    with running_crawler(settings) as crawler:
        result = run("source", "backfill", "courier", *DAYS, "--format", "json")
        assert crawler.poll() is None
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["state"], told["articles"], told["articles_left"]) == ("done", 2, 0)
    assert "documents left" in result.stderr
    assert len(captures(database)) == 2


def test_when_the_crawler_that_ran_is_gone_the_command_works_itself(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(site, tmp_path)
    prepared_store(settings.database).close()
    database = store_for(settings)
    archive(site)
    database.write(lambda conn: conn.execute(update(Source).values(homepage=site.url("/"))))
    use_settings(settings, monkeypatch)
    monkeypatch.setattr("cli.source.backfill._ALIVE_S", 1.0)
    touch_heartbeat(settings.data_dir, "crawler")
    result = run("source", "backfill", "courier", *DAYS, "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["state"] == "done"
    assert len(captures(database)) == 2


def _no_second_crawler(*_: object) -> NoReturn:
    raise AssertionError("a crawler runs already")


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
    use_settings(settings, monkeypatch)
    result = run("source", "backfill", "courier", *arguments)
    assert result.exit_code != 0
    assert reason in result.stderr
