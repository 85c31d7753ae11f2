"""`steppewatch alert edit`: change a subscription in place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.alert.recipients import note_missing_settings, with_recipients
from cli.alert.subscriptions import Name, build_record, find_or_exit, public_links
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from db.enums.alerts import SubscriptionState
from worker.delivery.transports.transport import RecipientAddress

if TYPE_CHECKING:
    from db.alerts.subscriptions import SubscriptionRow
    from worker.subscriptions.definition import SubscriptionDefinition

_FIELDS = ("query", "cadence", "max_age_h", "on_revision", "all_quiet")
Addresses = list[str] | None


@with_recipients("also")
def alert_edit(
    name: Name,
    query: Annotated[
        str | None,
        typer.Argument(metavar="[QUERY]", help="The new query; or the outlet or entity, for the other kinds."),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="at once, hourly, daily 08:00 Asia/Almaty, weekly mon 08:00 Asia/Almaty."),
    ] = None,
    max_age: Annotated[int | None, typer.Option(metavar="HOURS", help="Ignore articles published longer ago.")] = None,
    on_revision: Annotated[
        bool | None, typer.Option("--on-revision/--not-on-revision", help="Alert again when an edit changes the match.")
    ] = None,
    all_quiet: Annotated[
        bool | None, typer.Option("--all-quiet/--not-all-quiet", help="Send empty digests too.")
    ] = None,
    recipients: tuple[RecipientAddress, ...] = (),
    feed: Annotated[bool | None, typer.Option("--feed/--no-feed", help="Create an Atom feed, or remove it.")] = None,
    drop: Annotated[
        Addresses, typer.Option(metavar="ADDRESS", help="Stop sending to this address; repeatable.")
    ] = None,
) -> None:
    """Change a subscription: its query, schedule or recipients. Everything else stays as it is.

    Running workers pick it up at once. Older articles are not matched again; use alert test for those.

    Example: steppewatch alert edit csto-drills 'entity:csto AND (drill* OR exercise*)'
    Example: steppewatch alert edit csto-drills --every "daily 08:00 Asia/Almaty" --email other@office.example
    Example: steppewatch alert edit csto-drills --drop me@office.example --not-on-revision
    """
    from db.alerts.channels import find_recipients
    from worker.subscriptions import definition

    values = {"query": query, "cadence": every, "max_age_h": max_age}
    values |= {"on_revision": on_revision, "all_quiet": all_quiet}
    if feed is None and not drop and not recipients and all(value is None for value in values.values()):
        raise typer.BadParameter("nothing to change: pass a query or an option", param_hint="NAME")
    database = open_store()
    with database.reading() as conn:
        stored = find_or_exit(conn, name)
        before = definition.to_definition(stored, find_recipients(conn, [stored.id]))
    after = _apply_changes(before, values, recipients, feed, drop or ())
    validated = database.read(
        lambda conn: _validate_or_exit(conn, after, is_same_question=query in (None, stored.query))
    )
    database.write(lambda conn: definition.update(conn, stored, validated, now=datetime.now(UTC)))
    _warn(stored, validated)
    with database.reading() as conn:
        record = build_record(conn, find_or_exit(conn, name), public_links(), with_secrets=False)
    emit(record | {"changed": _list_changes(before, validated)})


def _apply_changes(
    before: SubscriptionDefinition,
    values: dict[str, Any],
    more: tuple[RecipientAddress, ...],
    feed: bool | None,
    drop: Iterable[str],
) -> SubscriptionDefinition:
    """Return the changed subscription. Exit if it does not have an address to drop."""
    dropped = _resolve_dropped(before, drop)
    changed_values = {name: value for name, value in values.items() if value is not None}
    return dataclasses.replace(
        before,
        subscription=dataclasses.replace(before.subscription, **changed_values),
        recipients=tuple(one for one in (*before.recipients, *more) if one.address not in dropped),
        feed=before.feed if feed is None else feed,
    )


def _resolve_dropped(before: SubscriptionDefinition, drop: Iterable[str]) -> set[str]:
    """Return the addresses to drop, as they are stored; secret ones may be given as lists show them."""
    from worker.delivery.transports.table import shown

    stored = {shown(kind, address): address for kind, address in before.recipients}
    found = {address: stored.get(address, address) for address in drop}
    for requested, address in found.items():
        if address not in stored.values():
            hint = f"its recipients: {', '.join(stored) or 'none'}"
            fail(f"{before.subscription.name} is not sent to {requested}", hint=hint, code=2)
    return set(found.values())


def _validate_or_exit(conn: Any, after: SubscriptionDefinition, *, is_same_question: bool) -> SubscriptionDefinition:
    """Return the validated subscription. Exit if it is invalid."""
    from db.settings import load
    from worker.subscriptions import definition
    from worker.subscriptions.references import load_references

    known = load_references(conn, allow_private_hosts=load().allow_private_hosts, is_stored=is_same_question)
    validated, problems = definition.validate(after, known)
    if problems:
        fail("\n       ".join(problems), code=2)
    return validated


def _list_changes(before: SubscriptionDefinition, after: SubscriptionDefinition) -> dict[str, dict[str, Any]]:
    """Return the changed fields by name, with old and new values."""
    from db.alerts.channels import FEED

    pairs: dict[str, tuple[object, object]] = {
        name: (getattr(before.subscription, name), getattr(after.subscription, name)) for name in _FIELDS
    }
    for kind in dict.fromkeys(recipient.kind for recipient in (*before.recipients, *after.recipients)):
        pairs[kind] = before.of_kind(kind), after.of_kind(kind)
    pairs[FEED] = before.feed, after.feed
    return {name: {"from": old, "to": new} for name, (old, new) in pairs.items() if old != new}


def _warn(stored: SubscriptionRow, after: SubscriptionDefinition) -> None:
    """Warn about unexpected consequences."""
    if stored.origin:
        note(
            f"{stored.name} is managed by {stored.origin}: the next alert sync will restore the definition in that file"
        )
    if stored.state != SubscriptionState.ACTIVE:
        note(f"{stored.name} is {stored.state}: steppewatch alert resume {stored.name}")
    if not after.addresses:
        note(f"{stored.name} has no recipient: its matches are stored, but not sent")
    note_missing_settings(recipient.kind for recipient in after.recipients)
