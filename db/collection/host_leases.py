"""Hosts, shared out among the crawlers: who may ask one now, and from when on anybody may again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from db.dialect import insert
from db.models import HostLease


def claim_hosts(conn: Connection, until: Mapping[str, datetime], *, holder: str, now: datetime) -> set[str]:
    """Return those of the hosts that are the holder's alone until the instant given for each.

    Others get theirs when that instant has passed, or the one that `release_hosts` sets. Claiming again what one
    holds renews it.
    """
    if not until:
        return set()
    rows = [{"host": host, "holder": holder, "free_at": at} for host, at in sorted(until.items())]
    claim = insert(conn, HostLease)
    taken = claim.on_conflict_do_update(
        index_elements=["host"],
        set_={"holder": claim.excluded.holder, "free_at": claim.excluded.free_at},
        where=or_(HostLease.free_at <= now, HostLease.holder == holder),
    ).returning(HostLease.host)
    return set(conn.execute(taken, rows).scalars())


def release_hosts(conn: Connection, free_at: Mapping[str, datetime], *, holder: str) -> None:
    """Give hosts back, each to be asked again from an instant on; those that are not the holder's are left alone."""
    if not free_at:
        return
    given_back = (
        update(HostLease)
        .where(HostLease.host == bindparam("of_host"), HostLease.holder == holder)
        .values(holder=None, free_at=bindparam("at"))
    )
    conn.execute(given_back, [{"of_host": host, "at": at} for host, at in sorted(free_at.items())])


def rest_host(conn: Connection, host: str, *, until: datetime) -> None:
    """Let a host that nobody holds rest at least until then."""
    conn.execute(
        update(HostLease)
        .where(HostLease.host == host, HostLease.holder.is_(None), HostLease.free_at < until)
        .values(free_at=until)
    )


def find_resting_hosts(conn: Connection, *, now: datetime) -> set[str]:
    """Return the hosts that nobody may begin to ask now: held by a crawler, or asked too short a time ago."""
    return set(conn.scalars(select(HostLease.host).where(HostLease.free_at > now)))


def forget_hosts(conn: Connection, *, before: datetime) -> int:
    """Delete what is known of hosts that could be asked by then; return how many they were."""
    return conn.execute(delete(HostLease).where(HostLease.free_at < before)).rowcount
