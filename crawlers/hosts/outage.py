"""Detection of an outage of our own network: several hosts that used to respond fail in a row."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")

HOSTS = 3
"""Number of different unreachable hosts in a row that means we are offline."""


class Outage(Generic[T]):
    """Collects unreachable hosts since the last response from any host. `T` is the job for the host.

    Once any host has responded, only hosts that responded before count: unknown names in the links of one feed are no
    sign of an outage.
    """

    def __init__(self) -> None:
        self._streak: dict[str, list[T]] = {}
        self.is_down = False
        self.has_answered = False
        """True if any host ever responded, to this process or an earlier one."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the unreachable hosts, in order."""
        return tuple(self._streak)

    def unreachable(self, host: str, job: T, *, used_to_answer: bool) -> list[T]:
        """Record an unreachable host; return the jobs to restore if this reveals an outage."""
        if self.is_down or (self.has_answered and not used_to_answer):
            return []
        self._streak.setdefault(host, []).append(job)
        if len(self._streak) < HOSTS:
            return []
        self.is_down = True
        return [each for several in self._streak.values() for each in several]

    def answered(self) -> bool:
        """Record a response; return whether this ends an outage."""
        was_down = self.is_down
        self.is_down = False
        self.has_answered = True
        self._streak.clear()
        return was_down
