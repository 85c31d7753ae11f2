"""What robots.txt files say (RFC 9309), of many sites in little memory: packed all, parsed those last asked for."""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

from protego import Protego

from crawlers.http.results import FetchFailure, FetchResult

KEEP_S = 86_400.0
"""RFC 9309 §2.4: no longer than a day."""
KEEP_TROUBLE_S = 600.0
MAX_BYTES = 512_000
"""RFC 9309 §2.5: at least 500 KiB must be read; more is not."""
_PACKED_BYTES = 32_000_000
_PARSED_BYTES = 1_500_000
"""Bytes of text; parsed they take some thirty times as many."""
_LITTLE = 20_000

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says, packed (zlib); or the trouble with having it."""

    packed: bytes | None
    trouble: FetchFailure | None
    until: float
    read_at: float = 0.0

    def hold(self, now: float, newer_than_s: float | None) -> bool:
        """Return whether they may still be judged by."""
        return now < self.until and (newer_than_s is None or now - self.read_at < newer_than_s)

    @property
    def text(self) -> str:
        """What the file says; empty when there is none."""
        return zlib.decompress(self.packed).decode("utf-8-sig", "replace") if self.packed else ""


def read_robots(answer: FetchResult, now: float) -> Rules:
    """Return the rules in an answer.

    RFC 9309 §2.3.1: a 4xx allows all; a 5xx or no answer forbids all for the time being. 429 counts among the latter.
    """
    if answer.trouble is not None:
        trouble = answer.trouble
        if trouble.kind != "refused" and not trouble.is_network:
            trouble = FetchFailure(trouble.kind, f"robots.txt cannot be had: {trouble.reason}")
        # Not kept when the host was not reached: a network that comes back must be noticed at once.
        return Rules(None, trouble, now if trouble.is_network else now + KEEP_TROUBLE_S, now)
    if answer.status >= 500 or answer.status == 429:
        reason = f"robots.txt cannot be had: the server answered {answer.status}"
        return Rules(None, FetchFailure("server error", reason), now + KEEP_TROUBLE_S, now)
    body = answer.body[:MAX_BYTES] if answer.status == 200 else b""
    return Rules(zlib.compress(body, 1), None, now + KEEP_S, now)


class Newest(Generic[Kept]):
    """The most recently used values by name, as many as weigh `most` together, and always the last one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[Kept, int]] = OrderedDict()
        self._weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, name: str) -> Kept | None:
        """Return a value, which now is the last to be forgotten; None for one that is not kept."""
        if name not in self._kept:
            return None
        self._kept.move_to_end(name)
        return self._kept[name][0]

    def put(self, name: str, value: Kept, weight: int) -> None:
        """Keep a value, and forget those that were not asked for the longest until all weigh little enough."""
        self.forget(name)
        self._kept[name] = value, weight
        self._weight += weight
        while self._weight > self._most and len(self._kept) > 1:
            self.forget(next(iter(self._kept)))

    def forget(self, name: str) -> None:
        """Keep a value no longer."""
        _, weight = self._kept.pop(name, (None, 0))
        self._weight -= weight


class RuleBook:
    """The rules of many sites."""

    def __init__(self) -> None:
        self._rules: Newest[Rules] = Newest(_PACKED_BYTES)
        self._parsed: Newest[tuple[Rules, Protego]] = Newest(_PARSED_BYTES)

    def rules(self, site: str) -> Rules | None:
        """Return what is kept of a site, however old."""
        return self._rules.get(site)

    def keep(self, site: str, rules: Rules) -> None:
        """Keep the rules of a site."""
        self._rules.put(site, rules, len(rules.packed or b"") + 500)

    async def parsed(self, site: str, rules: Rules) -> Protego:
        """Return rules as they can be asked; long ones are parsed in a thread."""
        kept = self._parsed.get(site)
        if kept is not None and kept[0] is rules:
            return kept[1]
        text = rules.text
        robots = Protego.parse(text) if len(text) < _LITTLE else await asyncio.to_thread(Protego.parse, text)
        self._parsed.put(site, (rules, robots), len(text) + 100)
        return robots
