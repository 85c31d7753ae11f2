"""Dates as feeds really write them: what feedparser does not read."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta, timezone
from time import struct_time

FIRST_YEAR, LAST_YEAR = 1971, 2100
"""Years outside are faults: the epoch's zero, a database's maximum."""

_MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "янв", "ocak", "oca", "қаң", "yan", "січ"),
    ("feb", "фев", "şub", "ақп", "fev", "лют"),
    ("mar", "мар", "нау", "бер"),
    ("apr", "апр", "nis", "сәу", "кві"),
    ("may", "май", "мая", "мам", "тра"),
    ("jun", "июн", "haz", "мау", "iyun", "чер"),
    ("jul", "июл", "tem", "шіл", "iyul", "лип"),
    ("aug", "авг", "ağu", "там", "avg", "сер"),
    ("sep", "сен", "eyl", "қыр", "вер"),
    ("oct", "окт", "eki", "қаз", "okt", "жов"),
    ("nov", "ноя", "kas", "қар", "noy", "лис"),
    ("dec", "дек", "ara", "жел", "dek", "гру"),
)
"""Beginnings of month names: English, Russian, Turkish, Kazakh, Uzbek, Ukrainian."""

_PREFIXES = sorted(
    ((prefix, number) for number, names in enumerate(_MONTHS, 1) for prefix in names),
    key=lambda pair: -len(pair[0]),
)
_TIME = r"(?:\D{1,12}?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s*(?P<half>[ap])\.?m\b)?)?"
_ZONE = r"(?:\s*(?P<zone>Z|UTC|GMT|MSK|МСК|[+-]\d{2}:?\d{2}))?"
_PATTERNS = tuple(
    re.compile(pattern + _TIME + _ZONE, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})[-./](?P<month>\d{1,2})[-./](?P<year>\d{4})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.,-]+(?P<name>[^\W\d_]{3,12})\.?[\s,.-]+(?P<year>\d{4})(?!\d)",
        r"(?P<name>[^\W\d_]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)",
    )
)


def from_parsed(parsed: object) -> datetime | None:
    """Return feedparser's UTC time tuple as an instant; None for none and for absurd ones."""
    if not isinstance(parsed, struct_time):
        return None
    try:
        return plausible(datetime.fromtimestamp(timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def from_text(text: str | None) -> datetime | None:
    """Return the instant that a date in words names; UTC where it does not say a zone, None if it cannot be read."""
    if not text or len(text) > 200:
        return None
    for pattern in _PATTERNS:
        found = pattern.search(text)
        if found is not None:
            return _instant(found.groupdict())
    return None


def plausible(instant: datetime) -> datetime | None:
    """Return the instant in UTC unless its year is absurd."""
    try:
        instant = instant.astimezone(UTC)
    except OverflowError:
        return None
    return instant if FIRST_YEAR <= instant.year <= LAST_YEAR else None


def _instant(parts: dict[str, str | None]) -> datetime | None:
    month = int(parts["month"] or 0) if "month" in parts else _month(parts["name"] or "")
    day, year = int(parts["day"] or 0), int(parts["year"] or 0)
    if month > 12 >= day:  # 01/25/2022 is written in one country only, but it is written
        month, day = day, month
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
    try:
        return plausible(
            datetime(
                year,
                month,
                day,
                hour,
                int(parts["minute"] or 0),
                int(parts["second"] or 0),
                tzinfo=_zone(parts["zone"]),
            )
        )
    except ValueError:
        return None


def _month(name: str) -> int:
    lowered = name.replace("İ", "i").lower()
    return next((number for prefix, number in _PREFIXES if lowered.startswith(prefix)), 0)


def _zone(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return timezone(timedelta(hours=3)) if text and text.upper() in ("MSK", "МСК") else UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
