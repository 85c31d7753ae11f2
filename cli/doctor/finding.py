"""What a check found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How a check ended; only `failed` keeps the service from working."""

    ok = "ok"
    warning = "warning"
    failed = "failed"
    skipped = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report. `mend` is empty when there is nothing to do."""

    check: str
    state: CheckState
    found: str
    mend: str = ""


def ok(check: str, found: str) -> Finding:
    """Return a finding of a check that found all well."""
    return Finding(check, CheckState.ok, found)


def warning(check: str, found: str, mend: str) -> Finding:
    """Return a finding that a person should know of."""
    return Finding(check, CheckState.warning, found, mend)


def failed(check: str, found: str, mend: str) -> Finding:
    """Return a finding that keeps something from working."""
    return Finding(check, CheckState.failed, found, mend)


def skipped(check: str, reason: str) -> Finding:
    """Return a finding of a check that could not be made."""
    return Finding(check, CheckState.skipped, f"not checked: {reason}")
