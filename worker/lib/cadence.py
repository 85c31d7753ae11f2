"""The cadence of a subscription: at once, or in digests at a local time. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY = re.compile(r"daily(?: at)? (\d{1,2}):(\d{2})(?: (\S+))?")
_WEEKLY = re.compile(r"weekly(?: on)? (\w+)(?: at)? (\d{1,2}):(\d{2})(?: (\S+))?")
_SHAPES = "at once, hourly, daily 08:00 Asia/Almaty or weekly mon 08:00 Asia/Almaty"


class CadenceKind(StrEnum):
    """The kind of a cadence."""

    AT_ONCE = "at once"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


_WITHOUT_ZONE = (CadenceKind.AT_ONCE, CadenceKind.HOURLY)


@dataclass(frozen=True, slots=True)
class Cadence:
    """The times of a subscription's messages; `at` and `weekday` (Monday is 0) are local to `zone`."""

    kind: CadenceKind
    at: time = time()
    weekday: int = 0
    zone: str = "UTC"

    def __str__(self) -> str:
        if self.kind in _WITHOUT_ZONE:
            return self.kind
        day = f" {WEEKDAYS[self.weekday]}" if self.kind is CadenceKind.WEEKLY else ""
        return f"{self.kind}{day} {self.at:%H:%M} {self.zone}"


def parse_cadence(text: str) -> Cadence:
    """Return the parsed cadence. Raises ValueError with the reason."""
    words = " ".join(text.split())
    lower = words.lower()
    if lower in ("at once", "at-once", "now", "hourly"):
        return Cadence(CadenceKind.HOURLY if lower == CadenceKind.HOURLY else CadenceKind.AT_ONCE)
    if found := _DAILY.fullmatch(words):
        return Cadence(CadenceKind.DAILY, _time(found[1], found[2]), zone=_zone(found[3]))
    if found := _WEEKLY.fullmatch(words):
        weekday = found[1].lower()[:3]
        if weekday not in WEEKDAYS:
            raise ValueError(f"{found[1]!r} is not one of {', '.join(WEEKDAYS)}")
        return Cadence(CadenceKind.WEEKLY, _time(found[2], found[3]), WEEKDAYS.index(weekday), _zone(found[4]))
    raise ValueError(f"{text!r} is not like: {_SHAPES}")


def zone_for(cadence: str, otherwise: str) -> str:
    """Return the subscriber's time zone: that of the digests, else the given default."""
    try:
        parsed = parse_cadence(cadence)
    except ValueError:  # missing in this machine's time zone database
        return otherwise
    return otherwise if parsed.kind in _WITHOUT_ZONE else parsed.zone


def next_due(cadence: Cadence, after: datetime) -> datetime | None:
    """Return the first instant after `after` at which a digest is due, in UTC; None without digests.

    A local time skipped by a clock change counts as far after the gap as it lies after its beginning (02:30 becomes
    03:30, PEP 495); a repeated one counts the first time only. So there is exactly one digest for each day.
    """
    if cadence.kind is CadenceKind.AT_ONCE:
        return None
    if cadence.kind is CadenceKind.HOURLY:
        return after.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    day = after.astimezone(ZoneInfo(cadence.zone)).date() - timedelta(days=1)
    while (instant := _instant(cadence, day)) <= after or not _is_day(cadence, day):
        day += timedelta(days=1)
    return instant


def _is_day(cadence: Cadence, day: date) -> bool:
    return cadence.kind is CadenceKind.DAILY or day.weekday() == cadence.weekday


def _instant(cadence: Cadence, day: date) -> datetime:
    return datetime.combine(day, cadence.at, ZoneInfo(cadence.zone)).astimezone(UTC)


def _time(hour: str, minute: str) -> time:
    if int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"{hour}:{minute} is not a time of day")
    return time(int(hour), int(minute))


def _zone(name: str | None) -> str:
    if name is None:
        return "UTC"
    by_lower = {known.lower(): known for known in available_timezones()}
    if name.lower() not in by_lower:
        raise ValueError(f"{name!r} is not a time zone such as Asia/Almaty")
    return by_lower[name.lower()]
