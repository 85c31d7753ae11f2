"""The grades of failed polls: the longer a failure takes to heal by itself, the more it counts. Pure."""

from __future__ import annotations

from db.enums.outcomes import RequestOutcome

TEMPORARY, SOFT, HARD = 0.25, 0.5, 1.0
"""After the feed fetcher of Media Cloud: a pause grows by one interval after four, two or one of these."""

_TEMPORARY = frozenset(
    {RequestOutcome.UNREACHABLE, RequestOutcome.TIMED_OUT, RequestOutcome.THROTTLED, RequestOutcome.INTERNAL_ERROR}
)
_HARD = frozenset(
    {
        RequestOutcome.FORBIDDEN,
        RequestOutcome.GONE,
        RequestOutcome.NOT_A_FEED,
        RequestOutcome.REFUSED,
        RequestOutcome.ROBOTS,
    }
)


def grade_of_failure(outcome: RequestOutcome, status: int) -> float:
    """Return the grade of a failure: `TEMPORARY`, `SOFT` or `HARD`."""
    if outcome in _TEMPORARY or status in (429, 503):
        return TEMPORARY
    return HARD if outcome in _HARD else SOFT
