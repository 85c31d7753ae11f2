"""Whose turn it is: one piece of work for a host at a time, and a pause after each request to it."""

from __future__ import annotations

MAX_DELAY_S = 60.0
"""A crawl-delay beyond this is not kept: at one request in ten minutes no outlet can be followed."""


class HostDelays:
    """Which hosts this process works on, and which rest. Instants are seconds of any clock that only goes forward."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._slow: dict[str, float] = {}
        self._worked_on: set[str] = set()
        self._answered_at: dict[str, float] = {}

    def begin(self, host: str) -> None:
        """Note that there is work under way for this host."""
        self._worked_on.add(host)

    def end(self, host: str) -> None:
        """Note that the work is done."""
        self._worked_on.discard(host)

    def answered(self, host: str, now: float) -> None:
        """Note that a request to the host ended; it rests from now on."""
        self._answered_at[host] = now

    def slow_down(self, host: str, delay_s: float) -> None:
        """Take note of the distance that a host asks for in its robots.txt (seconds)."""
        if delay_s > self._delay_s:
            self._slow[host] = min(delay_s, max(MAX_DELAY_S, self._delay_s))
        else:
            self._slow.pop(host, None)

    def delay_s(self, host: str) -> float:
        """Return the distance in force for a host."""
        return self._slow.get(host, self._delay_s)

    def remaining_delay_s(self, host: str, now: float) -> float:
        """Return how many seconds the host still rests; not positive when it may be asked."""
        return self._answered_at.get(host, -self.delay_s(host)) + self.delay_s(host) - now

    def busy_hosts(self, now: float) -> set[str]:
        """Return the hosts that no further work may be begun for now."""
        self._answered_at = {
            host: at for host, at in self._answered_at.items() if self.remaining_delay_s(host, now) > 0
        }
        return self._worked_on | self._answered_at.keys()
