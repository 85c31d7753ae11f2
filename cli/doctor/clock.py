"""The clock: leases, schedules and “published in the future” all rest on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from cli.doctor.finding import Finding, failed, ok, skipped, warning
from db.collection.clocks import told

WARN_S = 5.0
FAIL_S = 60.0
"""One lease: beyond it two hosts take each other's work for abandoned."""

_CLOCK = "clock"
_MEND = "let the system keep the time: timedatectl set-ntp true, chrony or systemd-timesyncd"


def judge_clock(database_ahead_s: float | None, outlets_ahead_s: Sequence[float]) -> tuple[Finding, ...]:
    """Return what the clocks of the database and of outlets say of ours; each is by how much they are ahead.

    Outlets' own clocks may be wrong, so the one nearest to ours counts.
    """
    findings = []
    if database_ahead_s is not None:
        findings.append(_judge(database_ahead_s, "the database"))
    if outlets_ahead_s:
        findings.append(_judge(min(outlets_ahead_s, key=abs), "outlets"))
    return tuple(findings) or (skipped(_CLOCK, "nobody with a clock of their own answers"),)


def _judge(ahead_s: float, whose: str) -> Finding:
    if abs(ahead_s) <= WARN_S:
        return ok(_CLOCK, f"agrees with that of {whose} within {WARN_S:g} s")
    found = f"{abs(ahead_s):,.0f} s {'behind' if ahead_s > 0 else 'ahead of'} that of {whose}"
    return warning(_CLOCK, found, _MEND) if abs(ahead_s) <= FAIL_S else failed(_CLOCK, found, _MEND)


def judge_waits(ahead: Mapping[str, int]) -> tuple[Finding, ...]:
    """Return what is the matter with instants that the store holds: nothing, or that a clock ran ahead."""
    if not ahead:
        return ()
    mend = f"a running worker makes them due within a minute; {_MEND}"
    return (warning(_CLOCK, f"a clock ran ahead: {told(ahead)} wait for longer than they may", mend),)


def ahead_of_us(date: str | None, *, asked_at: datetime, answered_at: datetime) -> float | None:
    """Return by how many seconds a `Date` header lies outside the time in which it must have been written.

    It has whole seconds (RFC 9110 §5.6.7), so one second more is allowed before. None for a header that is missing
    or no date.
    """
    try:
        said = parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    said = said.replace(tzinfo=UTC) if said.tzinfo is None else said
    early = (said - asked_at).total_seconds() + 1
    late = (said - answered_at).total_seconds()
    return early if early < 0 else max(late, 0.0)
