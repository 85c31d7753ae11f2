"""Whose turn it is: at most one request to a host at a time, and a pause between two."""

from __future__ import annotations

MAX_DELAY_S = 60.0
"""A crawl-delay beyond this is not kept: at one request in ten minutes no outlet can be followed."""


class Hosts:
    """Which hosts are being asked or rest. Instants are seconds of any clock that only goes forward."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._slow: dict[str, float] = {}
        self._asked: set[str] = set()
        self._rests_until: dict[str, float] = {}

    def ask(self, host: str) -> None:
        """Note that a request to this host begins."""
        self._asked.add(host)

    def answered(self, host: str, now: float) -> None:
        """Note that it ended; the host rests from now on."""
        self._asked.discard(host)
        self._rests_until[host] = now + self.delay_s(host)

    def slow_down(self, host: str, delay_s: float) -> None:
        """Take note of the distance that a host asks for in its robots.txt (seconds)."""
        if delay_s > self._delay_s:
            self._slow[host] = min(delay_s, max(MAX_DELAY_S, self._delay_s))
        else:
            self._slow.pop(host, None)

    def delay_s(self, host: str) -> float:
        """Return the distance in force for a host."""
        return self._slow.get(host, self._delay_s)

    def resting(self, now: float) -> set[str]:
        """Return the hosts that must not be asked now."""
        self._rests_until = {host: until for host, until in self._rests_until.items() if until > now}
        return self._asked | self._rests_until.keys()
