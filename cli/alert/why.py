"""`steppewatch alert why`: explain an alert on an article, or its absence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.alert.subscriptions import Name, find_or_exit
from cli.article.remove import ARTICLE, find_article_id
from cli.shared.output import emit, fail
from cli.shared.store import open_store
from cli.shared.tables import Format, instant, print_table, wants_json
from db.enums.alerts import DeliveryState, SubscriptionKind

if TYPE_CHECKING:
    from worker.matching.why import RecipientOutcome, Why


def alert_why(
    name: Name,
    article: ARTICLE,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Explain why a subscription did or did not alert on an article.

    Shows the matched words of the query, or the part that failed; the recorded status (`news`, `also`, `old`,
    `backfill` …) with its rule; and the state of each message. Uses the current query and text.

    Example: steppewatch alert why csto-drills 17
    Example: steppewatch alert why csto-drills https://oasis.example/1 --format json
    """
    from worker.matching.why import why
    from worker.query.query import QueryError

    with open_store().reading() as conn:
        row = find_or_exit(conn, name)
        if row.kind != SubscriptionKind.QUERY:
            fail(f"{name} is a subscription to the {row.kind} of {row.query}, which no article can match", code=2)
        article_id = find_article_id(conn, article)
        try:
            explanation = why(conn, row, article_id)
        except QueryError as error:
            fail(f"the query of {name} is invalid and matches nothing:  {error}\n\n{error.pointed(row.query)}")
    record = {"subscription": row.name, "article_id": article_id, **_record(explanation)}
    if wants_json(format):
        emit(record)
    else:
        _print(record)


def _record(explanation: Why) -> dict[str, Any]:
    keys = ("field", "start", "end", "surface", "term")
    record: dict[str, Any] = {"matched": explanation.matched}
    if explanation.matched:
        record["because"] = [dict(zip(keys, fired, strict=True)) for fired in explanation.because]
    else:
        record["failed"] = " AND ".join(dict.fromkeys(failing.part for failing in explanation.failings)) or None
        record["failings"] = [{"part": failing.part, "reason": failing.reason} for failing in explanation.failings]
    return record | {
        "query": explanation.query,
        "doubt": explanation.doubt,
        "status": explanation.status,
        "rule": explanation.rule,
        "noted": [{"status": one.status, "matched_at": instant(one.matched_at)} for one in explanation.noted],
        "deliveries": [_delivery(one) for one in explanation.deliveries],
    }


def _delivery(outcome: RecipientOutcome) -> dict[str, Any]:
    from db.alerts.channels import FEED
    from worker.delivery.transports.table import shown

    carried = outcome.carried
    return {
        "id": carried.delivery_id,
        "to": carried.channel_kind,
        "address": FEED if carried.channel_kind == FEED else shown(carried.channel_kind, carried.address),
        "state": carried.state,
        "what": carried.kind,
        "attempts": carried.attempts,
        "due_at": instant(carried.due_at),
        "sent_at": instant(carried.sent_at),
        "error": carried.error,
        "rule": outcome.rule,
    }


def _print(record: dict[str, Any]) -> None:
    verb = {True: "matches", False: "does not match"}[record["matched"]]
    lines = [
        ("article", f"{record['article_id']} {verb} {record['subscription']}"),
        ("query", record["query"]),
        *([("doubt", record["doubt"])] if record["doubt"] else []),
        *[("failed", f"{one['part']}: {one['reason']}") for one in record.get("failings", ())],
        *[("fired", f"{one['term']}: “{one['surface']}” ({one['field']})") for one in record.get("because", ())],
        ("status", record["status"] or "no match recorded"),
        ("rule", record["rule"]),
        *[("noted", f"{one['matched_at']} {one['status']}") for one in record["noted"]],
        *[("to", f"{one['address']}: {one['rule']}" + _error(one)) for one in record["deliveries"]],
    ]
    print_table(("", ""), lines)


def _error(delivery: dict[str, Any]) -> str:
    return f" ({delivery['error']})" if delivery["error"] and delivery["state"] != DeliveryState.SENT else ""
