"""Leases of hosts, which crawlers share: the current holder, and the start of free use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from db.dialect import insert
from db.models import HostLease

_RELEASE = (
    update(HostLease)
    .where(HostLease.host == bindparam("of_host"), HostLease.holder == bindparam("by"))
    .values(holder=None, free_at=bindparam("at"))
)


def claim_hosts(conn: Connection, until: Mapping[str, datetime], *, holder: str, now: datetime) -> set[str]:
    """Claim hosts for a holder, each until its instant; return the successfully claimed ones.

    Others can claim them after that instant, or the one that `release_hosts` sets. Claiming one's own host again renews
    the lease.
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
    """Release the holder's hosts, each with the earliest instant of the next request; other hosts are left alone."""
    if not free_at:
        return
    conn.execute(_RELEASE, [{"of_host": host, "by": holder, "at": at} for host, at in sorted(free_at.items())])


def rest_host(conn: Connection, host: str, *, until: datetime) -> None:
    """Extend the pause of an unclaimed host to this instant."""
    conn.execute(
        update(HostLease)
        .where(HostLease.host == host, HostLease.holder.is_(None), HostLease.free_at < until)
        .values(free_at=until)
    )


def find_resting_hosts(conn: Connection, *, now: datetime) -> set[str]:
    """Return the hosts that are not available now: claimed by a crawler, or in the pause after a request."""
    return set(conn.scalars(select(HostLease.host).where(HostLease.free_at > now)))


def find_hosts_at_rest(conn: Connection, *, until: datetime) -> set[str]:
    """Return the hosts that no crawler holds and that nobody may ask until then: they asked for fewer requests."""
    return set(conn.scalars(select(HostLease.host).where(HostLease.holder.is_(None), HostLease.free_at > until)))


def forget_hosts(conn: Connection, *, before: datetime) -> int:
    """Delete the leases of hosts that were free before an instant; return their number."""
    return conn.execute(delete(HostLease).where(HostLease.free_at < before)).rowcount
