"""`steppewatch source add|list|show|retry`: outlets and their feeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import Format, cell, instant, new_table, wants_json
from db.enums.collection import CertificateRule, SourceOrigin

if TYPE_CHECKING:
    from rich.table import Table
    from sqlalchemy import Connection

    from db.collection.sources import SourceIn, SourceRow

SHOWN_PROBLEMS = 10
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
    feed: Annotated[list[str] | None, typer.Option(metavar="URL", help="An RSS or Atom feed; repeatable.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="Two letters of ISO 3166-1: KZ.")] = None,
    lang: Annotated[list[str] | None, typer.Option(metavar="CODE", help="A language it writes in; repeatable.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="News agency, newspaper, blog …")] = None,
) -> None:
    """Add an outlet, or feeds to a known one. A new feed is polled at once.

    Example: steppewatch source add herald.example --name "Steppe Herald" --feed https://herald.example/rss --lang en
    """
    new = _build_source(outlet, name, country, lang or [], kind)
    feeds = [web_address(url, "--feed") for url in feed or []]
    database = open_store()
    try:
        added = database.write(lambda conn: _add(conn, new, feeds, datetime.now(UTC)))
    except _TakenFeed as error:
        fail(str(error))
    if not added.is_new:
        note(f"{added.id} is already known: its name, country, languages and kind stay unchanged")
    if not added.feeds:
        note(f"{added.id} has no feed: add one with --feed to collect from it")
    emit({"id": added.id, "new": added.is_new, "feeds": added.feeds})


def _build_source(
    outlet: str, name: str | None, country: str | None, languages: Sequence[str], kind: str | None
) -> SourceIn:
    """Return the outlet to add. Raises typer.BadParameter for invalid values."""
    from db.collection.sources import SourceIn, new_source

    url = web_address(outlet if "://" in outlet else f"https://{outlet}", "URL_OR_DOMAIN")
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


def web_address(url: str, option: str) -> str:
    """Return the URL, stripped. Raises typer.BadParameter unless it is http(s)."""
    from db.net.urls import MAX_LENGTH, canonical_url

    try:
        canonical_url(url)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
    if len(url) > MAX_LENGTH or not urlsplit(url.strip()).hostname:
        raise typer.BadParameter(f"not an absolute http(s) address: {url[:200]!r}", param_hint=option)
    return url.strip()


def _add(conn: Connection, new: SourceIn, urls: Sequence[str], now: datetime) -> _Added:
    """Store an outlet and its feeds in one transaction. Raises _TakenFeed."""
    from db.collection.catalogue import revive_feed
    from db.collection.feeds import add_feed, iter_feeds
    from db.collection.sources import load_book, record_source

    known = load_book(conn).find_by_url(new.homepage or "")
    source_id = known or new.id
    is_new = known is None and record_source(conn, new, now=now)
    taken = {feed.url: feed.source_id for feed in iter_feeds(conn) if feed.source_id != source_id}
    for url in urls:
        if url in taken:
            raise _TakenFeed(f"{url} is a feed of {taken[url]}")
        add_feed(conn, source_id=source_id, url=url, now=now)
        revive_feed(conn, url, source_id=source_id, now=now)  # the catalogue may have retired this feed
    return _Added(source_id, is_new, [feed.url for feed in iter_feeds(conn, source_id=source_id)])


def source_list(
    format: Annotated[Format | None, typer.Option(help="json (one outlet per line) or table.")] = None,
) -> None:
    """List the outlets with their numbers of feeds and articles.

    Example: steppewatch source list --format json
    """
    from db.collection.sources import list_sources

    with open_store().reading() as conn:
        rows = list_sources(conn)
    if wants_json(format):
        for row in rows:
            emit(_row_record(row))
    else:
        from rich.console import Console

        Console().print(_list_table(rows))


def _row_record(row: SourceRow) -> dict[str, object]:
    return {**asdict(row), "latest_at": instant(row.latest_at)}


def _list_table(rows: Sequence[SourceRow]) -> Table:
    table = new_table("id", "name", "country", "#feeds", "#articles", "latest", "trouble")
    table.columns[0].no_wrap = table.columns[5].no_wrap = True
    for row in rows:
        latest = row.latest_at and row.latest_at.date()
        numbers = (f"{row.feeds:,}", f"{row.articles:,}")
        table.add_row(*map(cell, (row.id, row.name, row.country, *numbers, latest, row.last_error)))
    return table


def source_show(
    outlet: Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")],
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Show an outlet: its addresses, articles, feeds and latest problems.

    Example: steppewatch source show new-eastern-outlook
    """
    from cli.shared.lookup import source_ids

    with open_store().reading() as conn:
        record = _build_record(conn, source_ids(conn, [outlet])[0])
    if wants_json(format):
        emit(record)
    else:
        _print_outlet(record)


def source_retry(
    outlet: Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")],
) -> None:
    """Retry now the feeds and pages of an outlet that were refused, gone or failed.

    They would be retried anyway, at growing intervals. A feed that you paused stays paused.

    Example: steppewatch source retry new-eastern-outlook
    """
    from cli.shared.lookup import source_ids
    from db.collection.refusals import ask_for_source

    database = open_store()
    with database.reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
    feeds, pages = database.write(lambda conn: ask_for_source(conn, source_id, now=datetime.now(UTC)))
    emit({"id": source_id, "feeds": feeds, "pages": pages})


def _build_record(conn: Connection, source_id: str) -> dict[str, Any]:
    from db.collection.feeds import iter_feeds
    from db.collection.sources import domains_of, find_source, list_sources
    from db.collection.unverified import has_unverified_articles
    from db.collection.walls import find_walled
    from db.outcomes import latest_problems

    source = find_source(conn, source_id)
    assert source is not None, "its id was just looked up"
    row = list_sources(conn, only=[source_id])[0]
    walled = find_walled(conn, now=datetime.now(UTC), source_id=source_id).get(source_id)
    feeds = list(iter_feeds(conn, source_id=source_id))
    return {
        "id": source.id,
        "name": source.name,
        "country": source.country,
        "languages": source.languages,
        "kind": source.kind,
        "homepage": source.homepage,
        "paywall": source.paywall,
        "time_zone": source.time_zone,
        "bias_note": source.bias_note,
        "origin": source.origin,
        "added_at": instant(source.added_at),
        "domains": domains_of(conn, source_id),
        "articles": row.articles,
        "latest_at": instant(row.latest_at),
        "trouble": walled.sentence if walled else None,
        "problems": [
            {"subject": one.subject, "reason": one.reason, "last_at": instant(one.last_at), "times": one.times}
            for one in latest_problems(conn, SHOWN_PROBLEMS, source_id=source_id)
        ],
        "read_unverified": source.unverified or CertificateRule.WITHOUT_SECRETS,
        "unverified": any(feed.unverified for feed in feeds) or has_unverified_articles(conn, source_id),
        "feeds": [
            {
                "url": feed.url,
                "title": feed.title,
                "confidence": feed.confidence,
                "state": feed.state,
                "failures": feed.failures,
                "last_outcome": feed.last_outcome,
                "last_error": feed.last_error,
                "unverified": feed.unverified is not None,
                "certificate": feed.unverified,
                "polled_at": instant(feed.polled_at),
                "succeeded_at": instant(feed.succeeded_at),
                "changed_at": instant(feed.changed_at),
                "next_poll_at": instant(feed.next_poll_at),
            }
            for feed in feeds
        ],
    }


def _print_outlet(record: dict[str, Any]) -> None:
    from rich.console import Console

    from db.collection.feeds import ASKED

    facts = new_table()
    for name, value in record.items():
        if name not in ("feeds", "problems") and value not in (None, [], ""):
            words = ", ".join(value) if isinstance(value, list) else value
            facts.add_row(cell(name.replace("_", " ")), cell(words))
    Console().print(facts)
    feeds = new_table("feed", "state", "last success", "next poll", "trouble")
    for feed in record["feeds"]:
        state = f"{feed['failures']} failures" if feed["failures"] else feed["state"]
        if feed["unverified"]:
            state += f", unverified: its certificate {feed['certificate']}"
        next_at = feed["next_poll_at"] if feed["state"] in ASKED else None
        cells = (feed["url"], state, feed["succeeded_at"], next_at, feed["last_error"])
        feeds.add_row(*map(cell, cells))
    Console().print(feeds if record["feeds"] else "no feed")
    if record["problems"]:
        problems = new_table("problem", "what was wrong", "#times", "last")
        for one in record["problems"]:
            problems.add_row(*map(cell, (one["subject"], one["reason"], f"{one['times']:,}", one["last_at"])))
        Console().print(problems)
