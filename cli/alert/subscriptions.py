"""`steppewatch alert list|show|pause|resume|remove`: manage subscriptions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.output import emit, fail
from cli.shared.store import open_store
from cli.shared.tables import Format, print_table, wants_json
from db.enums.alerts import ChannelState, SubscriptionKind, SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from db.alerts.channels import RecipientRow
    from db.alerts.subscriptions import SubscriptionRow
    from worker.messages.links import Links

Name = Annotated[str, typer.Argument(metavar="NAME", help="The subscription's name.")]


def alert_list(
    format: Annotated[Format | None, typer.Option(help="json (one subscription per line) or table.")] = None,
) -> None:
    """List the subscriptions with their recipients and number of matches.

    Example: steppewatch alert list --format json
    """
    from db.alerts.channels import all_recipients
    from db.alerts.matches import count_matches
    from db.alerts.subscriptions import list_subscriptions
    from worker.subscriptions.records import subscription_record

    with open_store().reading() as conn:
        rows = list_subscriptions(conn)
        counts = count_matches(conn)
        recipients: dict[int, list[RecipientRow]] = {}
        for recipient in all_recipients(conn):
            recipients.setdefault(recipient.subscription_id, []).append(recipient)
    if wants_json(format):
        for row in rows:
            emit(subscription_record(row, recipients.get(row.id, []), counts.get(row.id, (0, None))))
        return
    print_table(
        ("name", "state", "when", "question", "recipients", "#matches", "latest"),
        [_cells(row, recipients.get(row.id, []), counts.get(row.id, (0, None))) for row in rows],
        empty="no subscriptions; create one with steppewatch alert add",
    )


def _cells(
    row: SubscriptionRow, recipients: Sequence[RecipientRow], count: tuple[int, datetime | None]
) -> tuple[object, ...]:
    from worker.subscriptions.records import recipient_record

    shown = [recipient_record(recipient) for recipient in recipients]
    addresses = ", ".join(
        one["address"] + ("" if one["state"] == ChannelState.ACTIVE else f" ({one['state']})") for one in shown
    )
    latest = count[1] and count[1].date()
    question = row.query if row.kind == SubscriptionKind.QUERY else f"{row.kind} of {row.query}"
    return row.name, row.state, row.cadence, question, addresses or "none", f"{count[0]:,}", latest


def alert_show(
    name: Name,
    matches: Annotated[int, typer.Option(min=0, max=1_000, help="Number of latest matches to show.")] = 10,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="Show the keys of webhooks and the addresses of feeds.")
    ] = False,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Show a subscription: its query, recipients and latest matches.

    Example: steppewatch alert show csto-drills --secrets
    """
    from db.alerts.message_rows import read_subscription
    from worker.subscriptions.records import match_record

    links = public_links()
    with open_store().reading() as conn:
        row = find_or_exit(conn, name)
        record = build_record(conn, row, links, with_secrets=secrets)
        latest_matches = read_subscription(conn, row.id, limit=matches)
    latest = [match_record(match) for match in latest_matches]
    if wants_json(format):
        emit({**record, "latest": latest})
        return
    print_table((), [(key.replace("_", " "), value) for key, value in record.items() if key != "recipients"])
    recipients = [tuple(one.get(key) for key in ("kind", "address", "state", "reason")) for one in record["recipients"]]
    print_table(("recipient", "address", "state", "trouble"), recipients, empty="no recipients")
    keys = ("matched_at", "status", "outlet", "headline", "url")
    print_table(("matched", "", "outlet", "headline", "address"), [[each[key] for key in keys] for each in latest])


def build_record(conn: Connection, row: SubscriptionRow, links: Links, *, with_secrets: bool) -> dict[str, Any]:
    """Return the fields of a subscription that `alert show` prints, with its recipients."""
    from db.alerts.channels import FEED, find_recipients
    from db.alerts.matches import count_matches
    from worker.subscriptions.records import subscription_record

    recipients = find_recipients(conn, [row.id])
    record = subscription_record(row, recipients, count_matches(conn, [row.id]).get(row.id, (0, None)))
    for fields, recipient in zip(record["recipients"], recipients, strict=True):
        fields["reason"] = recipient.channel.reason
        if with_secrets and recipient.channel.secret is not None:
            fields["secret"], fields["url"] = recipient.channel.secret, recipient.channel.address
        if with_secrets and recipient.channel.kind == FEED:
            fields["url"] = links.feed(recipient.feed_token) or f"/alerts/feed/{recipient.feed_token}.atom"
    return record


def alert_pause(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The subscription's name.")] = None,
    address: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Pause an address instead.")] = None,
) -> None:
    """Stop matching a subscription, or hold messages to an address until you resume.

    Example: steppewatch alert pause csto-drills
    """
    _set_state(name, address, SubscriptionState.PAUSED)


def alert_resume(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The subscription's name.")] = None,
    address: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Resume an address instead.")] = None,
) -> None:
    """Resume a subscription, or sending to an address that was paused by you or after failures.

    Example: steppewatch alert resume --address analyst@office.example
    """
    _set_state(name, address, SubscriptionState.ACTIVE)


def _set_state(name: str | None, address: str | None, state: str) -> None:
    from db.alerts.channels import find_channel, set_channel_state
    from db.alerts.subscriptions import change_subscription

    if (name is None) == (address is None):
        raise typer.BadParameter("pass either a name or --address", param_hint="NAME")
    database = open_store()
    if name is not None:
        row = database.read(lambda conn: find_or_exit(conn, name))
        database.write(lambda conn: change_subscription(conn, row.id, state=state))
        emit({"name": name, "state": state})
        return
    assert address is not None
    channel = database.read(lambda conn: find_channel(conn, address))
    if channel is None:
        fail(f"{address} is not a recipient", hint="steppewatch alert list shows all recipients")
    reason = "paused by a person" if state == SubscriptionState.PAUSED else None
    database.write(lambda conn: set_channel_state(conn, channel.id, state, reason=reason))
    emit({"address": address, "state": state})


def alert_remove(name: Name) -> None:
    """Remove a subscription. Unsent messages are cancelled; stored matches are kept.

    Example: steppewatch alert remove csto-drills
    """
    from worker.subscriptions import definition

    database = open_store()
    row = database.read(lambda conn: find_or_exit(conn, name))
    database.write(lambda conn: definition.remove(conn, row))
    emit({"name": name, "state": SubscriptionState.REMOVED})


def find_or_exit(conn: Connection, name: str) -> SubscriptionRow:
    """Return the subscription. Exit if there is none of this name."""
    from difflib import get_close_matches

    from db.alerts.subscriptions import find_subscription, list_subscriptions

    row = find_subscription(conn, name)
    if row is None:
        near = get_close_matches(name, [known.name for known in list_subscriptions(conn)], n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "steppewatch alert list shows them all"
        fail(f"there is no subscription {name!r}", hint=hint)
    return row


def public_links() -> Links:
    """Return the links to the service's own pages, with the configured public address."""
    from db.settings import load
    from worker.messages.links import Links

    return Links(load().public_url)
