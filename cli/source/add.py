"""`steppewatch source add`: an outlet, or feeds of a known one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urljoin

import typer

from cli.shared.addresses import parse_web_address
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.source.parts.look import choose, describe_nothing, is_on_terminal, look_at, plain_trial
from db.enums.collection import FeedKind, SourceOrigin

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawlers.discovery.trials import Trial
    from crawlers.look_up import LookedUp
    from db.collection.sources.book import SourceIn

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class _Added:
    id: str
    is_new: bool
    feeds: list[str]


class _TakenFeed(ValueError):
    """The feed belongs to another outlet."""


def source_add(
    outlet: Annotated[str, typer.Argument(metavar="URL_OR_DOMAIN", help="The outlet's website.")],
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Display name; by default the domain.")] = None,
    feed: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="A feed, taken without a look; repeatable.")
    ] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="Two letters of ISO 3166-1: KZ.")] = None,
    lang: Annotated[list[str] | None, typer.Option(metavar="CODE", help="A language it writes in; repeatable.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="News agency, newspaper, blog …")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Collect from what is found and recommended; do not ask.")] = False,
) -> None:
    """Add an outlet with its feeds, or feeds to a known one. A new feed is polled at once.

    Without --feed its page is looked at: feeds that it names or links to and the usual addresses are tried, then
    sitemaps, then whether the page itself lists articles. On a terminal you choose from what is found; elsewhere it is
    listed under `found`, and taken with --yes only. robots.txt is obeyed, and the outlet is asked slowly. The outlet is
    added whatever is found.

    Examples:

      steppewatch source add https://herald.example --yes

      steppewatch source add herald.example --name "Steppe Herald" --feed https://herald.example/rss --lang en
    """
    new = _build_source(outlet, name, country, lang or [], kind)
    feeds = [parse_web_address(url, "--feed") for url in feed or []]
    from db.collection.sources.edits import OutletRemoved

    database = open_store()
    looked = None if feeds else look_at(new.homepage or "")
    chosen = _choose(looked, is_sure=yes) if looked is not None else []
    kinds = {trial.url: trial.kind for trial in chosen}
    if looked is not None and looked.page is not None and looked.page.is_usable:  # the address is that of a feed
        new = replace(new, homepage=urljoin(new.homepage or "", "/"))
    try:
        added = database.write(lambda conn: _add(conn, new, [*feeds, *kinds], kinds, datetime.now(UTC)))
    except (_TakenFeed, OutletRemoved) as error:
        fail(str(error))
    if not added.is_new:
        note(f"{added.id} is already known: its name, country, languages and kind stay unchanged")
    if not added.feeds:
        note(f"{added.id} has no feed: add one with --feed to collect from it")
    found = {} if looked is None else {"found": [plain_trial(trial) for trial in looked.found]}
    emit({"id": added.id, "new": added.is_new, "feeds": added.feeds, **found})


def _choose(looked: LookedUp, *, is_sure: bool) -> list[Trial]:
    """Return the ways to collect: those that a person chooses, or those recommended if that was said beforehand."""
    if not looked.found:
        note(describe_nothing(looked))
        return []
    recommended = [trial for trial in looked.found if trial.url in looked.recommended]
    if is_sure:
        return recommended
    if is_on_terminal():
        return choose(looked.found, looked.recommended)
    for trial in recommended:
        note(f"found {trial.url}: {trial.kind}, {trial.entries:,} entries; add it with --yes, or with --feed")
    return []


def _build_source(
    outlet: str, name: str | None, country: str | None, languages: Sequence[str], kind: str | None
) -> SourceIn:
    """Return the outlet to add. Raises typer.BadParameter for invalid values."""
    from db.collection.sources.book import SourceIn, new_source

    url = parse_web_address(outlet if "://" in outlet else f"https://{outlet}", "URL_OR_DOMAIN")
    found = new_source(None, url)
    if "." not in found.id and "://" not in outlet:
        raise typer.BadParameter(f"{outlet!r} has no domain", param_hint="URL_OR_DOMAIN")
    if country is not None and not _COUNTRY.fullmatch(country.upper()):
        raise typer.BadParameter(f"{country!r} is not two letters of ISO 3166-1", param_hint="--country")
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise typer.BadParameter(f"{language!r} is not like en or kk-Latn", param_hint="--lang")
    return SourceIn(
        id=found.id,
        name=(name or "").strip()[:200] or found.name,
        domains=found.domains,
        origin=SourceOrigin.PERSON,
        country=country and country.upper(),
        languages=languages,
        kind=(kind or "").strip()[:100] or None,
        homepage=url,
    )


def _add(conn: Connection, new: SourceIn, urls: Sequence[str], kinds: Mapping[str, FeedKind], now: datetime) -> _Added:
    """Store an outlet and its feeds in one transaction. Raises _TakenFeed, or OutletRemoved for a removed one."""
    from db.collection.feeds.feeds import add_feed, iter_feeds
    from db.collection.feeds.kinds import record_feed_kind
    from db.collection.sources.book import load_book, record_source
    from db.collection.sources.catalogue import revive_feed
    from db.collection.sources.edits import refuse_removed
    from db.collection.sources.removals import add_removed

    book = load_book(conn)
    add_removed(conn, book)
    known = book.find_by_url(new.homepage or "")
    source_id = known or new.id
    refuse_removed(conn, source_id)
    is_new = known is None and record_source(conn, new, now=now)
    taken = {feed.url: feed.source_id for feed in iter_feeds(conn) if feed.source_id != source_id}
    for url in urls:
        if url in taken:
            raise _TakenFeed(f"{url} is a feed of {taken[url]}")
        add_feed(conn, source_id=source_id, url=url, now=now)
        if url in kinds:
            record_feed_kind(conn, url, kinds[url])
        revive_feed(conn, url, source_id=source_id, now=now)  # the catalogue may have retired this feed
    return _Added(source_id, is_new, [feed.url for feed in iter_feeds(conn, source_id=source_id)])
