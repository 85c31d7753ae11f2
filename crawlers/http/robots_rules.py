"""Rules of robots.txt files (RFC 9309) for many sites in little memory: all compressed, the latest also parsed."""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

from protego import Protego

from crawlers.http.results import FetchFailure, FetchResult
from db.enums.outcomes import RequestOutcome

KEEP_S = 86_400.0
"""Maximum age by RFC 9309 §2.4: one day."""
KEEP_TROUBLE_S = 600.0
MAX_BYTES = 512_000
"""Maximum size; RFC 9309 §2.5 requires at least 500 KiB."""
_PACKED_BYTES = 32_000_000
_PARSED_BYTES = 1_500_000
"""Bytes of text; the parsed form is about thirty times as large."""
_LITTLE = 20_000

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a host, compressed (zlib), or the failure to fetch them."""

    packed: bytes | None
    trouble: FetchFailure | None
    until: float
    read_at: float = 0.0

    def hold(self, now: float, newer_than_s: float | None) -> bool:
        """Return whether the rules are still valid."""
        return now < self.until and (newer_than_s is None or now - self.read_at < newer_than_s)

    @property
    def is_readable(self) -> bool:
        """Return whether the text can be unpacked."""
        try:
            return len(self.text) <= MAX_BYTES
        except zlib.error:
            return False

    @property
    def text(self) -> str:
        """Return the text of the file; empty if there is none."""
        return zlib.decompress(self.packed).decode("utf-8-sig", "replace") if self.packed else ""


def read_robots(result: FetchResult, now: float) -> Rules:
    """Return the rules from a fetch result.

    RFC 9309 §2.3.1: a 4xx allows everything; a 5xx or no response forbids everything for now, and so does 429.
    """
    if result.trouble is not None:
        trouble = result.trouble
        if trouble.kind != RequestOutcome.REFUSED and not trouble.is_network:
            trouble = FetchFailure(trouble.kind, f"robots.txt cannot be had: {trouble.reason}")
        # Not cached if the network failed, so that recovery is noticed at once.
        return Rules(None, trouble, now if trouble.is_network else now + KEEP_TROUBLE_S, now)
    if result.status >= 500 or result.status == 429:
        reason = f"robots.txt cannot be had: the server answered {result.status}"
        return Rules(None, FetchFailure(RequestOutcome.SERVER_ERROR, reason), now + KEEP_TROUBLE_S, now)
    body = result.body[:MAX_BYTES] if result.status == 200 else b""
    return Rules(zlib.compress(body, 1), None, now + KEEP_S, now)


class LruCache(Generic[Kept]):
    """A cache of the most recently used values, up to a total weight of `most`; always keeps the latest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[Kept, int]] = OrderedDict()
        self._weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def list_values(self) -> list[tuple[str, Kept]]:
        """Return all values with their names, the latest used last."""
        return [(name, value) for name, (value, _) in list(self._kept.items())]

    def get(self, name: str) -> Kept | None:
        """Return a value and mark it as used; None if it is not cached."""
        if name not in self._kept:
            return None
        self._kept.move_to_end(name)
        return self._kept[name][0]

    def put(self, name: str, value: Kept, weight: int) -> None:
        """Store a value, and evict the least recently used ones beyond the limit."""
        self.forget(name)
        self._kept[name] = value, weight
        self._weight += weight
        while self._weight > self._most and len(self._kept) > 1:
            self.forget(next(iter(self._kept)))

    def forget(self, name: str) -> None:
        """Remove a value."""
        _, weight = self._kept.pop(name, (None, 0))
        self._weight -= weight


class RuleBook:
    """The rules of many sites."""

    def __init__(self) -> None:
        self._rules: LruCache[Rules] = LruCache(_PACKED_BYTES)
        self._parsed: LruCache[tuple[Rules, Protego]] = LruCache(_PARSED_BYTES)
        self._loaded: set[str] = set()

    def rules(self, site: str) -> Rules | None:
        """Return the cached rules of a site, however old."""
        return self._rules.get(site)

    def keep(self, site: str, rules: Rules, *, is_loaded: bool = False) -> None:
        """Cache the rules of a site; `is_loaded` if an earlier process has read them."""
        self._rules.put(site, rules, len(rules.packed or b"") + 500)
        (self._loaded.add if is_loaded else self._loaded.discard)(site)

    def take_loaded(self, site: str) -> bool:
        """Return whether rules of an earlier process are used for the first time, so that their delay is not known."""
        is_loaded = site in self._loaded
        self._loaded.discard(site)
        return is_loaded

    def list_rules(self) -> list[tuple[str, Rules]]:
        """Return the cached rules of all sites, the latest used last."""
        return self._rules.list_values()

    async def parsed(self, site: str, rules: Rules) -> Protego:
        """Return the rules parsed; long ones are parsed in a thread."""
        kept = self._parsed.get(site)
        if kept is not None and kept[0] is rules:
            return kept[1]
        text = rules.text
        robots = Protego.parse(text) if len(text) < _LITTLE else await asyncio.to_thread(Protego.parse, text)
        self._parsed.put(site, (rules, robots), len(text) + 100)
        return robots
