"""Telling our own network's failure from an outlet's: when nobody answers who used to, it is us."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")

HOSTS = 3
"""So many different hosts in a row without any answer mean that we are offline."""


class Outage(Generic[T]):
    """Counts hosts that could not be reached since the last answer from anybody. `T` is what was asked of them.

    Only hosts that used to answer count, once anybody did: names that one feed links to and nobody knows say nothing
    of our network.
    """

    def __init__(self) -> None:
        self._streak: dict[str, list[T]] = {}
        self.is_down = False
        self.has_answered = False
        """Whether any host ever answered, to this process or to one before it."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the hosts that could not be reached, first first."""
        return tuple(self._streak)

    def unreachable(self, host: str, asked: T, *, used_to_answer: bool) -> list[T]:
        """Note a host that could not be reached; return what must be forgiven when this shows that we are offline."""
        if self.is_down or (self.has_answered and not used_to_answer):
            return []
        self._streak.setdefault(host, []).append(asked)
        if len(self._streak) < HOSTS:
            return []
        self.is_down = True
        return [each for several in self._streak.values() for each in several]

    def answered(self) -> bool:
        """Note that somebody answered; return whether this ends an outage."""
        was_down = self.is_down
        self.is_down = False
        self.has_answered = True
        self._streak.clear()
        return was_down
