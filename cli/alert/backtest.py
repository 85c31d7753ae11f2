"""`steppewatch alert test`: what a query would have matched, and whether messages arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.day_options import Since, Until
from cli.shared.hits import found_cell, told
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import Format, print_table, wants_json

if TYPE_CHECKING:
    from db.engine import Database
    from worker.matching.backtest import BacktestHit, Summary
    from worker.query.query import Query, QueryNames

_DAYS = 90
_BAR = 30
_QUIET = 3
_PARTS = 8


def alert_test(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="A query, or the name of a subscription.")],
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=0, max=100_000, help="How many articles to list, the newest first.")] = 20,
    send: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Send a test message there: mail, webhook or chat; repeatable."),
    ] = None,
    format: Annotated[Format | None, typer.Option(help="json (articles, then a summary) or table.")] = None,
) -> None:
    """Ask the archive what a query would have matched: which articles, because of which words, and how often.

    Without --since it is the last 90 days that are asked, without --until all days up to today.
    It is the evaluator of arrival; a subscription would have told one item for each story. With --send a test message,
    which says that it is one, goes out at once about the newest match, and the command says whether it was taken.

    Example: steppewatch alert test 'entity:csto AND drill*' --since 2022-01-01
    Example: steppewatch alert test csto-drills --send me@office.example
    """
    from worker.matching.backtest import BacktestTotals, index_missing, search

    database = open_store()
    first, last = _days(since, until, _today(database))
    text, parsed = _read(database, query)
    index_missing(database)
    tally, found = BacktestTotals(), []
    for hit in search(database, parsed, since=first, until=last):
        tally.add(hit.row)
        found.append(hit)
        del found[: -max(limit, 1)]
    shown = list(reversed(found))[:limit]
    summary = tally.summary(first, last)
    if wants_json(format):
        for hit in shown:
            emit(_record(hit))
        emit({"summary": _summary(text, first, last, summary)})
    else:
        _print(shown, summary)
    if not found:
        _say_where_articles_are(database, first, last)
    if send:
        _send(database, query, text, found[-1:], send)


def _say_where_articles_are(database: Database, first: date, last: date) -> None:
    """Tell a person who asked for days on which the store has no article at all."""
    from db.coverage.cells import span

    known = database.read(span)
    if known is None:
        note("the store holds no article yet")
    elif known[1] < first or last < known[0]:
        note(f"the articles of the store are of {known[0]} to {known[1]}: --since {known[0]} asks them all")


def ask_archive(
    since: date,
) -> tuple[Callable[[Query], dict[str, object]], Mapping[str, str], QueryNames | None]:
    """Return what says how much a query would have told from a day until today, the saved queries, and the names."""
    from db.alerts.subscriptions import saved_queries
    from worker.matching.backtest import BacktestTotals, index_missing, search
    from worker.subscriptions.references import load_query_names

    database = open_store()
    first, last = _days(since, None, _today(database))
    index_missing(database)

    def estimate(query: Query) -> dict[str, object]:
        tally = BacktestTotals()
        for hit in search(database, query, since=first, until=last):
            tally.add(hit.row)
        summary = tally.summary(first, last)
        return {"since": first.isoformat(), "items": summary.items, "next_week": _next_week(summary)}

    with database.reading() as conn:
        return estimate, saved_queries(conn), load_query_names(conn)


def _today(database: Database) -> date:
    """Return the day that it is by the time zone of the store, by which its articles count."""
    from db.articles.counting_day import day_at

    return database.read(lambda conn: day_at(conn, datetime.now(UTC)))


def _days(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    last = until or today
    first = since or min(today, last) - timedelta(days=_DAYS)
    if last < first:
        raise typer.BadParameter(f"{last} is before {first}", param_hint="--until")
    return first, last


def _read(database: Database, query: str) -> tuple[str, Query]:
    """Return a query and what it says; of a subscription its query. Ends the command for one that cannot be read."""
    from db.alerts.subscriptions import find_subscription, saved_queries
    from worker.query.query import QueryError, parse, parse_stored
    from worker.subscriptions.references import load_query_names

    with database.reading() as conn:
        stored = find_subscription(conn, query)
        saved, names = saved_queries(conn), load_query_names(conn)
    if stored is not None and stored.kind != "query":
        fail(f"{query} asks for {stored.kind}: there is no query to test", code=2)
    text = stored.query if stored else query
    try:
        if stored is None:
            return text, parse(text, saved, names)
        parsed, wrong = parse_stored(text, saved, names)
    except QueryError as error:
        fail(f"query: {error}\n\n{error.pointed(text)}", code=2)
    if wrong is not None:
        note(f"the query of {query} still means what it did, but {wrong}")
    return text, parsed


def _record(hit: BacktestHit) -> dict[str, object]:
    row, (title, words) = hit.row, told(hit)
    return {
        "article_id": row.article_id,
        "url": row.url,
        "outlet": row.source_id,
        "headline": row.title,
        "language": row.language,
        "counts_on": row.counts_on.isoformat(),
        "snippet": "".join(piece.text for piece in words or title),
        "because": [
            {"field": fired.field, "start": fired.start, "end": fired.end, "surface": fired.surface, "term": fired.term}
            for fired in hit.verdict.because
        ],
    }


def _summary(text: str, first: date, last: date, summary: Summary) -> dict[str, object]:
    return {
        "query": text,
        "since": first.isoformat(),
        "until": last.isoformat(),
        "articles": summary.articles,
        "items": summary.items,
        "weeks": [{"week": monday.isoformat(), "items": count} for monday, count in summary.weeks],
        "next_week": _next_week(summary),
        "outlets": dict(summary.by_outlet),
        "languages": dict(summary.by_language),
    }


def _next_week(summary: Summary) -> dict[str, float] | None:
    forecast = summary.forecast
    if forecast is None:
        return None
    return {"mean": round(forecast.mean, 2), "low": forecast.low, "high": forecast.high, "share": 0.8}


def _print(shown: Sequence[BacktestHit], summary: Summary) -> None:
    from worker.messages.because import because_of
    from worker.messages.message import terms_of

    rows = [
        (hit.row.counts_on, hit.row.source_id, found_cell(hit), ", ".join(terms_of(because_of(hit.verdict))))
        for hit in shown
    ]
    print_table(("day", "outlet", "article", "because of"), rows, empty="nothing matches")
    print_table(("week of", "#items", ""), list(_weeks(summary.weeks)))
    for title, parts in (("outlet", summary.by_outlet), ("language", summary.by_language)):
        print_table((title, "#articles"), parts[:_PARTS])
    note(f"{summary.articles:,} articles in {summary.items:,} stories: a subscription tells one item for each story")
    forecast = summary.forecast
    if forecast is None:
        note("too few weeks to say how often it would have something to tell")
    else:
        note(f"next week about {forecast.mean:.1f} items; four of five weeks have {forecast.low} to {forecast.high}")


def _weeks(weeks: Sequence[tuple[date, int]]) -> Iterator[tuple[date, int, str]]:
    """Yield a line for each week with a bar; many weeks in a row without any item are one line."""
    most = max((count for _, count in weeks), default=0)
    for count, same in groupby(weeks, key=itemgetter(1)):
        mondays = [monday for monday, _ in same]
        if count == 0 and len(mondays) > _QUIET:
            yield mondays[0], 0, f"and none in the {len(mondays) - 1} weeks after"
        else:
            yield from ((monday, count, "▇" * round(_BAR * count / most) if most else "") for monday in mondays)


def _zone(database: Database, name: str) -> str:
    """Return by which clock a message about a stored subscription, or about none, tells the time."""
    from db.alerts.subscriptions import find_subscription
    from db.articles.counting_day import zone_name
    from worker.subscriptions.cadence import zone_for

    with database.reading() as conn:
        stored, clock = find_subscription(conn, name), zone_name(conn)
    return zone_for(stored.cadence, clock) if stored else clock


def _send(database: Database, name: str, text: str, newest: Sequence[BacktestHit], addresses: Sequence[str]) -> None:
    """Send a test message to each address. Ends the command with 1 when one was not taken."""
    from functools import partial

    from db.alerts.channels import find_channel, new_secret
    from db.net.address_policy import parse_allowed
    from db.settings import load
    from worker.delivery.send import send_message
    from worker.delivery.sender_settings import SenderSettings
    from worker.delivery.transports.errors import TransportError
    from worker.delivery.transports.smtp import Mailer
    from worker.messages.compose import compose_test_message
    from worker.subscriptions.addresses import AddressError, check_address, kind_of, shown

    settings, now = load(), datetime.now(UTC)
    office, failed = SenderSettings.from_settings(settings), False
    row, verdict = (newest[0].row, newest[0].verdict) if newest else (None, None)
    bulletin = compose_test_message(name[:100], text, row, verdict, now=now, zone=_zone(database, name))
    about = "about the newest match" if newest else "about no article, for none matches"
    with Mailer(office.smtp, timeout_s=office.timeout_s) as mailer:
        for given in addresses:
            kind = kind_of(given)
            try:
                address = check_address(kind, given, parse_allowed(settings.allow_private_hosts))
                stored = database.read(partial(find_channel, address=address))
                secret = stored.secret if stored and stored.secret else new_secret()
                send_message(bulletin, kind, address, secret, office=office, mailer=mailer, now=now)
            except (AddressError, TransportError) as error:
                failed = True
                note(f"{shown(kind, given)}: {error}")
            else:
                note(f"{shown(kind, address)}: the test message was taken ({about})")
    if failed:
        raise typer.Exit(1)
