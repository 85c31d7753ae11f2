"""`steppewatch alert edit`: a subscription changed in place; what is not named stays as it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.alert.subscriptions import Name, public_links, record_of, subscription_named, warn_if_mail_disabled
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store

if TYPE_CHECKING:
    from db.alerts.subscriptions import SubscriptionRow
    from worker.subscriptions.definition import SubscriptionDefinition

_FIELDS = ("query", "cadence", "max_age_h", "on_revision", "all_quiet", "email", "webhook", "chat", "feed")
Addresses = list[str] | None


def alert_edit(
    name: Name,
    query: Annotated[
        str | None,
        typer.Argument(metavar="[QUERY]", help="What to look for now; of another kind its outlet or entity."),
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="at once, hourly, daily 08:00 Asia/Almaty, weekly mon 08:00 Asia/Almaty."),
    ] = None,
    max_age: Annotated[
        int | None, typer.Option(metavar="HOURS", help="What was published longer ago is no news.")
    ] = None,
    on_revision: Annotated[
        bool | None, typer.Option("--on-revision/--not-on-revision", help="Again when an edit changes the match.")
    ] = None,
    all_quiet: Annotated[
        bool | None, typer.Option("--all-quiet/--not-all-quiet", help="Send digests that have nothing to tell, too.")
    ] = None,
    email: Annotated[Addresses, typer.Option(metavar="ADDRESS", help="Send mail there, too; repeatable.")] = None,
    webhook: Annotated[Addresses, typer.Option(metavar="URL", help="Post there, too; repeatable.")] = None,
    chat: Annotated[Addresses, typer.Option(metavar="URL", help="Write there, too; repeatable.")] = None,
    feed: Annotated[bool | None, typer.Option("--feed/--no-feed", help="Have an Atom feed, or have none.")] = None,
    drop: Annotated[Addresses, typer.Option(metavar="ADDRESS", help="Send nothing there any more; repeatable.")] = None,
) -> None:
    """Change a subscription: what it asks, when it tells, and whom. What is not named stays as it is.

    Workers that run take note at once. Articles of before are not asked again: alert test asks the archive.

    Example: steppewatch alert edit csto-drills 'entity:csto AND (drill* OR exercise*)'
    Example: steppewatch alert edit csto-drills --every "daily 08:00 Asia/Almaty" --email other@office.example
    Example: steppewatch alert edit csto-drills --drop me@office.example --not-on-revision
    """
    from db.alerts.channels import recipients_of
    from worker.subscriptions import definition as standings

    values = {"query": query, "cadence": every, "max_age_h": max_age}
    values |= {"on_revision": on_revision, "all_quiet": all_quiet}
    more = {"email": tuple(email or ()), "webhook": tuple(webhook or ()), "chat": tuple(chat or ())}
    if feed is None and not drop and not any(more.values()) and all(value is None for value in values.values()):
        raise typer.BadParameter("say what to change: a query, or an option", param_hint="NAME")
    database = open_store()
    with database.reading() as conn:
        stored = subscription_named(conn, name)
        before = standings.to_definition(stored, recipients_of(conn, [stored.id]))
    after = _edited(before, values, more, feed, drop or ())
    checked = database.read(lambda conn: _checked(conn, after, is_same_question=query in (None, stored.query)))
    database.write(lambda conn: standings.update(conn, stored, checked, now=datetime.now(UTC)))
    _tell(stored, checked)
    with database.reading() as conn:
        record = record_of(conn, subscription_named(conn, name), public_links(), with_secrets=False)
    emit(record | {"changed": _changes(before, checked)})


def _edited(
    before: SubscriptionDefinition,
    values: dict[str, Any],
    more: dict[str, tuple[str, ...]],
    feed: bool | None,
    drop: Iterable[str],
) -> SubscriptionDefinition:
    """Return the subscription with what is given. Ends the command for an address to drop that it does not have."""
    dropped = _dropped(before, drop)
    given = {name: value for name, value in values.items() if value is not None}
    kept = {
        kind: tuple(one for one in (*getattr(before, kind), *new) if one not in dropped) for kind, new in more.items()
    }
    return dataclasses.replace(
        before,
        subscription=dataclasses.replace(before.subscription, **given),
        feed=before.feed if feed is None else feed,
        **kept,
    )


def _dropped(before: SubscriptionDefinition, drop: Iterable[str]) -> set[str]:
    """Return the addresses that a person means, as they are stored; a secret one may be called as lists show it."""
    from worker.subscriptions.addresses import shown

    stored = {shown(kind, address): address for kind, address in before.addresses if kind != "feed"}
    found = {address: stored.get(address, address) for address in drop}
    for asked, address in found.items():
        if address not in stored.values():
            hint = f"it is sent to {', '.join(stored) or 'nobody'}"
            fail(f"{before.subscription.name} is not sent to {asked}", hint=hint, code=2)
    return set(found.values())


def _checked(conn: Any, after: SubscriptionDefinition, *, is_same_question: bool) -> SubscriptionDefinition:
    """Return the subscription as it is stored. Ends the command when something is wrong with it."""
    from db.settings import load
    from worker.subscriptions import definition as standings
    from worker.subscriptions.references import load_references

    known = load_references(conn, allow_private_hosts=load().allow_private_hosts, is_stored=is_same_question)
    checked, problems = standings.validate(after, known)
    if problems:
        fail("\n       ".join(problems), code=2)
    return checked


def _changes(before: SubscriptionDefinition, after: SubscriptionDefinition) -> dict[str, dict[str, Any]]:
    """Return what is another than before, by name."""
    changes = {}
    for name in _FIELDS:
        old, new = (getattr(one if hasattr(one, name) else one.subscription, name) for one in (before, after))
        if old != new:
            changes[name] = {"from": old, "to": new}
    return changes


def _tell(stored: SubscriptionRow, after: SubscriptionDefinition) -> None:
    """Note what a person may not expect."""
    if stored.origin:
        note(f"{stored.name} is kept by {stored.origin}: the next alert sync makes it again what that file says")
    if stored.state != "active":
        note(f"{stored.name} is {stored.state}: steppewatch alert resume {stored.name}")
    if not after.addresses:
        note(f"{stored.name} has no recipient: its matches are kept, and nothing is sent")
    warn_if_mail_disabled(is_mailed=bool(after.email))
