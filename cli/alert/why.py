"""`steppewatch alert why`: why a subscription told of an article, or did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.alert.subscriptions import Name, subscription_named
from cli.article.remove import ARTICLE, article_id_of
from cli.shared.output import emit, fail
from cli.shared.store import open_store
from cli.shared.tables import Format, instant, print_table, wants_json

if TYPE_CHECKING:
    from worker.matching.why import RecipientOutcome, Why


def alert_why(
    name: Name,
    article: ARTICLE,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Say why a subscription told of an article, or did not.

    Which words of the query fired or which part of it failed, what was noted (`news`, `also`, `old`, `backfill` …) and
    by which rule, and what became of each message. The query and the text are those of now.

    Example: steppewatch alert why csto-drills 17
    Example: steppewatch alert why csto-drills https://oasis.example/1 --format json
    """
    from worker.matching.why import why
    from worker.query.query import QueryError

    with open_store().reading() as conn:
        row = subscription_named(conn, name)
        if row.kind != "query":
            fail(f"{name} asks for {row.kind} of {row.query}: no article answers it", code=2)
        article_id = article_id_of(conn, article)
        try:
            found = why(conn, row, article_id)
        except QueryError as error:
            fail(f"the query of {name} cannot be read and matches nothing: {error}\n\n{error.pointed(row.query)}")
    record = {"subscription": row.name, "article_id": article_id, **_record(found)}
    if wants_json(format):
        emit(record)
    else:
        _print(record)


def _record(found: Why) -> dict[str, Any]:
    keys = ("field", "start", "end", "surface", "term")
    record: dict[str, Any] = {"matched": found.matched}
    if found.matched:
        record["because"] = [dict(zip(keys, fired, strict=True)) for fired in found.because]
    else:
        record["failed"] = " AND ".join(dict.fromkeys(failing.part for failing in found.failings)) or None
        record["failings"] = [{"part": failing.part, "reason": failing.reason} for failing in found.failings]
    return record | {
        "query": found.query,
        "doubt": found.doubt,
        "status": found.status,
        "rule": found.rule,
        "noted": [{"status": one.status, "matched_at": instant(one.matched_at)} for one in found.noted],
        "deliveries": [_delivery(one) for one in found.deliveries],
    }


def _delivery(told: RecipientOutcome) -> dict[str, Any]:
    from worker.subscriptions.addresses import shown

    carried = told.carried
    return {
        "id": carried.delivery_id,
        "to": carried.channel_kind,
        "address": "feed" if carried.channel_kind == "feed" else shown(carried.channel_kind, carried.address),
        "state": carried.state,
        "what": carried.kind,
        "attempts": carried.attempts,
        "due_at": instant(carried.due_at),
        "sent_at": instant(carried.sent_at),
        "error": carried.error,
        "rule": told.rule,
    }


def _print(record: dict[str, Any]) -> None:
    told = {True: "matches", False: "does not match"}[record["matched"]]
    lines = [
        ("article", f"{record['article_id']} {told} {record['subscription']}"),
        ("query", record["query"]),
        *([("doubt", record["doubt"])] if record["doubt"] else []),
        *[("failed", f"{one['part']}: {one['reason']}") for one in record.get("failings", ())],
        *[("fired", f"{one['term']}: “{one['surface']}” ({one['field']})") for one in record.get("because", ())],
        ("status", record["status"] or "nothing was noted"),
        ("rule", record["rule"]),
        *[("noted", f"{one['matched_at']} {one['status']}") for one in record["noted"]],
        *[("to", f"{one['address']}: {one['rule']}" + _error(one)) for one in record["deliveries"]],
    ]
    print_table(("", ""), lines)


def _error(delivery: dict[str, Any]) -> str:
    return f" ({delivery['error']})" if delivery["error"] and delivery["state"] != "sent" else ""
