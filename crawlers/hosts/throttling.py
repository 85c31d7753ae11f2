"""Throttling: a host that lets us in again only later gets a pause for all of its feeds and pages. Pure."""

from __future__ import annotations

BURST, BURST_S = 10, 600.0
"""So many requests within so many seconds are a burst: a 403 after it means too many requests, not forbidden."""
REST_S, REST_MAX_S = 900.0, 21_600.0
"""The first pause, doubled each time until the host lets us in, and the longest one."""
_WELCOMED = frozenset({200, 203, 304})
_REFUSALS = frozenset({403, 429})


class Throttling:
    """The recent requests to each host, and how often it has refused us since. Instants are of a monotonic clock."""

    def __init__(self) -> None:
        self._welcomed: dict[str, tuple[float, ...]] = {}
        self._refusals: dict[str, int] = {}

    def answered(self, host: str, status: int, now: float, *, retry_after_s: float | None = None) -> float | None:
        """Return the pause in seconds that the host needs after this status; None if it needs none."""
        if status in _WELCOMED:
            recent = self._welcomed.get(host, ())[1 - BURST :]
            self._welcomed[host] = (*(at for at in recent if now - at <= BURST_S), now)
            self._refusals.pop(host, None)
            self._forget(now)
            return None
        if status not in _REFUSALS or (status == 403 and not self.is_burst(host, now)):
            return None
        times = self._refusals.get(host, 0)
        self._refusals[host] = times + 1
        usual_s = REST_S * 2.0 ** min(times, 10)
        return min(retry_after_s if retry_after_s is not None else usual_s, REST_MAX_S)

    def is_burst(self, host: str, now: float) -> bool:
        """Return whether the host has just answered many requests, or has refused us since it did."""
        if host in self._refusals:
            return True
        recent = self._welcomed.get(host, ())
        return len(recent) >= BURST and now - recent[0] <= BURST_S

    def _forget(self, now: float) -> None:
        """Drop the oldest host if nothing was asked of it for long; at most one each time, so it costs nothing."""
        oldest = next(iter(self._welcomed))
        if now - self._welcomed[oldest][-1] > BURST_S:
            del self._welcomed[oldest]
