"""Delays of hosts: one job per host at a time, and a pause after each request."""

from __future__ import annotations

MAX_DELAY_S = 60.0
"""Maximum crawl-delay: at one request in ten minutes no outlet could be followed."""


class HostDelays:
    """The hosts that are busy or delayed in this process. Instants are seconds of a monotonic clock."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._slow: dict[str, float] = {}
        self._worked_on: set[str] = set()
        self._answered_at: dict[str, float] = {}
        self._resting_until: dict[str, float] = {}

    def begin(self, host: str) -> None:
        """Record that a job for this host is in progress."""
        self._worked_on.add(host)

    def end(self, host: str) -> None:
        """Record that the job is done."""
        self._worked_on.discard(host)

    def answered(self, host: str, now: float) -> None:
        """Record that a request to the host ended, which starts its delay."""
        self._answered_at[host] = now

    def slow_down(self, host: str, delay_s: float) -> None:
        """Set the crawl-delay of a host from its robots.txt, in seconds."""
        if delay_s > self._delay_s:
            self._slow[host] = min(delay_s, max(MAX_DELAY_S, self._delay_s))
        else:
            self._slow.pop(host, None)

    def rest(self, host: str, until: float) -> None:
        """Let a host rest: it asked for fewer requests."""
        self._resting_until[host] = max(until, self._resting_until.get(host, until))

    def remaining_rest_s(self, host: str, now: float) -> float:
        """Return how long the host still rests, in seconds; not positive if it does not."""
        return self._resting_until.get(host, now) - now

    def resting_hosts(self, now: float) -> set[str]:
        """Return the hosts that rest."""
        self._resting_until = {host: until for host, until in self._resting_until.items() if until > now}
        return set(self._resting_until)

    def delay_s(self, host: str) -> float:
        """Return the delay between requests to a host."""
        return self._slow.get(host, self._delay_s)

    def remaining_delay_s(self, host: str, now: float) -> float:
        """Return the remaining delay in seconds; not positive if the host may be contacted."""
        delay_s = self._answered_at.get(host, -self.delay_s(host)) + self.delay_s(host) - now
        return max(delay_s, self.remaining_rest_s(host, now))

    def busy_hosts(self, now: float) -> set[str]:
        """Return the hosts that may not get another job now."""
        self._answered_at = {
            host: at for host, at in self._answered_at.items() if self.remaining_delay_s(host, now) > 0
        }
        return self._worked_on | self._answered_at.keys() | self.resting_hosts(now)
