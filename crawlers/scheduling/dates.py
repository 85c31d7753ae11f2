"""Publication dates of a listing as far as they can be used: seconds since 1970, nonsense left out."""

from collections.abc import Sequence
from datetime import UTC, datetime

HOUR = 3600.0
DAY = 86_400.0

_OLDEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
# Clocks of servers and crawlers differ; what is dated later than this is announced or wrong.
_AHEAD_S = 900.0
# Dates are used when so many of the entries have one, and so many of those differ.
_DATED_SHARE = 0.7
_DISTINCT_SHARE = 0.5


def seconds(at: datetime) -> float:
    """Return the instant as seconds since 1970; naive ones are read as UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def usable_dates(published: Sequence[datetime | None], at: float) -> tuple[float | None, ...] | None:
    """Return the dates as seconds, None for each that is no use, or None if the whole listing's dates are none."""
    limit = at + _AHEAD_S
    dates: list[float | None] = []
    sound = []
    for date in published:
        value = None if date is None else seconds(date)
        if value is not None and _OLDEST <= value <= limit:
            sound.append(min(value, at))
            dates.append(sound[-1])
        else:
            dates.append(None)
    if not sound or len(sound) < _DATED_SHARE * len(dates) or len(set(sound)) < _DISTINCT_SHARE * len(sound):
        return None
    return tuple(dates)
