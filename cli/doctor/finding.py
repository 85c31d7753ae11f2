"""The finding of a check: its result and a suggested fix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """Result of a check; only `failed` prevents the service from working."""

    ok = "ok"
    warning = "warning"
    failed = "failed"
    skipped = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report; `mend` is the suggested fix, or empty."""

    check: str
    state: CheckState
    found: str
    mend: str = ""


def ok(check: str, found: str) -> Finding:
    """Return the finding of a passed check."""
    return Finding(check, CheckState.ok, found)


def warning(check: str, found: str, mend: str) -> Finding:
    """Return a finding of limited harm."""
    return Finding(check, CheckState.warning, found, mend)


def failed(check: str, found: str, mend: str) -> Finding:
    """Return the finding of a failed check."""
    return Finding(check, CheckState.failed, found, mend)


def skipped(check: str, reason: str) -> Finding:
    """Return the finding of a check that was not made."""
    return Finding(check, CheckState.skipped, f"not checked: {reason}")
