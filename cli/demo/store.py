"""The store of the demo: prepared with its outlets, and inspected for progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from cli.demo.outlets import DemoError, DemoOutlet
from cli.demo.web import DemoWeb
from cli.source.opml import plan_feeds, store_feeds
from cli.source.parts.opml_plan import Imported
from crawlers.reading.opml import parse_opml
from db import migrate
from db.collection.captures import count_waiting
from db.collection.feeds.feeds import count_due_feeds, iter_feeds
from db.collection.pages.pages import count_due_pages
from db.collection.sources.catalogue import DEMO
from db.collection.sources.sources import list_sources
from db.collection.sources.walls import find_walled
from db.coverage.cells import count_marks
from db.engine import Database
from db.enums.collection import FeedKind
from db.enums.exports import ExportKind
from db.exports.read import Filters, iter_rows
from db.models import Page
from db.net.address_policy import parse_allowed
from db.totals import count_articles
from worker.catalogue.files import ListedFeed, ListedOutlet
from worker.coverage.health import collection_health_by_day
from worker.setup import load_catalogue, prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCounts:
    """The numbers of items still to be processed."""

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
            f"{self.revisions} revisions to process, {self.marks} coverage marks to settle"
        )


@dataclass(frozen=True, slots=True)
class DemoPage:
    """The state of a page in a feed."""

    state: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Filed:
    """An article of the store: its number of texts, and the canonical URL of its cluster's original."""

    revisions: int
    original: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The state of the store, by canonical URL; for feeds, by URL, the error of the last poll."""

    feeds: Mapping[str, str | None]
    pages: Mapping[str, DemoPage]
    articles: Mapping[str, Filed]
    walled: Mapping[str, str] = field(default_factory=dict)
    """Outlets with mostly other pages than articles, each with a sentence on these."""
    impaired: Mapping[str, str] = field(default_factory=dict)
    """The outlets whose collection was impaired on one of the days asked for, with the reason."""


def prepare_store(database: Database, web: DemoWeb, where: str, *, now: datetime) -> None:
    """Create a store with the demo's outlets and no others.

    Raises DemoError for a store with other outlets, and leaves it untouched.
    """
    if migrate.current(database) is not None:
        _refuse_others(database, web, where)
    migrate.upgrade(database)
    database.write(lambda conn: load_catalogue(conn, _catalogue(web), now=now, catalogue=DEMO))
    _import_feeds(database, web, now=now)
    prepare(database, now=now)  # since outlets exist already, this only adds the vocabulary


def _refuse_others(database: Database, web: DemoWeb, where: str) -> None:
    demo_ids = {outlet.id for outlet in web.outlets}
    with database.reading() as conn:
        known = list_sources(conn)
        feeds = {feed.url for feed in iter_feeds(conn)}
    others = [source for source in known if source.id not in demo_ids]
    if others:
        articles = sum(source.articles for source in others)
        raise DemoError(
            f"{where} holds other outlets than the demo's ({len(others):,}, with {articles:,} articles); "
            "the demo needs its own data directory",
            "use --data-dir for another folder",
        )
    moved = web.moved_feeds()
    wanted = {web.feed_url(outlet) for outlet in web.outlets}
    if known and not feeds <= {*wanted, *moved.values()}:
        raise DemoError(
            f"{where} holds a demo whose outlets are at other addresses",
            "use the same --outlets-port as before, or remove that folder",
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
            homepage=web.home_url(outlet),
            bias_note=outlet.note,
            feeds=() if outlet.in_opml else (_listed(web, outlet),),
        )
        for outlet in web.outlets
    )


def _listed(web: DemoWeb, outlet: DemoOutlet) -> ListedFeed:
    kind = web.feed_kind(outlet)
    pattern = "/articles/*" if kind == FeedKind.SECTION else None
    return ListedFeed(url=web.feed_url(outlet), confidence="certain", kind=kind, pattern=pattern)


def _import_feeds(database: Database, web: DemoWeb, *, now: datetime) -> None:
    """Add the feeds that only the web's list of feeds names, as `source import` does."""
    allowed = parse_allowed(web.allowed)
    planned = plan_feeds(database, parse_opml(web.opml()), allowed)
    # a feed that has moved is known at its new address
    moved = web.moved_feeds()
    added = [one for one in planned if one.outcome == Imported.ADDED and one.outline.feed_url not in moved]
    database.write(lambda conn: store_feeds(conn, added, now))


def count_all_waiting(conn: Connection, *, now: datetime) -> WaitingCounts:
    """Return the backlog. Each stage is counted after the one that feeds it, so that nothing is missed."""
    return WaitingCounts(
        feeds=count_due_feeds(conn, now=now),
        pages=count_due_pages(conn, now=now),
        captures=count_waiting(conn),
        revisions=count_articles(conn)["unfinished"],
        marks=count_marks(conn),
    )


def read_knowledge(database: Database, *, since: datetime, now: datetime) -> Knowledge:
    """Return the state of pages and articles in the store, and what was impaired on the days since then."""
    query = select(Page.canonical_url, Page.state, Page.last_error)
    with database.reading() as conn:
        feeds = {feed.url: feed.last_error for feed in iter_feeds(conn)}
        pages = {row.canonical_url: DemoPage(row.state, row.last_error) for row in conn.execute(query)}
    with database.snapshot() as conn:
        rows = iter_rows(conn, ExportKind.ARTICLES, Filters())
        articles = {row.canonical_url: Filed(row.revisions, row.original_url or "") for row in rows}
        first, today = since.astimezone(UTC).date(), now.astimezone(UTC).date()
        days = collection_health_by_day(conn, first, today, today=today)
        impaired = {outlet: reason for day in sorted(days) for outlet, reason in days[day].impaired.items()}
        walled = {outlet: wall.sentence for outlet, wall in find_walled(conn, now=now).items()}
    return Knowledge(feeds=feeds, pages=pages, articles=articles, walled=walled, impaired=impaired)
