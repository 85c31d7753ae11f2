"""The history of a feed: everything that earlier polls taught, as far as the next one needs it. Pure."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import xxhash

from crawlers.scheduling.hints import FeedHints
from crawlers.scheduling.rate import FeedRate

WHOLE_EVERY = 10
"""Every so many polls one is unconditional."""
WHOLE_AT_LEAST_EVERY = timedelta(days=1)
"""And at least one in this time."""
LIE_FORGIVEN_AFTER = timedelta(days=30)
"""Pause until the validators of a lying server are believed once more."""
MOVES_CONFIRMED = 3
"""Polls in a row that lead to the same new address before it is adopted."""
KEYS_MAX = 2_000
"""Maximum keys of a listing."""
_FAILURES_MAX = 10_000.0
_URL_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHistory:
    """The lessons of all polls of a feed."""

    rate: FeedRate = field(default_factory=FeedRate.new)
    hints: FeedHints = field(default_factory=FeedHints)
    failures: float = 0.0
    """Sum of the grades of the failures since the last success."""
    conditional: int = 0
    """Polls since the last unconditional one."""
    whole_at: datetime | None = None
    """Time of the last unconditional poll."""
    not_modified_at: datetime | None = None
    """Time of the last 304."""
    suspicions: int = 0
    """Unconditional polls that found entries which should have been there at the 304 before."""
    lying_since: datetime | None = None
    """Since when the server is known to say 304 although the feed has changed."""
    moved_to: str | None = None
    """The address that the last polls were redirected to for good."""
    moved_times: int = 0
    told: int = 0
    """Times in a row that the feed's hub told of new entries before a poll found them."""

    def to_json(self) -> dict[str, Any]:
        """Return the input of `from_json`; fields without content are left out."""
        stored: dict[str, Any] = {"rate": self.rate.to_json(), "hints": self.hints.to_json()}
        for name in ("failures", "conditional", "suspicions", "moved_times", "told"):
            stored[name] = getattr(self, name)
        for name in ("whole_at", "not_modified_at", "lying_since"):
            at: datetime | None = getattr(self, name)
            stored[name] = at and at.isoformat()
        stored["moved_to"] = self.moved_to
        return {name: value for name, value in stored.items() if value}

    @classmethod
    def from_json(cls, stored: object) -> FeedHistory:
        """Return a stored history; anything unusable counts as absent."""
        if not isinstance(stored, Mapping):
            return cls()
        moved_to = stored.get("moved_to")
        rate = stored.get("rate")
        return cls(
            rate=FeedRate.from_json(rate if isinstance(rate, Mapping) else {}),
            hints=FeedHints.from_json(stored.get("hints")),
            failures=_bounded(stored.get("failures"), _FAILURES_MAX),
            conditional=int(_bounded(stored.get("conditional"), 1e6)),
            whole_at=_instant(stored.get("whole_at")),
            not_modified_at=_instant(stored.get("not_modified_at")),
            suspicions=int(_bounded(stored.get("suspicions"), 1e6)),
            lying_since=_instant(stored.get("lying_since")),
            moved_to=moved_to if isinstance(moved_to, str) and len(moved_to) <= _URL_MAX else None,
            moved_times=int(_bounded(stored.get("moved_times"), 1e6)),
            told=int(_bounded(stored.get("told"), 1e6)),
        )


def asks_whole(history: FeedHistory, now: datetime) -> bool:
    """Return whether the next poll sends no validators."""
    return (
        history.conditional >= WHOLE_EVERY - 1
        or history.whole_at is None
        or now - history.whole_at >= WHOLE_AT_LEAST_EVERY
        or is_lying(history, now)
    )


def is_lying(history: FeedHistory, now: datetime) -> bool:
    """Return whether the server's validators are not to be believed."""
    return history.lying_since is not None and now - history.lying_since < LIE_FORGIVEN_AFTER


def hash_key(text: str) -> int:
    """Return the key of an entry in a listing: 32 bits of its GUID or link."""
    return xxhash.xxh32_intdigest(text.encode("utf-8", "surrogatepass"))


def pack_keys(keys: Iterable[int]) -> bytes:
    """Return at most `KEYS_MAX` keys as bytes, 4 each, the lowest byte first."""
    packed = array("I", list(keys)[:KEYS_MAX])
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack_keys(packed: bytes | None) -> tuple[int, ...]:
    """Return the keys of a stored listing."""
    whole = (packed or b"")[: KEYS_MAX * 4]
    keys = array("I")
    keys.frombytes(whole[: len(whole) - len(whole) % 4])
    if sys.byteorder == "big":
        keys.byteswap()
    return tuple(keys)


def _bounded(stored: object, most: float) -> float:
    if not isinstance(stored, int | float) or isinstance(stored, bool) or not math.isfinite(stored):
        return 0.0
    return min(max(float(stored), 0.0), most)


def _instant(stored: object) -> datetime | None:
    if not isinstance(stored, str):
        return None
    try:
        at = datetime.fromisoformat(stored)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
