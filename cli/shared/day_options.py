"""Options that take a day in one of several spellings, for the two ends of a range."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.shared.output import fail
from worker.search.days import NoDay, parse_days


def first_day(written: str) -> date:
    """Return the first day of the period, for the start of a range. Exit if the text is not a day."""
    return _parse_or_exit(written)[0]


def last_day(written: str) -> date:
    """Return the last day of the period, for the end of a range. Exit if the text is not a day."""
    return _parse_or_exit(written)[1]


def _parse_or_exit(written: str) -> tuple[date, date]:
    try:
        return parse_days(written, today)
    except NoDay as error:
        raise typer.BadParameter(str(error)) from None


def today() -> date:
    """Return the current day in the time zone of the store, or of the settings if there is no store yet."""
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
    """Return both ends of the range. Exit if the range is empty."""
    if since and until and since > until:
        fail(f"--since {since} is after --until {until}", hint="no day lies between them")
    return since, until
