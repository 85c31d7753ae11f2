"""Days as people write them, parsed into the first and last day of the period. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

FORMS = "2022-01-05, 2022-01, 2022, today, yesterday or 90d (days back)"
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_BACK = re.compile(r"([0-9]{1,3}|[0-9]{1,6}(?=d))d?")
_WORDS = {"today": 0, "yesterday": 1}


class NoDay(ValueError):
    """The text is not a day in any accepted spelling; the message lists them."""


def parse_days(written: str, today: Callable[[], date]) -> tuple[date, date]:
    """Return the first and last day of the period: they differ for a month or a year, and are equal for a day.

    `today` is called only for relative spellings; the `d` of `90d` is optional below 1000. Raises NoDay.
    """
    text = written.strip().lower()
    try:
        if text in _WORDS:
            first = last = today() - timedelta(days=_WORDS[text])
        elif back := _BACK.fullmatch(text):
            first = last = today() - timedelta(days=int(back[1]))
        elif parts := _CALENDAR.fullmatch(text):
            year, month, day = parts.groups()
            first = date(int(year), int(month or "1"), int(day or "1"))
            last = first if day else _end_of_period(first, is_year=month is None)
        else:
            raise NoDay(_refusal(written))
    except (ValueError, OverflowError):
        raise NoDay(_refusal(written)) from None
    return first, last


def _end_of_period(first: date, *, is_year: bool) -> date:
    """Return the last day of the year or month that starts on `first`."""
    if is_year or first.month == 12:
        return date(first.year, 12, 31)
    return date(first.year, first.month + 1, 1) - timedelta(days=1)


def _refusal(written: str) -> str:
    return f"{written!r} is not a day: use {FORMS}"
