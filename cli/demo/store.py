"""The demo's store: made ready with the demo's own outlets, asked how far it is, told to look again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from cli.demo.outlets import DemoError
from cli.demo.web import DemoWeb
from db import migrate
from db.collection.captures import count_waiting
from db.collection.catalogue import DEMO
from db.collection.feeds import count_due_feeds, iter_feeds
from db.collection.pages import count_due_pages
from db.collection.sources import list_sources
from db.coverage.cells import count_marks
from db.engine import Database
from db.exports.read import Filters, iter_rows
from db.models import Page
from db.totals import count_articles
from worker.catalogue.files import ListedFeed, ListedOutlet
from worker.setup import load_catalogue, prepare


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """What is still to be done before nothing happens any more."""

    feeds: int
    pages: int
    captures: int
    revisions: int
    marks: int

    def __bool__(self) -> bool:
        return any(astuple(self))

    def __str__(self) -> str:
        return (
            f"{self.feeds} feeds to poll, {self.pages} pages to fetch, {self.captures} captures and "
            f"{self.revisions} revisions to understand, {self.marks} coverage marks to settle"
        )


@dataclass(frozen=True, slots=True)
class PageState:
    """What the crawler knows of an address that a feed named."""

    state: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Filed:
    """An article of the store: how many texts it had, and the canonical URL of its cluster's original."""

    revisions: int
    original: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the store knows, by canonical URL; of feeds, by URL, what was wrong with the last poll."""

    feeds: Mapping[str, str | None]
    pages: Mapping[str, PageState]
    articles: Mapping[str, Filed]


def prepare_store(database: Database, web: DemoWeb, where: str, *, now: datetime) -> None:
    """Make a store that holds the demo's outlets and no others.

    Raises DemoError for one that holds others; that one is not touched.
    """
    if migrate.current(database) is not None:
        _refuse_others(database, web, where)
    migrate.upgrade(database)
    database.write(lambda conn: load_catalogue(conn, _catalogue(web), now=now, catalogue=DEMO))
    prepare(database, now=now)  # with outlets in the store, this adds only the vocabulary


def _refuse_others(database: Database, web: DemoWeb, where: str) -> None:
    ours = {outlet.id for outlet in web.outlets}
    with database.reading() as conn:
        known = list_sources(conn)
        feeds = {feed.url for feed in iter_feeds(conn)}
    others = [source for source in known if source.id not in ours]
    if others:
        articles = sum(source.articles for source in others)
        raise DemoError(
            f"{where} holds other outlets than the demo's ({len(others):,}, with {articles:,} articles); "
            "the demo wants a place of its own",
            "--data-dir names another folder",
        )
    wanted = {web.feed_of(outlet) for outlet in web.outlets}
    if known and feeds != wanted:
        raise DemoError(
            f"{where} holds a demo whose outlets are at other addresses",
            "--outlets-port must be the one it was made with; or remove that folder",
        )


def _catalogue(web: DemoWeb) -> tuple[ListedOutlet, ...]:
    return tuple(
        ListedOutlet(
            id=outlet.id,
            name=outlet.name,
            kind=outlet.kind,
            country=outlet.country,
            languages=(outlet.language,),
            paywall="no",
            homepage=web.home_of(outlet),
            bias_note=outlet.note,
            feeds=(ListedFeed(web.feed_of(outlet), "certain"),),
        )
        for outlet in web.outlets
    )


def count_all_waiting(conn: Connection, *, now: datetime) -> WaitingCounts:
    """Return what waits. Each stage is counted after the one that feeds it, so that nothing slips through between."""
    return WaitingCounts(
        feeds=count_due_feeds(conn, now=now),
        pages=count_due_pages(conn, now=now),
        captures=count_waiting(conn),
        revisions=count_articles(conn)["unfinished"],
        marks=count_marks(conn),
    )


def read_knowledge(database: Database) -> Knowledge:
    """Return what the store knows of pages and articles."""
    query = select(Page.canonical_url, Page.state, Page.last_error)
    with database.reading() as conn:
        feeds = {feed.url: feed.last_error for feed in iter_feeds(conn)}
        pages = {row.canonical_url: PageState(row.state, row.last_error) for row in conn.execute(query)}
    with database.snapshot() as conn:
        rows = iter_rows(conn, "articles", Filters())
        articles = {row.canonical_url: Filed(row.revisions, row.original_url or "") for row in rows}
    return Knowledge(feeds, pages, articles)
