"""An outlet's feed is followed to captures by the real crawler."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from courier import LONG_AGO, Reply, Site, captures, environment_of, look_again, settings_for, store_for
from material import ROOT
from sqlalchemy import select, update

from crawlers.crawl_once import collect_once
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import Feed, Source
from worker.setup import prepare


def test_a_feed_is_followed_to_captures(site: Site, tmp_path: Path, database_url: str) -> None:
    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1", "/2?utm_source=rss")
    site.page("/1")
    site.page("/2?utm_source=rss", "other words")
    said: list[str] = []
    counts = collect_once(settings, progress=said.append)
    assert counts == {"poll: changed": 1, "entry: new": 2, "fetch: captured": 2}
    assert sorted(said) == [
        f"{site.url('/1')}: captured",
        f"{site.url('/2?utm_source=rss')}: captured",
        f"{site.url('/feed.xml')}: 2 entries",
    ]
    first = next(capture for capture in captures(database) if capture.url == site.url("/1"))
    assert first.hints == {"title": "About /1", "author": "Ann", "published_at": "2022-01-06T10:00:00+00:00"}
    assert (first.source_id, first.content_type, first.stage, first.size) == ("courier", "text/html", "fetched", 12)


def test_what_has_not_changed_is_asked_for_with_validators_and_not_stored_again(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"), site.url("/plain.xml"))
    site.feed("/1", ETag='"feed"')
    site.feed("/2", path="/plain.xml")
    site.page("/1", ETag='"page"')
    site.page("/2")
    collect_once(settings)
    look_again(database)
    assert collect_once(settings) == {"poll: unchanged": 2, "fetch: unchanged": 2}
    assert len(captures(database)) == 2
    assert [site.asked(path) for path in ("/feed.xml", "/1", "/2")] == [2, 2, 2]


def test_what_the_feed_carries_of_a_page_that_cannot_be_had_is_captured_once(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1", "/2")
    site.pages["/1"] = Reply(status=403)
    site.page("/2")
    assert collect_once(settings) == {
        "poll: changed": 1, "entry: new": 2, "fetch: captured": 1, "fetch: forbidden": 1,
    }  # fmt: skip
    told = next(capture for capture in captures(database) if capture.url == site.url("/1"))
    assert (told.status, told.content_type, told.size) == (403, None, 0)
    assert told.hints["title"] == "About /1"
    assert told.hints["page_trouble"] == "the server answered 403: it does not let us in"
    look_again(database)
    assert collect_once(settings)["fetch: forbidden"] == 1
    assert len(captures(database)) == 2
    site.page("/1")
    look_again(database)
    assert collect_once(settings)["fetch: captured"] == 1
    assert [capture.status for capture in captures(database) if capture.url == site.url("/1")] == [403, 200]


def test_entries_without_a_page_of_their_own_are_captured_at_once(
    site: Site, tmp_path: Path, database_url: str
) -> None:
    def serve(*items: str) -> None:
        feed = f'<rss version="2.0"><channel>{"".join(f"<item>{item}</item>" for item in items)}</channel></rss>'
        site.pages["/feed.xml"] = Reply(feed.encode(), headers={"Content-Type": "application/rss+xml"})

    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings, site.url("/feed.xml"))
    live = f"<link>{site.url('/live')}</link>"
    alone = "<title>Alone</title><guid isPermaLink='false'>1</guid><description>{}</description>"
    morning = f"{live}<title>Morning</title><guid isPermaLink='false'>2</guid>"
    evening = f"{live}<title>Evening</title><guid isPermaLink='false'>3</guid>"
    serve(alone.format("words"), morning, evening)
    assert collect_once(settings) == {"poll: changed": 1, "entry: new": 3}
    assert {(capture.hints["title"], capture.url) for capture in captures(database)} == {
        ("Alone", site.url("/feed.xml")),
        ("Morning", site.url("/live")),
        ("Evening", site.url("/live")),
    }
    serve(alone.format("other words"), evening)
    assert collect_once(settings) == {"poll: changed": 1, "entry: known": 2}
    assert [capture.hints.get("body") for capture in captures(database)][3:] == ["other words"]
    assert site.asked("/live") == 0


def test_a_silent_edit_is_a_second_capture(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1", ETag='"feed"')
    site.page("/1", "the minister resigned", ETag='"1"')
    collect_once(settings)
    site.page("/1", "the minister stays", ETag='"2"')
    look_again(database)
    assert collect_once(settings)["fetch: captured"] == 1
    assert len({capture.body_hash for capture in captures(database)}) == 2
    assert {capture.page_id for capture in captures(database)} == {1}


def test_requests_to_one_host_keep_their_distance(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path, host_delay_s=0.3)
    store_for(settings, site.url("/feed.xml"), site.url("/other.xml"))
    site.feed("/1", "/2", "/moved")
    site.feed("/3", path="/other.xml")
    for path in ("/1", "/2", "/3"):
        site.page(path)
    site.pages["/moved"] = Reply(status=301, headers={"Location": "/1"})
    collect_once(settings)
    times = [at for at, _ in site.requests]
    assert len(times) == 8  # robots.txt, two feeds, four pages, one redirect
    assert min(later - sooner for sooner, later in pairwise(times)) > 0.3 - 0.05


def test_crawl_once_collects_and_understands(site: Site, warm: Callable[[Path], Path], tmp_path: Path) -> None:
    settings = settings_for(site, warm(tmp_path))
    site.feed("/1")
    site.page("/1", "The ministers of Kazakhstan and Turkey met in the old customs house on the lake. " * 5)
    database = Database(settings.database)
    prepare(database, now=LONG_AGO)
    database.write(lambda conn: conn.execute(update(Feed).values(state="paused")))
    source_id = database.write(lambda conn: conn.scalar(select(Source.id).limit(1)))
    database.write(lambda conn: add_feed(conn, source_id=source_id or "", url=site.url("/feed.xml"), now=LONG_AGO))
    command = [sys.executable, "-m", "cli.main", "crawl", "--once", "--source", source_id or "", "--format", "json"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment_of(settings)}, stdout=subprocess.PIPE, check=True
    )
    assert json.loads(done.stdout) == {
        "poll": {"changed": 1},
        "entry": {"new": 1},
        "fetch": {"captured": 1},
        "understand": {"new": 1},
    }
