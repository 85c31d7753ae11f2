"""Reader of days as people write them, for every option that takes one: gives the first and the last day meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.shared.output import fail

FORMS = "2022-01-05, 2022-01, 2022, today, yesterday or 90d (days back)"
_CALENDAR = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_BACK = re.compile(r"([0-9]{1,3}|[0-9]{1,6}(?=d))d?")
_WORDS = {"today": 0, "yesterday": 1}


class NoDay(ValueError):
    """The text is no day; the message says which forms there are."""


def days_meant(written: str, today: Callable[[], date]) -> tuple[date, date]:
    """Return the first and the last day of what is called so: of a month or a year two, else the same twice.

    `today` is asked for what counts from it; the d of `90d` may be left out below 1000. Raises NoDay.
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
            last = first if day else _last_of(first, is_year=month is None)
        else:
            raise NoDay(_refusal(written))
    except (ValueError, OverflowError):
        raise NoDay(_refusal(written)) from None
    return first, last


def _last_of(first: date, *, is_year: bool) -> date:
    """Return the last day of the year, or of the month, that begins so."""
    if is_year or first.month == 12:
        return date(first.year, 12, 31)
    return date(first.year, first.month + 1, 1) - timedelta(days=1)


def _refusal(written: str) -> str:
    return f"{written!r} is no day: write {FORMS}"


def first_day(written: str) -> date:
    """Return the day on which a range begins that is said to begin so. Ends the command when it is none."""
    return _asked(written)[0]


def last_day(written: str) -> date:
    """Return the day on which a range ends that is said to end so. Ends the command when it is none."""
    return _asked(written)[1]


def _asked(written: str) -> tuple[date, date]:
    try:
        return days_meant(written, today)
    except NoDay as error:
        raise typer.BadParameter(str(error)) from None


def today() -> date:
    """Return the day that it is by the time zone of the store; of the settings where there is no store yet."""
    from cli.shared.store import find_store
    from db.articles.counting_day import day_at
    from db.settings import load

    database = find_store()
    if database is None:
        return datetime.now(ZoneInfo(load().time_zone)).date()
    return database.read(lambda conn: day_at(conn, datetime.now(UTC)))


Since = Annotated[
    date | None,
    typer.Option(parser=first_day, metavar="DAY", help="First day: 2022-01-05, 2022-01, 2022, today, yesterday, 90d."),
]


Until = Annotated[
    date | None, typer.Option(parser=last_day, metavar="DAY", help="Last day, in the same ways: 2022 ends in December.")
]


def day_range(since: date | None, until: date | None) -> tuple[date | None, date | None]:
    """Return both. Ends the command when nothing lies between them."""
    if since and until and since > until:
        fail(f"--since {since} is after --until {until}", hint="no day lies between them")
    return since, until
