"""Check of the clock, on which leases, schedules and “published in the future” rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from cli.doctor.finding import Finding, failed, ok, skipped, warning
from db.clocks import describe_counts

WARN_S = 5.0
FAIL_S = 60.0
"""The length of a lease: beyond it, two hosts consider each other's work abandoned."""

_CLOCK = "clock"
_MEND = "synchronise the system clock: timedatectl set-ntp true, chrony or systemd-timesyncd"


def judge_clock(database_ahead_s: float | None, outlets_ahead_s: Sequence[float]) -> tuple[Finding, ...]:
    """Return the findings on our clock; the arguments are the seconds by which other clocks are ahead of it.

    Outlets may have wrong clocks, so the one nearest to ours counts.
    """
    findings = []
    if database_ahead_s is not None:
        findings.append(_judge(database_ahead_s, "the database"))
    if outlets_ahead_s:
        findings.append(_judge(min(outlets_ahead_s, key=abs), "outlets"))
    return tuple(findings) or (skipped(_CLOCK, "no other clock could be reached"),)


def _judge(ahead_s: float, owner: str) -> Finding:
    if abs(ahead_s) <= WARN_S:
        return ok(_CLOCK, f"agrees with that of {owner} within {WARN_S:g} s")
    found = f"{abs(ahead_s):,.0f} s {'behind' if ahead_s > 0 else 'ahead of'} that of {owner}"
    return warning(_CLOCK, found, _MEND) if abs(ahead_s) <= FAIL_S else failed(_CLOCK, found, _MEND)


def judge_waits(ahead: Mapping[str, int]) -> tuple[Finding, ...]:
    """Return a finding if the store holds instants too far in the future, because some clock ran ahead."""
    if not ahead:
        return ()
    mend = f"a running worker corrects this within a minute; {_MEND}"
    return (warning(_CLOCK, f"a clock ran ahead: {describe_counts(ahead)} are due too far in the future", mend),)


def ahead_of_us(date: str | None, *, requested_at: datetime, received_at: datetime) -> float | None:
    """Return the seconds by which a `Date` header lies outside the interval in which it was written.

    The header has whole seconds (RFC 9110 §5.6.7), so it may be one second early. None if it is missing or invalid.
    """
    try:
        header = parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    header = header.replace(tzinfo=UTC) if header.tzinfo is None else header
    early = (header - requested_at).total_seconds() + 1
    late = (header - received_at).total_seconds()
    return early if early < 0 else max(late, 0.0)
