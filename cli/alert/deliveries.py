"""`steppewatch alert deliveries|resend`: list messages and send them again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import Format, instant, print_table, wants_json
from db.enums.alerts import DeliveryState

if TYPE_CHECKING:
    from db.alerts.delivery_lists import DeliveryRow


def alert_deliveries(
    subscription: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Only messages of this subscription.")
    ] = None,
    state: Annotated[
        list[DeliveryState] | None, typer.Option(help="Only messages in this state; repeatable. dead: given up.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Number of messages, newest first.")] = 50,
    format: Annotated[Format | None, typer.Option(help="json (one message per line) or table.")] = None,
) -> None:
    """List messages: recipients, states and errors.

    Example: steppewatch alert deliveries --state dead
    """
    from db.alerts.delivery_lists import list_deliveries
    from worker.subscriptions.records import delivery_record

    states = [each.value for each in state or []]
    with open_store().reading() as conn:
        rows = list_deliveries(conn, states=states, subscription=subscription, limit=limit)
    if wants_json(format):
        for row in rows:
            emit(delivery_record(row))
        return
    titles = ("#id", "state", "what", "subscription", "to", "#attempts", "when", "trouble")
    print_table(titles, map(_cells, rows), empty="no message")


def _cells(row: DeliveryRow) -> tuple[object, ...]:
    from worker.subscriptions.records import delivery_record

    when = instant(row.sent_at or row.due_at)
    record = delivery_record(row)
    left_out = f"{row.left_out:,} stories left out" if row.left_out else None
    return row.id, row.state, row.kind, row.subscription, record["address"], row.attempts, when, row.error or left_out


def alert_resend(
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID...]", help="Ids from alert deliveries.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All messages that were given up.")] = False,
) -> None:
    """Send messages again: some, or all that were given up. They keep their ids, so receivers can recognise them.

    Example: steppewatch alert resend --dead
    """
    from db.alerts.delivery_lists import resend

    if dead == bool(ids):
        raise typer.BadParameter("pass either ids or --dead", param_hint="ID")
    wanted = None if dead else ids
    number = open_store().write(lambda conn: resend(conn, wanted, now=datetime.now(UTC)))
    emit({"resent": number})
    if wanted is not None and number < len(set(wanted)):
        fail("some of these messages do not exist", hint="steppewatch alert deliveries lists them")
    note("a running worker sends them within seconds")
