"""Subscriptions and saved queries. All workers follow their changes through one rising version."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, update

from db.dialect import insert
from db.dialect.locks import lock_for_subscriptions
from db.enums.alerts import SubscriptionKind, SubscriptionState
from db.models import SavedQuery, Subscription

ALL_OUTLETS = "all"
"""In place of an outlet, for a subscription to the health of each."""

_LIVING = Subscription.state != SubscriptionState.REMOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionIn:
    """A subscription as defined by a person or a file; for the fields see `db.models.Subscription`."""

    name: str
    query: str
    kind: str = SubscriptionKind.QUERY
    cadence: str = "at once"
    max_age_h: int = 72
    on_revision: bool = False
    all_quiet: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRow:
    """A stored subscription."""

    id: int
    name: str
    kind: str
    query: str
    cadence: str
    max_age_h: int
    on_revision: bool
    all_quiet: bool
    state: str
    origin: str
    created_at: datetime
    version: int


_COLUMNS = [getattr(Subscription, name) for name in SubscriptionRow.__slots__]


class NameTaken(ValueError):
    """A subscription with that name exists already."""


def record_subscription(conn: Connection, new: SubscriptionIn, *, now: datetime) -> int:
    """Store a new subscription and return its id. Raises NameTaken."""
    version = _next_version(conn)
    if find_subscription(conn, new.name) is not None:
        raise NameTaken(f"there is a subscription {new.name!r} already")
    row = {**asdict(new), "state": SubscriptionState.ACTIVE, "created_at": now, "version": version}
    return int(conn.execute(insert(conn, Subscription).values(row).returning(Subscription.id)).scalar_one())


def change_subscription(conn: Connection, subscription_id: int, **values: object) -> None:
    """Change columns of a subscription; every worker reloads it."""
    version = _next_version(conn)
    changed = update(Subscription).where(Subscription.id == subscription_id).values(**values, version=version)
    conn.execute(changed)


def find_subscription(conn: Connection, name: str) -> SubscriptionRow | None:
    """Return the active or paused subscription of that name; None if there is none."""
    row = conn.execute(select(*_COLUMNS).where(Subscription.name == name, _LIVING)).first()
    return SubscriptionRow(**row._asdict()) if row else None


def get_subscription(conn: Connection, subscription_id: int) -> SubscriptionRow:
    """Return a subscription, removed or not. Raises sqlalchemy.exc.NoResultFound for an unknown id."""
    row = conn.execute(select(*_COLUMNS).where(Subscription.id == subscription_id)).one()
    return SubscriptionRow(**row._asdict())


def list_subscriptions(conn: Connection, *, kind: str | None = None) -> list[SubscriptionRow]:
    """Return all subscriptions that were not removed, by name."""
    query = select(*_COLUMNS).where(_LIVING).order_by(Subscription.name)
    if kind is not None:
        query = query.where(Subscription.kind == kind)
    return [SubscriptionRow(**row._asdict()) for row in conn.execute(query)]


def latest_version(conn: Connection) -> int:
    """Return the version of the latest change; 0 without subscriptions. A single index lookup."""
    return conn.scalar(select(func.max(Subscription.version))) or 0


def iter_changes(conn: Connection, *, after: int) -> list[SubscriptionRow]:
    """Return every subscription changed after a version, paused and removed ones too, oldest change first."""
    query = select(*_COLUMNS).where(Subscription.version > after).order_by(Subscription.version)
    return [SubscriptionRow(**row._asdict()) for row in conn.execute(query)]


def saved_queries(conn: Connection) -> dict[str, str]:
    """Return the saved queries by name."""
    rows = conn.execute(select(SavedQuery.name, SavedQuery.query).order_by(SavedQuery.name))
    return {name: query for name, query in rows}


def find_managed_queries(conn: Connection, origin: str) -> dict[str, str]:
    """Return the saved queries managed by a file, by name."""
    query = select(SavedQuery.name, SavedQuery.query).where(SavedQuery.origin == origin).order_by(SavedQuery.name)
    return {name: text for name, text in conn.execute(query)}


def record_saved_queries(conn: Connection, queries: Mapping[str, str], *, origin: str = "") -> None:
    """Store named queries, replacing their earlier text. Subscriptions that use them count as changed."""
    if not queries:
        return
    upsert = insert(conn, SavedQuery)
    changed = {"query": upsert.excluded.query, "origin": upsert.excluded.origin}
    rows = [{"name": name, "query": query, "origin": origin} for name, query in sorted(queries.items())]
    conn.execute(upsert.on_conflict_do_update(index_elements=["name"], set_=changed), rows)
    _touch_users(conn, queries)


def remove_saved_queries(conn: Connection, names: Collection[str]) -> None:
    """Delete named queries. Every subscription that may use one counts as changed."""
    if names:
        _touch_users(conn, names)
        conn.execute(delete(SavedQuery).where(SavedQuery.name.in_(names)))


def _touch_users(conn: Connection, names: Iterable[str]) -> None:
    """Mark subscriptions as changed that use one of the names, directly or through another saved query."""
    stored, touched, fresh = saved_queries(conn), set(names), set(names)
    while fresh:
        fresh = {name for name, query in stored.items() if any(used in query for used in fresh)} - touched
        touched |= fresh
    uses_one = or_(*(Subscription.query.contains(name, autoescape=True) for name in sorted(touched)))
    conn.execute(update(Subscription).where(_LIVING, uses_one).values(version=_next_version(conn)))


def _next_version(conn: Connection) -> int:
    """Return the next version. Writers are serialised, so no version appears below one already read."""
    lock_for_subscriptions(conn)
    return latest_version(conn) + 1
