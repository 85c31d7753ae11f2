"""The consequences of a failed attempt: pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.alerts.deliveries import RetryDecision
from worker.delivery.transports.errors import (
    AddressRefused,
    MessageFailed,
    MessageRefused,
    TransportDown,
    TransportError,
)

ATTEMPTS_MAX = 20
"""Maximum of attempts; then a message is given up, and waits for a person."""
PAUSE_AFTER = 12
"""Consecutive failures, over about two and a half hours, after which an address is paused."""

_FIRST_S, _LONGEST_S = 5.0, 3_600.0
_DOWN_S = 30.0


def backoff_s(failures: int, jitter: float) -> float:
    """Return the seconds to wait after this many consecutive failures: doubled each time up to an hour, with jitter.

    `jitter` is from 0 up to 1: it takes up to half of the time away, so that simultaneous failures are not repeated
    simultaneously.
    """
    return min(_FIRST_S * 2.0 ** (failures - 1), _LONGEST_S) * (1 - jitter / 2)


def decide_retry(error: Exception, *, attempts: int, failures: int, now: datetime, jitter: float) -> RetryDecision:
    """Return the decision. `attempts` of the message and `failures` of the address include this one."""
    if isinstance(error, TransportDown):
        at = now + timedelta(seconds=_DOWN_S * (1 - jitter / 2))
        return RetryDecision(reason=str(error), retry_at=at, costs_attempt=False, rests_until=at)
    if isinstance(error, AddressRefused):
        return RetryDecision(reason=str(error), retry_at=now, costs_attempt=False, channel_failed=True, pauses=True)
    if isinstance(error, MessageRefused):
        return RetryDecision(reason=str(error), retry_at=None)
    if isinstance(error, MessageFailed):
        at = now + timedelta(seconds=max(backoff_s(attempts, jitter), error.retry_after_s))
        blamed = error.blames_address
        again = None if attempts >= ATTEMPTS_MAX else at
        return RetryDecision(
            reason=str(error), retry_at=again, channel_failed=blamed, pauses=blamed and failures >= PAUSE_AFTER
        )
    if isinstance(error, TransportError):
        at = now + timedelta(seconds=max(backoff_s(failures, jitter), error.retry_after_s))
        is_last = attempts >= ATTEMPTS_MAX
        return RetryDecision(
            reason=str(error),
            retry_at=None if is_last else at,
            channel_failed=True,
            rests_until=at,
            pauses=failures >= PAUSE_AFTER,
        )
    at = now + timedelta(seconds=backoff_s(attempts, jitter))
    return RetryDecision(reason=f"internal error: {error!r}", retry_at=None if attempts >= ATTEMPTS_MAX else at)
