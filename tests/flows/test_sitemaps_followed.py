"""Sitemaps of an outlet are followed by the real crawler: entries, children of an index, and the end of both."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from courier import LONG_AGO, Reply, Site, captures, settings_for, store_for
from sqlalchemy import select, update

from crawlers.crawl_once import collect_once
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.enums.collection import FeedKind, FeedState
from db.models import Feed, Page, Problem, Sighting


def day(days_ago: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()


def sitemap(site: Site, path: str, *locs: tuple[str, float | None], packed: bool = False) -> None:
    items = "".join(
        f"<url><loc>{site.url(loc)}</loc>{f'<lastmod>{day(ago)}</lastmod>' if ago is not None else ''}</url>"
        for loc, ago in locs
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>'.encode()
    site.pages[path] = Reply(gzip.compress(body) if packed else body, headers={"Content-Type": "application/xml"})


def index(site: Site, path: str, *locs: tuple[str, float]) -> None:
    items = "".join(f"<sitemap><loc>{site.url(loc)}</loc><lastmod>{day(ago)}</lastmod></sitemap>" for loc, ago in locs)
    site.pages[path] = Reply(f"<sitemapindex>{items}</sitemapindex>".encode(), headers={"Content-Type": "text/xml"})


def follow(database: Database, url: str) -> None:
    database.write(partial(add_feed, source_id="courier", url=url, now=LONG_AGO, kind=FeedKind.SITEMAP))


def feeds(database: Database) -> dict[str, Any]:
    with database.reading() as conn:
        rows = conn.execute(select(Feed.__table__)).all()
    return {row.url.rpartition("/")[2]: row for row in rows}


def poll_again(database: Database) -> None:
    """Make everything due, and ask for whole sitemaps."""
    again = {"next_poll_at": LONG_AGO, "body_hash": None}
    database.write(lambda conn: conn.execute(update(Feed).where(Feed.state == FeedState.ACTIVE).values(**again)))


def test_a_sitemap_is_polled_like_a_feed(site: Site, tmp_path: Path, database_url: str) -> None:
    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings)
    follow(database, site.url("/map.xml.gz"))
    sitemap(site, "/map.xml.gz", ("/new", 1), ("/old", 300), ("/undated", None), packed=True)
    for path in ("/new", "/old", "/undated"):
        site.page(path, f"words of {path}")
    counts = collect_once(settings)
    assert counts == {"poll: changed": 1, "entry: new": 2, "entry: old": 1, "fetch: captured": 2}
    assert site.asked("/old") == 0
    assert all("published_at" not in capture.hints for capture in captures(database))
    with database.reading() as conn:
        assert set(conn.scalars(select(Sighting.published_at))) == {None}


def test_the_first_poll_of_a_large_sitemap_takes_the_newest_only(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site.url("/map.xml"))
    sitemap(site, "/map.xml", *((f"/{number}", number / 100) for number in range(300)))
    counts = collect_once(settings)
    assert (counts["entry: new"], counts["entry: old"]) == (100, 200)
    with database.reading() as conn:
        urls = set(conn.scalars(select(Page.url)))
    assert urls == {site.url(f"/{number}") for number in range(100)}


def test_what_is_new_in_a_long_list_without_dates_is_found(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site.url("/map.txt"))
    lines = [site.url(f"/{number}") for number in range(1_000)]
    site.pages["/map.txt"] = Reply("\n".join(lines).encode(), headers={"Content-Type": "text/plain"})
    assert collect_once(settings) == {"poll: changed": 1, "entry: old": 1_000}
    site.pages["/map.txt"] = Reply("\n".join([*lines, site.url("/fresh")]).encode())
    site.page("/fresh")
    poll_again(database)
    counts = collect_once(settings)
    assert (counts["entry: new"], counts["fetch: captured"], counts["entry: old"]) == (1, 1, 1_000)


def test_an_index_adds_its_children_and_retires_them(site: Site, tmp_path: Path, database_url: str) -> None:
    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings)
    follow(database, site.url("/index.xml"))
    index(site, "/index.xml", ("/a.xml", 1), ("/b.xml", 2), ("/ancient.xml", 900))
    sitemap(site, "/a.xml", ("/1", 0.1))
    sitemap(site, "/b.xml", ("/2", 0.1))
    assert collect_once(settings)["poll: changed"] == 3
    known = feeds(database)
    assert set(known) == {"index.xml", "a.xml", "b.xml"}
    assert {known[name].parent_id for name in ("a.xml", "b.xml")} == {known["index.xml"].id}
    assert known["a.xml"].source_id == "courier"

    index(site, "/index.xml", ("/a.xml", 0), ("/c.xml", 0))
    sitemap(site, "/a.xml", ("/1", 0.1), ("/3", 0))
    sitemap(site, "/c.xml", ("/4", 0))
    poll_again(database)
    collect_once(settings)
    known = feeds(database)
    assert (known["b.xml"].state, known["b.xml"].next_poll_because) == ("retired", "its index names it no more")
    assert (known["a.xml"].state, known["c.xml"].state) == ("active", "active")
    # the new child came while the index was followed: what it lists is news
    assert known["c.xml"].followed_since == known["index.xml"].followed_since
    assert known["a.xml"].followed_since > known["index.xml"].followed_since

    index(site, "/index.xml", ("/b.xml", 0), ("/c.xml", 0))
    del site.pages["/c.xml"]
    poll_again(database)
    collect_once(settings)
    known = feeds(database)
    assert {name: known[name].state for name in ("a.xml", "b.xml", "c.xml")} == {
        "a.xml": "retired",
        "b.xml": "active",
        "c.xml": "gone",
    }


def test_a_child_that_a_person_paused_stays_paused(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site.url("/index.xml"))
    index(site, "/index.xml", ("/a.xml", 1))
    sitemap(site, "/a.xml", ("/1", 0.1))
    collect_once(settings)
    paused = update(Feed).where(Feed.url == site.url("/a.xml")).values(state=FeedState.PAUSED)
    database.write(lambda conn: conn.execute(paused))
    for names in ((("/a.xml", 1.0),), (("/z.xml", 1.0),)):
        index(site, "/index.xml", *names)
        poll_again(database)
        collect_once(settings)
        assert feeds(database)["a.xml"].state == "paused"


def test_indexes_in_indexes_end(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site.url("/0.xml"))
    for number in range(6):
        index(site, f"/{number}.xml", (f"/{number + 1}.xml", 0), ("/0.xml", 0))
    collect_once(settings)
    assert set(feeds(database)) == {"0.xml", "1.xml", "2.xml"}


def test_what_is_no_sitemap_is_a_failure(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site.url("/map.xml"))
    site.page("/map.xml", "not found")
    assert collect_once(settings) == {"poll: not a feed": 1}
    with database.reading() as conn:
        assert conn.scalars(select(Problem.reason)).all() == ["an HTML page, not a sitemap"]


def test_the_first_poll_of_a_feed_goes_on_with_its_older_pages(site: Site, tmp_path: Path, database_url: str) -> None:
    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings, site.url("/feed.xml"))
    for number in range(1, 8):
        path = "/feed.xml" if number == 1 else f"/feed.xml?page={number}"
        site.feed(f"/{number}", path=path)
        link = f'<atom:link rel="next" href="/feed.xml?page={number + 1}" xmlns:atom="http://www.w3.org/2005/Atom"/>'
        body = site.pages[path].body.replace(b"<item>", f"{link}<item>".encode())
        site.pages[path] = Reply(body)
        site.page(f"/{number}")
    counts = collect_once(settings)
    assert counts == {"poll: changed": 1, "entry: new": 5, "fetch: captured": 5}
    with database.reading() as conn:
        since = conn.scalar(select(Feed.followed_since))
        assert set(conn.scalars(select(Sighting.first_seen_at))) == {since}
    known = feeds(database)["feed.xml"]
    assert known.next_poll_at > known.polled_at
    assert "pages" not in known.history
    poll_again(database)
    assert collect_once(settings)["poll: changed"] == 1
    assert site.asked("/feed.xml?page=2") == 1
