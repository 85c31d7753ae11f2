"""What an outlet refused once is asked for again by the real crawler, and read when the outlet has come round."""

from __future__ import annotations

from pathlib import Path

from courier import LONG_AGO, Reply, Site, captures, settings_for, store_for
from sqlalchemy import select, update

from crawlers.crawl_once import collect_once
from db.engine import Database
from db.models import Feed, Page


def states(site: Site, database: Database) -> dict[str, tuple[str, str | None]]:
    with database.reading() as conn:
        found = conn.execute(select(Page.url, Page.state, Page.last_outcome))
        return {url.removeprefix(site.url("")): (state, outcome) for url, state, outcome in found}


def wake(database: Database) -> None:
    """Make all pages due, as if their pauses had passed."""
    database.write(lambda conn: conn.execute(update(Page).values(next_fetch_at=LONG_AGO)))


def test_what_was_refused_once_is_read_when_it_is_over(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/busy", "/inside")
    site.pages["/busy"] = Reply(b'{"error": "busy"}', headers={"Content-Type": "application/json"})
    site.pages["/inside"] = Reply(status=302, headers={"Location": "http://10.0.0.1/maintenance"})
    collect_once(settings)
    assert states(site, database) == {"/busy": ("refused", "not a page"), "/inside": ("refused", "refused")}
    site.page("/busy")
    site.page("/inside")
    assert "fetch: captured" not in collect_once(settings)
    wake(database)
    assert collect_once(settings)["fetch: captured"] == 2
    assert states(site, database) == {"/busy": ("active", "captured"), "/inside": ("active", "captured")}


def test_what_robots_txt_allows_from_now_on_is_asked_for_with_its_next_reading(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/news/1", "/secret/2", "/moved")
    site.page("/news/1")
    site.page("/secret/2")
    site.pages["/moved"] = Reply(status=302, headers={"Location": "/secret/2"})
    site.pages["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /news\nDisallow: /secret\n")
    collect_once(settings)
    assert states(site, database) == {path: ("refused", "robots") for path in ("/news/1", "/secret/2", "/moved")}
    site.pages["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /secret\n")
    assert collect_once(settings)["fetch: captured"] == 1
    assert site.asked("/moved") == 1
    assert [row.url for row in captures(database) if row.size] == [site.url("/news/1")]


def test_a_feed_that_was_gone_and_a_page_that_it_names_anew_come_back(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.pages["/feed.xml"] = Reply(status=410)
    assert collect_once(settings) == {"poll: gone": 1}
    site.feed("/1")
    assert collect_once(settings) == {}
    database.write(lambda conn: conn.execute(update(Feed).values(next_poll_at=LONG_AGO)))
    assert collect_once(settings) == {"poll: changed": 1, "entry: new": 1, "fetch: missing": 1}
    wake(database)
    assert collect_once(settings)["fetch: gone"] == 1
    site.feed("/2")
    site.page("/2")
    collect_once(settings)
    site.feed("/1")
    site.page("/1")
    assert collect_once(settings)["fetch: captured"] == 1
    assert states(site, database)["/1"] == ("active", "captured")
