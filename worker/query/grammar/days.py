"""`date:2022-01`, `date>=2022-01-05`, `date:2022-01-05..2022-02` → days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from worker.query.errors import QueryError

_SHAPE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_OPERATOR = re.compile(r"date\s*(:|>=|<=|≥|≤|>|<|=)\s*", re.I)
_HINT = "write date:2022-01-05, date:2022-01, date>=2022-01-05 or date:2022-01-05..2022-02-10"
_DAY = timedelta(days=1)


def day_range(text: str, position: int) -> tuple[date | None, date | None]:
    """Return the first and the last day that a condition on dates allows; None is open. Raises QueryError."""
    match = _OPERATOR.match(text)
    assert match is not None
    operator, value = match[1], text[match.end() :]
    position += match.end()
    try:
        if operator in (":", "="):
            begin, dots, end = value.partition(".." if ".." in value else "/")
            if not begin and not end:
                raise ValueError
            since = _days(begin)[0] if begin else None
            until = _days(end)[1] if end else (None if dots else _days(begin)[1])
        else:
            first, last = _days(value)
            since = {">": last + _DAY, ">=": first, "≥": first}[operator] if operator in (">", ">=", "≥") else None
            until = {"<": first - _DAY, "<=": last, "≤": last}[operator] if operator in ("<", "<=", "≤") else None
    except (ValueError, OverflowError):
        raise QueryError(f"{value!r} is no date" if value else "date needs a day", position, _HINT) from None
    if since and until and since > until:
        raise QueryError(f"{since} is after {until}", position, "exchange them")
    return since, until


def _days(value: str) -> tuple[date, date]:
    """Return the first and last day of a year, a month or a day."""
    match = _SHAPE.fullmatch(value)
    if not match:
        raise ValueError(value)
    year, month, day = (int(number) if number else None for number in match.groups())
    assert year is not None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is not None:
        return date(year, month, day), date(year, month, day)
    first = date(year, month, 1)
    return first, (first.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY
