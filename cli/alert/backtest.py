"""`steppewatch alert test`: test a query on stored articles, and send test messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.day_options import Since, Until
from cli.shared.hits import hit_cell
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import Format, print_table, wants_json
from db.enums.alerts import SubscriptionKind

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
    limit: Annotated[int, typer.Option(min=0, max=100_000, help="Number of articles to list, newest first.")] = 20,
    send: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="Send a test message to this mail, webhook or chat address; repeatable."),
    ] = None,
    format: Annotated[Format | None, typer.Option(help="json (articles, then a summary) or table.")] = None,
) -> None:
    """Test a query on the archive: list the articles it would have matched, with the matched words, and count them.

    The range is the last 90 days unless --since says otherwise, and ends today without --until. Matching works exactly
    as for new articles; a subscription would have sent one item per story. With --send, a message marked as a test
    about the newest match goes out at once, and the command reports whether it was accepted.

    Example: steppewatch alert test 'entity:csto AND drill*' --since 2022-01-01
    Example: steppewatch alert test csto-drills --send me@office.example
    """
    from worker.matching.backtest import BacktestTotals, index_missing, search

    database = open_store()
    first, last = _parse_range(since, until, _today(database))
    text, parsed = _parse_query(database, query)
    index_missing(database)
    totals, found = BacktestTotals(), []
    for hit in search(database, parsed, since=first, until=last):
        totals.add(hit.row)
        found.append(hit)
        del found[: -max(limit, 1)]
    shown = list(reversed(found))[:limit]
    summary = totals.summary(first, last)
    if wants_json(format):
        for hit in shown:
            emit(_record(hit))
        emit({"summary": _summary(text, first, last, summary)})
    else:
        _print(shown, summary)
    if not found:
        _suggest_days(database, first, last)
    if send:
        _send(database, query, text, found[-1:], send)


def _suggest_days(database: Database, first: date, last: date) -> None:
    """Suggest other days if the store has no articles on these."""
    from db.coverage.cells import span

    known = database.read(span)
    if known is None:
        note("the store has no articles yet")
    elif known[1] < first or last < known[0]:
        note(f"the articles of the store are from {known[0]} to {known[1]}: use --since {known[0]} to test all of them")


def load_archive(
    since: date,
) -> tuple[Callable[[Query], dict[str, object]], Mapping[str, str], QueryNames | None]:
    """Return a function that estimates the items of a query since that day, the saved queries, and the names."""
    from db.alerts.subscriptions import saved_queries
    from worker.matching.backtest import BacktestTotals, index_missing, search
    from worker.subscriptions.references import load_query_names

    database = open_store()
    first, last = _parse_range(since, None, _today(database))
    index_missing(database)

    def estimate(query: Query) -> dict[str, object]:
        totals = BacktestTotals()
        for hit in search(database, query, since=first, until=last):
            totals.add(hit.row)
        summary = totals.summary(first, last)
        return {"since": first.isoformat(), "items": summary.items, "next_week": _next_week(summary)}

    with database.reading() as conn:
        return estimate, saved_queries(conn), load_query_names(conn)


def _today(database: Database) -> date:
    """Return the current day in the time zone of the store."""
    from db.articles.counting_day import day_at

    return database.read(lambda conn: day_at(conn, datetime.now(UTC)))


def _parse_range(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    last = until or today
    first = since or min(today, last) - timedelta(days=_DAYS)
    if last < first:
        raise typer.BadParameter(f"{last} is before {first}", param_hint="--until")
    return first, last


def _parse_query(database: Database, query: str) -> tuple[str, Query]:
    """Return the text and the parsed query, of a subscription if it is the name of one. Exit if it is invalid."""
    from db.alerts.subscriptions import find_subscription, saved_queries
    from worker.query.query import QueryError, parse, parse_stored
    from worker.subscriptions.references import load_query_names

    with database.reading() as conn:
        stored = find_subscription(conn, query)
        saved, names = saved_queries(conn), load_query_names(conn)
    if stored is not None and stored.kind != SubscriptionKind.QUERY:
        fail(f"{query} is a subscription to a {stored.kind}: it has no query to test", code=2)
    text = stored.query if stored else query
    try:
        if stored is None:
            return text, parse(text, saved, names)
        parsed, wrong = parse_stored(text, saved, names)
    except QueryError as error:
        fail(f"query: {error}\n\n{error.pointed(text)}", code=2)
    if wrong is not None:
        note(f"the query of {query} still has its old meaning, but {wrong}")
    return text, parsed


def _record(hit: BacktestHit) -> dict[str, object]:
    from worker.search.hits import mark_hit

    row, (title, words) = hit.row, mark_hit(hit)
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
    from worker.messages.because import to_stored_terms
    from worker.messages.message import list_terms

    rows = [
        (hit.row.counts_on, hit.row.source_id, hit_cell(hit), ", ".join(list_terms(to_stored_terms(hit.verdict))))
        for hit in shown
    ]
    print_table(("day", "outlet", "article", "matched words"), rows, empty="nothing matches")
    print_table(("week of", "#items", ""), list(_weeks(summary.weeks)))
    for title, parts in (("outlet", summary.by_outlet), ("language", summary.by_language)):
        print_table((title, "#articles"), parts[:_PARTS])
    note(f"{summary.articles:,} articles in {summary.items:,} stories: a subscription sends one item per story")
    forecast = summary.forecast
    if forecast is None:
        note("too few weeks for a forecast")
    else:
        note(f"next week about {forecast.mean:.1f} items; four of five weeks have {forecast.low} to {forecast.high}")


def _weeks(weeks: Sequence[tuple[date, int]]) -> Iterator[tuple[date, int, str]]:
    """Yield a line with a bar for each week; many empty weeks in a row become one line."""
    most = max((count for _, count in weeks), default=0)
    for count, same in groupby(weeks, key=itemgetter(1)):
        mondays = [monday for monday, _ in same]
        if count == 0 and len(mondays) > _QUIET:
            yield mondays[0], 0, f"and none in the next {len(mondays) - 1} weeks"
        else:
            yield from ((monday, count, "▇" * round(_BAR * count / most) if most else "") for monday in mondays)


def _find_zone(database: Database, name: str) -> str:
    """Return the time zone for a message about this subscription; the store's if there is no such subscription."""
    from db.alerts.subscriptions import find_subscription
    from db.articles.counting_day import zone_name
    from worker.lib.cadence import zone_for

    with database.reading() as conn:
        stored, clock = find_subscription(conn, name), zone_name(conn)
    return zone_for(stored.cadence, clock) if stored else clock


def _send(database: Database, name: str, text: str, newest: Sequence[BacktestHit], addresses: Sequence[str]) -> None:
    """Send a test message to each address. Exit with status 1 if one was not accepted."""
    from functools import partial

    from db.alerts.channels import find_channel, new_secret
    from db.net.address_policy import parse_allowed
    from db.settings import load
    from worker.delivery.send import Sessions
    from worker.delivery.sender_settings import SenderSettings
    from worker.delivery.transports.errors import TransportError
    from worker.delivery.transports.table import check_address, guess_kind, shown
    from worker.delivery.transports.transport import AddressError
    from worker.messages.compose import compose_test_message

    settings, now = load(), datetime.now(UTC)
    failed = False
    row, verdict = (newest[0].row, newest[0].verdict) if newest else (None, None)
    message = compose_test_message(name[:100], text, row, verdict, now=now, zone=_find_zone(database, name))
    about = "about the newest match" if newest else "not about an article, since none matches"
    with Sessions(SenderSettings.from_settings(settings)) as sessions:
        for recipient in addresses:
            kind = ""
            try:
                kind = guess_kind(recipient)
                address = check_address(kind, recipient, parse_allowed(settings.allow_private_hosts))
                stored = database.read(partial(find_channel, address=address))
                secret = stored.secret if stored and stored.secret else new_secret()
                sessions.send(message, kind, address, secret=secret, now=now)
            except (AddressError, TransportError) as error:
                failed = True
                note(f"{shown(kind, recipient)}: {error}" if kind else str(error))
            else:
                note(f"{shown(kind, address)}: test message accepted ({about})")
    if failed:
        raise typer.Exit(1)
