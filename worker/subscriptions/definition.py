"""Definitions of subscriptions: validated and stored as a whole, whether typed or kept in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from db.alerts import channels, subscriptions
from db.alerts.channels import FEED, RecipientRow
from db.alerts.subscriptions import ALL_OUTLETS, SubscriptionIn, SubscriptionRow
from db.enums.alerts import RecipientState, SubscriptionKind, SubscriptionState
from worker.delivery.transports.table import TRANSPORTS, check_address
from worker.delivery.transports.transport import RecipientAddress
from worker.lib.cadence import CadenceKind, next_due, parse_cadence
from worker.query.errors import QueryError
from worker.query.nodes import EntityNode

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_MAX_QUERY = 20_000
_MAX_AGE_H = 24 * 366


@dataclass(frozen=True, slots=True)
class SubscriptionDefinition:
    """A subscription and its recipients."""

    subscription: SubscriptionIn
    recipients: tuple[RecipientAddress, ...] = ()
    feed: bool = False

    @property
    def addresses(self) -> list[RecipientAddress]:
        """Return all recipients; a feed's address is the subscription's name."""
        feed = [RecipientAddress(FEED, self.subscription.name)] if self.feed else []
        return [*self.recipients, *feed]

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Return the addresses of a kind."""
        return tuple(recipient.address for recipient in self.recipients if recipient.kind == kind)


@dataclass(slots=True)
class References:
    """The entities and outlets that a subscription may refer to, and the rules for addresses."""

    parse: Callable[[str], object]
    """Returns a parsed query; raises ValueError with reason and position."""
    outlets: Collection[str] = ()
    allowed: Collection[tuple[str, int]] = field(default=frozenset())


def validate(definition: SubscriptionDefinition, known: References) -> tuple[SubscriptionDefinition, list[str]]:
    """Return the subscription in stored form, and its problems."""
    problems: list[str] = []
    new = definition.subscription
    if not NAME.fullmatch(new.name):
        problems.append(f"the name {new.name!r} must be lower-case letters, digits, dots and hyphens")
    problems += _question(new, known)
    cadence = new.cadence
    try:
        cadence = str(parse_cadence(new.cadence))
    except ValueError as error:
        problems.append(f"cadence: {error}")
    if not 1 <= new.max_age_h <= _MAX_AGE_H:
        problems.append(f"the age must be from 1 hour to {_MAX_AGE_H} hours")
    if new.all_quiet and cadence == CadenceKind.AT_ONCE:
        problems.append("an “all quiet” needs digests: hourly, daily or weekly")
    recipients = _recipients(definition.recipients, known.allowed, problems)
    values = {name: getattr(new, name) for name in SubscriptionIn.__slots__} | {"cadence": cadence}
    if new.kind == SubscriptionKind.BURST:
        values["query"] = _entity(new.query, known)[0] or new.query
    return SubscriptionDefinition(SubscriptionIn(**values), recipients, definition.feed), problems


def _question(new: SubscriptionIn, known: References) -> list[str]:
    if new.kind == SubscriptionKind.SILENCE:
        return [] if new.query in known.outlets else [f"there is no outlet {new.query!r}"]
    if new.kind == SubscriptionKind.HEALTH:
        is_known = new.query == ALL_OUTLETS or new.query in known.outlets
        return [] if is_known else [f"there is no outlet {new.query!r}; {ALL_OUTLETS} stands for each"]
    if new.kind == SubscriptionKind.BURST:
        _, problem = _entity(new.query, known)
        return [problem] if problem else []
    if not new.query.strip() or len(new.query) > _MAX_QUERY:
        return [f"a query has from 1 to {_MAX_QUERY:,} characters"]
    try:
        known.parse(new.query)
    except ValueError as error:
        return [f"query: {error}"]
    return []


def _entity(name: str, known: References) -> tuple[str | None, str]:
    """Return the id of an entity by any unambiguous name, and the problem with the name."""
    nobody = f"no entity is called {name!r}: steppewatch vocabulary list"
    if '"' in name:
        return None, nobody
    try:
        query = known.parse(f'entity:"{name}"')
    except QueryError as error:
        return None, f"{error.message}; {error.hint}" if error.hint else error.message
    except ValueError:
        return None, nobody
    return (query.value, "") if isinstance(query, EntityNode) else (None, nobody)


def _recipients(
    given: Collection[RecipientAddress], allowed: Collection[tuple[str, int]], problems: list[str]
) -> tuple[RecipientAddress, ...]:
    """Return recipients in their stored form, each once, in the order of the table."""
    good = []
    for kind, address in _in_table_order(given):
        try:
            good.append(RecipientAddress(kind, check_address(kind, address, allowed)))
        except ValueError as error:
            problems.append(f"{kind}: {error}")
    return tuple(dict.fromkeys(good))


def _in_table_order(recipients: Iterable[RecipientAddress]) -> tuple[RecipientAddress, ...]:
    order = {kind: place for place, kind in enumerate(TRANSPORTS)}
    return tuple(sorted(recipients, key=lambda recipient: order.get(recipient.kind, len(order))))


def create(conn: Connection, definition: SubscriptionDefinition, *, now: datetime) -> int:
    """Store a new subscription with its recipients; return its id. Raises NameTaken."""
    subscription_id = subscriptions.record_subscription(conn, definition.subscription, now=now)
    due_at = next_due(parse_cadence(definition.subscription.cadence), now)
    _add_recipients(conn, subscription_id, definition.addresses, due_at)
    return subscription_id


def update(conn: Connection, stored: SubscriptionRow, definition: SubscriptionDefinition, *, now: datetime) -> None:
    """Update a stored subscription to a definition. Recipients no longer named are unsubscribed."""
    new = definition.subscription
    fields = ("kind", "query", "cadence", "max_age_h", "on_revision", "all_quiet", "origin")
    values = {name: getattr(new, name) for name in fields if getattr(new, name) != getattr(stored, name)}
    if values:
        subscriptions.change_subscription(conn, stored.id, **values)
    due_at = next_due(parse_cadence(new.cadence), now)
    if "cadence" in values:
        channels.set_cadence_due(conn, stored.id, due_at=due_at)
    before = {get_address(row): row for row in channels.find_recipients(conn, [stored.id])}
    channels.unsubscribe(conn, [row.id for key, row in before.items() if key not in definition.addresses])
    wanted = [key for key in definition.addresses if key not in before or before[key].state != RecipientState.ACTIVE]
    _add_recipients(conn, stored.id, wanted, due_at)


def remove(conn: Connection, stored: SubscriptionRow) -> None:
    """Remove a subscription. Waiting messages to its recipients are cancelled; its matches stay."""
    subscriptions.change_subscription(conn, stored.id, state=SubscriptionState.REMOVED)
    channels.unsubscribe(conn, [row.id for row in channels.find_recipients(conn, [stored.id])])


def to_definition(stored: SubscriptionRow, recipients: Collection[RecipientRow]) -> SubscriptionDefinition:
    """Return the definition of a stored subscription."""
    active = [row.channel for row in recipients if row.state == RecipientState.ACTIVE]
    sent_to = _in_table_order(RecipientAddress(one.kind, one.address) for one in active if one.kind != FEED)
    values = {name: getattr(stored, name) for name in SubscriptionIn.__slots__}
    return SubscriptionDefinition(SubscriptionIn(**values), sent_to, any(channel.kind == FEED for channel in active))


def get_address(row: RecipientRow) -> RecipientAddress:
    """Return the kind and the address of a recipient."""
    return RecipientAddress(row.channel.kind, row.channel.address)


def _add_recipients(
    conn: Connection, subscription_id: int, addresses: Collection[RecipientAddress], due_at: datetime | None
) -> None:
    for kind, address in addresses:
        is_signed = kind in TRANSPORTS and TRANSPORTS[kind].is_signed
        channel_id = channels.record_channel(conn, kind, address, is_signed=is_signed)
        channels.record_recipient(conn, subscription_id, channel_id, due_at=None if kind == FEED else due_at)
