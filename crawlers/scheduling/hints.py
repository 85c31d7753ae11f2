"""A publisher's own words about when to ask again, in the headers of a response and in the feed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
RETRY_AFTER_MAX_S = 31 * DAY_S
"""Maximum Retry-After: a month."""
_HINT_MAX_S = 366 * DAY_S
_PERIODS_S = {"hourly": HOUR_S, "daily": DAY_S, "weekly": 7 * DAY_S, "monthly": 30 * DAY_S, "yearly": 365 * DAY_S}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DIGITS_MAX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHints:
    """The elements of a feed about its updates. Hours and days are in UTC; Monday is 0."""

    pause_s: float | None = None
    """The longest of `ttl` (RSS 2.0) and `sy:updatePeriod` / `sy:updateFrequency` (RSS 1.0 syndication module)."""
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Return the input of `from_json`; empty fields are left out."""
        fields = {"pause_s": self.pause_s, "hours": sorted(self.skip_hours), "days": sorted(self.skip_days)}
        return {name: value for name, value in fields.items() if value}

    @classmethod
    def from_json(cls, stored: object) -> FeedHints:
        """Return stored hints; anything unusable counts as absent."""
        if not isinstance(stored, Mapping):
            return cls()
        pause = stored.get("pause_s")
        return cls(
            pause_s=min(float(pause), _HINT_MAX_S) if isinstance(pause, int | float) and pause > 0 else None,
            skip_hours=_within(stored.get("hours"), 24),
            skip_days=_within(stored.get("days"), 7),
        )


def read_hints(
    *,
    ttl: str | None = None,
    period: str | None = None,
    frequency: str | None = None,
    hours: Iterable[str] = (),
    days: Iterable[str] = (),
) -> FeedHints:
    """Return the hints in the texts of these elements; what cannot be read is left out.

    `ttl` is in minutes. Without a period a frequency is that of a day, as the syndication module has it. Hour 24 is
    hour 0. Skipping all hours or all days skips none.
    """
    pauses = [minutes * MINUTE_S for minutes in (_number(ttl),) if minutes]
    if period is not None or frequency is not None:
        period_s = _PERIODS_S.get((period or "daily").strip().lower())
        if period_s is not None:
            pauses.append(period_s / (_number(frequency) or 1))
    hour_numbers = {int(number) % 24 for hour in hours if (number := _number(hour)) is not None and number <= 24}
    day_numbers = {_DAYS.index(name) for day in days if (name := day.strip().lower()) in _DAYS}
    return FeedHints(
        pause_s=min(max(pauses), _HINT_MAX_S) if pauses else None,
        skip_hours=frozenset(hour_numbers) if len(hour_numbers) < 24 else frozenset(),
        skip_days=frozenset(day_numbers) if len(day_numbers) < 7 else frozenset(),
    )


def skip(at: datetime, hints: FeedHints) -> datetime:
    """Return the first instant at or after `at` that is in no skipped hour and on no skipped day."""
    if not hints.skip_hours and not hints.skip_days:
        return at
    found = at.astimezone(UTC)
    for _ in range(8 * 24):
        if found.weekday() in hints.skip_days:
            found = (found + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        elif found.hour in hints.skip_hours:
            found = found.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        else:
            return found
    return at


def fresh_for_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how much longer a response is fresh, in seconds; None if it is not, or if it does not say so.

    By RFC 9111 §4.2: `max-age` less `Age`, else `Expires` less `Date` (the server's clock may be wrong). `no-cache`
    and `no-store` mean that it is never fresh. Names of headers are in lower case.
    """
    directives = _directives(headers.get("cache-control", ""))
    if directives.keys() & {"no-cache", "no-store"}:
        return None
    if "max-age" in directives:
        lifetime = _number(directives["max-age"]) or 0.0
        left = lifetime - (_number(headers.get("age")) or 0.0)
    else:
        expires = _http_date(headers.get("expires"))
        if expires is None:
            return None
        left = (expires - (_http_date(headers.get("date")) or now)).total_seconds()
    return min(left, _HINT_MAX_S) if left > 0 else None


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, at most a month; None if it is missing or unusable.

    Accepts both forms of RFC 9110 §10.2.3: a number of seconds, or an HTTP date.
    """
    text = (value or "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        seconds = float(text) if len(text) <= _DIGITS_MAX else RETRY_AFTER_MAX_S
    else:
        date = _http_date(text)
        if date is None:
            return None
        seconds = (date - now).total_seconds()
    return min(seconds, RETRY_AFTER_MAX_S) if seconds > 0 else None


def _directives(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in value.split(","):
        name, _, argument = part.partition("=")
        found.setdefault(name.strip().lower(), argument.strip().strip('"'))
    return found


def _http_date(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def _number(text: str | None) -> float | None:
    plain = (text or "").strip()
    if not (plain.isascii() and plain.isdigit()):
        return None
    return float(plain) if len(plain) <= _DIGITS_MAX else _HINT_MAX_S


def _within(stored: object, end: int) -> frozenset[int]:
    if not isinstance(stored, list):
        return frozenset()
    found = frozenset(one for one in stored if isinstance(one, int) and 0 <= one < end)
    return found if len(found) < end else frozenset()
