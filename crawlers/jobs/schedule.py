"""Times of the next request for a page, as pure functions.

`jitter` is a number in [0, 1) that the caller takes from its random generator; it spreads requests by ±10 %, so that
what once began together does not stay together.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from crawlers.scheduling.hints import RETRY_AFTER_MAX_S

HOUR_S = 3_600.0
DAY_S = 24 * HOUR_S

CHECKS = (
    (3 * HOUR_S, 900.0),
    (DAY_S, HOUR_S),
    (7 * DAY_S, 12 * HOUR_S),
    (30 * DAY_S, 3 * DAY_S),
    (365 * DAY_S, 30 * DAY_S),
)
"""(age since the last change, pause until the next check): most silent edits happen early (after NewsDiffs)."""

_FETCH_RETRY_S = 900.0
_FETCH_RETRY_MAX_S = 30 * DAY_S
CONFIRM_GONE_S = HOUR_S
"""Pause before the second request to a page with 404 or 410, after which it counts as gone."""
REFUSED_RETRY_S = 22 * HOUR_S
REFUSED_RETRY_MAX_S = 30 * DAY_S
"""First and longest pause after a page was refused or is gone: within a day, three times as long each time, monthly."""
GONE_FEED_S = 30 * DAY_S
"""Pause after a feed responded that it is gone: outlets move back, and one 410 may be a mistake."""
NETWORK_RETRY_S = 60.0
"""Pause after an outage of our own network."""


def next_check(now: datetime, *, last_change: datetime, jitter: float) -> datetime | None:
    """Return the next check of a page for edits; None if it has not changed for a year."""
    age_s = (now - last_change).total_seconds()
    for limit_s, pause_s in CHECKS:
        if age_s < limit_s:
            return now + timedelta(seconds=_spread(pause_s, jitter))
    return None


def next_retry(now: datetime, *, failures: int, jitter: float, retry_after_s: float | None = None) -> datetime:
    """Return the next fetch after `failures` (≥ 1) failed fetches in a row."""
    pause = _spread(_doubled(_FETCH_RETRY_S, failures - 1, _FETCH_RETRY_MAX_S), jitter)
    return now + timedelta(seconds=_at_least(pause, retry_after_s))


def next_attempt(now: datetime, *, last_at: datetime | None, jitter: float) -> datetime:
    """Return the next request for a page that is refused or gone, as it was at `last_at` (None if it was not).

    The previous pause determines the next one, so a request out of turn starts again from the shortest.
    """
    pause_s = REFUSED_RETRY_S if last_at is None else 3 * (now - last_at).total_seconds()
    return now + timedelta(seconds=_spread(min(max(pause_s, REFUSED_RETRY_S), REFUSED_RETRY_MAX_S), jitter))


def pages_at_once(requests: int) -> int:
    """Return how many of so many requests under way may be for pages: the links of one feed keep no other waiting."""
    return max(1, requests - max(1, requests // 4))


def _doubled(pause_s: float, times: int, cap_s: float) -> float:
    """Return pause × 2^times, capped; without ever computing a number that overflows."""
    if times <= 0 or pause_s >= cap_s:
        return min(pause_s, cap_s)
    enough = math.ceil(math.log2(cap_s / pause_s))
    return min(pause_s * 2.0 ** min(times, enough), cap_s)


def _spread(pause_s: float, jitter: float) -> float:
    return pause_s * (0.9 + 0.2 * jitter)


def _at_least(pause_s: float, wished_s: float | None) -> float:
    return max(pause_s, min(wished_s, RETRY_AFTER_MAX_S)) if wished_s is not None else pause_s
