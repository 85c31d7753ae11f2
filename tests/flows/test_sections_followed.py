"""Section pages of an outlet are followed by the real crawler: entries, lessons from earlier articles, and patterns."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from courier import LONG_AGO, Reply, Site, captures, settings_for, store_for
from sqlalchemy import insert, select, update

from crawlers.crawl_once import collect_once
from db.collection.feeds.feeds import add_feed
from db.collection.feeds.section_links import find_articles, find_others
from db.engine import Database
from db.enums.collection import FeedKind
from db.models import Article, Capture, Feed, Page, Problem, Sighting

HEADLINE = "The council of the valley met on matter {}"


def section(site: Site, *items: tuple[str, str]) -> None:
    """Let the front page list these paths with these words, beside its usual navigation."""
    lines = "".join(f'<li><h3><a href="{path}">{words}</a></h3></li>' for path, words in items)
    menu = '<nav><a href="/">Home</a><a href="/politics">Politics</a><a href="/about">About us</a></nav>'
    body = f"<html><body>{menu}<ul>{lines}</ul><a href='/tag/water'>water</a></body></html>".encode()
    site.pages["/front"] = Reply(body, headers={"Content-Type": "text/html; charset=utf-8"})


def follow(database: Database, site: Site) -> None:
    database.write(partial(add_feed, source_id="courier", url=site.url("/front"), now=LONG_AGO, kind=FeedKind.SECTION))


def poll_again(database: Database, **values: object) -> None:
    again = {"next_poll_at": LONG_AGO, "body_hash": None, **values}
    database.write(lambda conn: conn.execute(update(Feed).values(**again)))


def row(database: Database) -> Feed:
    with database.reading() as conn:
        return conn.execute(select(Feed.__table__)).one()  # type: ignore[return-value]


def paths(database: Database, site: Site) -> set[str]:
    with database.reading() as conn:
        return {url.removeprefix(site.url("")) for url in conn.scalars(select(Page.url))}


def test_a_section_page_is_polled_like_a_feed(site: Site, tmp_path: Path, database_url: str) -> None:
    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings)
    follow(database, site)
    section(site, *((f"/news/{n}", HEADLINE.format(n)) for n in (98001, 98002)))
    for n in (98001, 98002, 98003):
        site.page(f"/news/{n}", f"words of {n}")
    assert collect_once(settings) == {"poll: changed": 1, "entry: new": 2, "fetch: captured": 2}
    assert {capture.hints["title"] for capture in captures(database)} == {HEADLINE.format(n) for n in (98001, 98002)}
    assert row(database).followed_since is not None

    section(site, *((f"/news/{n}", HEADLINE.format(n)) for n in (98003, 98001, 98002)))
    poll_again(database)
    counts = collect_once(settings)
    assert (counts["entry: new"], counts["fetch: captured"]) == (1, 1)
    with database.reading() as conn:
        rows = conn.execute(select(Page.url, Sighting.first_seen_at).join(Sighting))
        seen = {url: at for url, at in rows}
    first_poll = row(database).followed_since
    assert first_poll is not None
    news = {url for url, at in seen.items() if at > first_poll}
    assert news == {site.url("/news/98003")}, "what stood in the first poll is no news"
    assert site.asked("/politics") == site.asked("/tag/water") == 0


def test_what_became_of_earlier_links_decides_about_the_next(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site)
    plain = ("togai", "arna", "saz")
    section(
        site, *((f"/oi/{name}", name) for name in plain), ("/guide/how-to-reach-us-all", "How to reach us all here")
    )
    for path in (*(f"/oi/{name}" for name in plain), "/guide/how-to-reach-us-all"):
        site.page(path)

    def remember(name: str, *, is_article: bool) -> None:
        url = site.url(name)
        page = {"canonical_url": url, "url": url, "host": "127.0.0.1", "source_id": "courier", "state": "settled"}
        page |= {"first_seen_at": LONG_AGO, "next_fetch_at": LONG_AGO, "doubts": 0 if is_article else 2}
        database.write(lambda conn: conn.execute(insert(Page).values(page)))
        if is_article:
            article = {"canonical_url": url, "url": url, "source_id": "courier", "collected_at": LONG_AGO}
            database.write(lambda conn: conn.execute(insert(Article).values(**article, counts_on=LONG_AGO.date())))

    for name in ("bulaq", "tau", "kol", "qum", "jar", "sai"):
        remember(f"/oi/{name}", is_article=True)
        remember(f"/guide/how-to-leave-{name}-and-more", is_article=False)
    with database.reading() as conn:
        assert len(find_articles(conn, "courier")) == len(find_others(conn, "courier")) == 6
    collect_once(settings)
    assert all(site.asked(f"/oi/{name}") for name in plain)
    assert site.asked("/guide/how-to-reach-us-all") == 0


def test_a_pattern_decides_alone(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site)
    poll_again(database, link_pattern="/x/*")
    section(site, ("/x/1", "x"), ("/news/98001", HEADLINE.format(1)))
    site.page("/x/1")
    collect_once(settings)
    assert (site.asked("/x/1"), site.asked("/news/98001")) == (1, 0)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [(None, "no link of the page looks like an article"), ("/y/*", "no link of the page fits /y/*")],
)
def test_a_page_without_articles_is_a_failure_that_is_told(
    site: Site, tmp_path: Path, pattern: str | None, reason: str
) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings)
    follow(database, site)
    poll_again(database, link_pattern=pattern)
    section(site)
    assert collect_once(settings) == {"poll: not a feed": 1}
    assert row(database).last_error == reason
    with database.reading() as conn:
        assert conn.scalar(select(Problem.reason).where(Problem.subject == site.url("/front"))) == reason


def test_a_rejected_capture_is_no_article_and_a_failure_says_nothing(site: Site, tmp_path: Path) -> None:
    database = store_for(settings_for(site, tmp_path))
    page = {
        "host": "h",
        "source_id": "courier",
        "first_seen_at": LONG_AGO,
        "next_fetch_at": LONG_AGO,
        "state": "active",
    }
    for number, outcome in enumerate((None, "robots", "not a page")):
        url = f"https://courier.example/{number}"
        values = {**page, "url": url, "canonical_url": url, "last_outcome": outcome}
        database.write(lambda conn, values=values: conn.execute(insert(Page).values(values)))
    capture = {
        "url": "https://courier.example/0", "fetched_at": LONG_AGO, "status": 200, "body": b"", "body_hash": "0" * 32,
        "size": 0, "stage": "done", "outcome": "rejected", "source_id": "courier",
    }  # fmt: skip
    with database.reading() as conn:
        page_id = conn.scalar(select(Page.id).where(Page.url == "https://courier.example/0"))
    database.write(lambda conn: conn.execute(insert(Capture).values(page_id=page_id, **capture)))
    with database.reading() as conn:
        assert find_others(conn, "courier") == ("https://courier.example/2", "https://courier.example/0")
        assert find_others(conn, "another") == find_articles(conn, "another") == ()
