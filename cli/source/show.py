"""`steppewatch source show`: one outlet with its feeds and problems."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.output import emit
from cli.shared.store import open_store
from cli.shared.tables import Format, cell, instant, new_table, wants_json
from cli.source.hubs import describe_hubs
from db.enums.collection import CertificateRule

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.collection.losses import MeasuredLoss

SHOWN_PROBLEMS = 10


def source_show(
    outlet: Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")],
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Show an outlet: its addresses, articles, feeds and latest problems.

    `complete` is the share of items believed to have been seen in the last seven days, `missed` how many were not.

    Example: steppewatch source show new-eastern-outlook
    """
    from cli.shared.lookup import source_ids

    with open_store().reading() as conn:
        record = _build_record(conn, source_ids(conn, [outlet])[0])
    if wants_json(format):
        emit(record)
    else:
        _print_outlet(record)


def _build_record(conn: Connection, source_id: str) -> dict[str, Any]:
    from db.collection.feeds import iter_feeds
    from db.collection.losses import measure_feed_losses, measure_losses
    from db.collection.sources import domains_of, find_source, list_sources
    from db.collection.unverified import has_unverified_articles
    from db.collection.walls import find_walled
    from db.outcomes import latest_problems

    source = find_source(conn, source_id)
    assert source is not None, "its id was just looked up"
    row = list_sources(conn, only=[source_id])[0]
    now = datetime.now(UTC)
    walled = find_walled(conn, now=now, source_id=source_id).get(source_id)
    feeds = list(iter_feeds(conn, source_id=source_id))
    hubs = describe_hubs(conn, [feed.id for feed in feeds], now=now)
    losses = measure_feed_losses(conn, until=now, source_id=source_id)
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
        "removed": _describe_removal(conn, source_id),
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
                "next_poll_because": feed.next_poll_because,
                "kind": feed.kind,
                "newest_at": instant(feed.newest_at),
                "validators_lie": feed.is_lying,
                "hub": hubs.get(feed.id),
                **_loss_record(losses.get(feed.id)),
            }
            for feed in feeds
        ],
        "newest_at": instant(max((feed.newest_at for feed in feeds if feed.newest_at), default=None)),
        **_loss_record(measure_losses(conn, until=now, source_id=source_id).get(source_id)),
    }


def _describe_removal(conn: Connection, source_id: str) -> dict[str, Any] | None:
    from db.collection.removals import find_removal

    removal = find_removal(conn, source_id)
    if removal is None:
        return None
    return {
        "at": instant(removal.decided_at),
        "by": removal.decided_by,
        "note": removal.note,
        "with_articles": removal.with_articles,
        "confirmed_at": instant(removal.confirmed_at),
        "undo": f"steppewatch source restore {source_id}",
    }


def _loss_record(loss: MeasuredLoss | None) -> dict[str, float | None]:
    """Return what may have been missed in the last seven days; nulls if it was not polled in them."""
    if loss is None:
        return {"overlap": None, "complete": None, "missed": None, "missed_any": None}
    return {
        "overlap": _rounded(loss.overlap),
        "complete": _rounded(loss.complete),
        "missed": round(loss.missed, 2),
        "missed_any": _rounded(loss.chance),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _print_outlet(record: dict[str, Any]) -> None:
    from rich.console import Console

    from db.collection.feeds import ASKED

    facts = new_table()
    for name, value in record.items():
        if name not in ("feeds", "problems") and value not in (None, [], ""):
            words = ", ".join(value) if isinstance(value, list) else value
            if isinstance(value, dict):
                words = ", ".join(f"{key} {one}" for key, one in value.items() if one)
            facts.add_row(cell(name.replace("_", " ")), cell(words))
    Console().print(facts)
    feeds = new_table("feed", "state", "last success", "next poll", "complete", "trouble")
    for feed in record["feeds"]:
        state = f"{feed['failures']} failures" if feed["failures"] else feed["state"]
        if feed["unverified"]:
            state += f", unverified: its certificate {feed['certificate']}"
        next_at = feed["next_poll_at"] if feed["state"] in ASKED else None
        planned = f"{next_at}: {feed['next_poll_because']}" if next_at and feed["next_poll_because"] else next_at
        complete = None if feed["complete"] is None else f"{feed['complete']:.1%}"
        trouble = feed["last_error"] or ("says 304 although it has changed" if feed["validators_lie"] else None)
        cells = (feed["url"], state, feed["succeeded_at"], planned, complete, trouble)
        feeds.add_row(*map(cell, cells))
    Console().print(feeds if record["feeds"] else "no feed")
    for feed in record["feeds"]:
        if feed["hub"]:
            Console(highlight=False, markup=False).print(cell(f"{feed['url']}: {feed['hub']}"))
    if record["problems"]:
        problems = new_table("problem", "what was wrong", "#times", "last")
        for one in record["problems"]:
            problems.add_row(*map(cell, (one["subject"], one["reason"], f"{one['times']:,}", one["last_at"])))
        Console().print(problems)
