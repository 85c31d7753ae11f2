"""Parser for dates by people and machines → an instant or a day. The only date parser; today's date plays no part.

A clock counts only if nothing separates it from its date but signs, weekdays and words such as “в” or “soat”. Uncertain
parts are left out: a clock, a zone, a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from db.text.date_shapes import EARLIEST_YEAR, LATEST_YEAR, Date, DateLine, find_dates, read_line, tidied
from db.text.time_zones import read_zone

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "DateFound",
    "ParsedDate",
    "end_of_tomorrow",
    "fault_in",
    "find_date_fault",
    "find_moments",
    "impossible_day",
    "parse_date",
    "tidied",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """A parsed date: `at` in UTC; `is_day` without a time (then 00:00), `has_zone` with a zone.

    A clock without a zone is stored as UTC. `offset` is the distance of the written clock east of UTC,
    `zone_is_unknown` is set for a zone name that is not recognised.
    """

    at: datetime
    is_day: bool
    has_zone: bool
    offset: timedelta = field(default=timedelta(), compare=False)
    zone_is_unknown: bool = field(default=False, compare=False)

    @property
    def written(self) -> str:
        """The date in ISO 8601 at its reliable precision: a day, a clock without zone, or an instant on its own
        clock.
        """
        if self.is_day or self.zone_is_unknown:
            return self.at.date().isoformat()
        if not self.has_zone:
            return self.at.replace(tzinfo=None).isoformat()
        return self.at.astimezone(timezone(self.offset)).isoformat()

    @property
    def as_utc(self) -> datetime:
        """The instant, with a clock without a zone read as UTC; for an unknown zone, the day."""
        return self.sure[0] if self.zone_is_unknown else self.at

    @property
    def sure(self) -> tuple[datetime, bool]:
        """The reliable part without further zone information, as an instant and whether it is a day: of a mere clock
        the day.
        """
        if self.is_day or self.has_zone:
            return self.at, self.is_day
        return self.at.replace(hour=0, minute=0, second=0, microsecond=0), True


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date and its position: `text[start:end]`, including its clock."""

    moment: ParsedDate
    start: int
    end: int


_CLOCK = re.compile(
    r"(?P<han>上午|下午|晚上|凌晨|早上|中午)?\s?(?<!\d)(?P<hour>[01]?\d|2[0-4])"
    r"(?:[:hHч时時點点](?P<minute>[0-5]\d)(?:[:分](?P<second>[0-5]\d|60)(?:[.,]\d{1,12})?)?[分秒]?|\.(?P<dotted>[0-5]\d)"
    r"|[时時點点]|(?=\s?[ap]\.?\s?m\b))(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?(?![\d:]|\.\d)",
    re.IGNORECASE,
)
_OTHER_YEAR = re.compile(
    r"(?<![\d.:+-])(?!19[9]\d|20\d\d|2100)\d{4}(?![\d.:])|(?<=[./-])(?!199\d|20\d\d|2100)\d{4}(?!\d)"
)
"""A possible year outside of our bounds."""
_EIGHT_DIGITS = re.compile(r"^(\d{4})(\d\d)(\d\d)(?!\d)")
_NEVER = ("0", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00")
"""Values that programs write for an unset date: the beginning of Unix time, or less."""
_NUMBER = re.compile(r"\d\d|年")
_EPOCH = re.compile(r"(\d{10}|\d{13})(?:\.\d{1,9})?")
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_AT_END = re.compile(
    r"\w+,? (?:(?P<name>[^\W\d_]+)\.? (?P<day>\d{1,2})|(?P<day2>\d{1,2}) (?P<name2>[^\W\d_]+)\.?),? "
    r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)(?P<zone> [^\s\d]{1,5}[\d:]{0,5})? (?P<year>\d{4})"
)


def end_of_tomorrow(now: datetime) -> datetime:
    """Return the last possible instant of publication: zones and clocks run ahead, but not by two days."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=2) - timedelta(microseconds=1)


def impossible_day(text: str) -> str | None:
    """Return the day in a text if its year is before 1990 or after 2100; None without one, or with another."""
    text = "1970-01-01" if text.strip() in _NEVER else tidied(text)
    if _first(text):
        return None
    text = _EIGHT_DIGITS.sub(r"\1-\2-\3", text)
    for year in _OTHER_YEAR.finditer(text):
        alike = str(1992 + int(year[0]) % 4)  # with the same number of days
        if moment := _first(f"{text[: year.start()]}{alike}{text[year.end() :]}"):
            return f"{year[0]}{moment.at.date().isoformat()[4:]}"
    return None


def fault_in(text: str, *, latest: datetime) -> str | None:
    """Return a readable reason why the date in a text is no date of publication; None if it is one, or there is
    none.
    """
    if moment := parse_date(text):
        return find_date_fault(moment.at, latest=latest)
    day = impossible_day(text)
    return _fault(day, is_before=day < f"{EARLIEST_YEAR}") if day else None


def _fault(day: str, *, is_before: bool) -> str:
    bound = f"before {EARLIEST_YEAR}" if is_before else "after tomorrow"
    return f"the publication date {day} is {bound}; taken as missing"


def find_date_fault(at: datetime, *, latest: datetime) -> str | None:
    """Return a readable reason why an instant is no date of publication; None if it may be one."""
    is_before = at.year < EARLIEST_YEAR
    return _fault(at.date().isoformat(), is_before=is_before) if is_before or at > latest else None


def parse_date(text: str, *, month_first: bool | None = None, latest: datetime | None = None) -> ParsedDate | None:
    """Return the first date in `text`; None without one between 1990 and 2100 and not after `latest`.

    Understands ISO 8601, RFC 2822, Unix seconds and milliseconds, `06.01.2022 10:00`, and month names in the languages
    of our outlets. `month_first` decides `01/06/2022`: False and None read the day first, but None yields no date if a
    twelve-hour clock follows.
    """
    text = tidied(text)
    moment = _as_a_whole(text)
    if moment is None:
        moment = next((found.moment for found in find_moments(text, month_first=month_first)), None)
    return moment if moment is None or latest is None or moment.at <= latest else None


def _first(text: str) -> ParsedDate | None:
    return _as_a_whole(text) or next((found.moment for found in find_moments(text)), None)


def find_moments(text: str, *, month_first: bool | None = None) -> Iterator[DateFound]:
    """Yield the dates in a text of words, in their order; positions are those in the `tidied` text."""
    if not _NUMBER.search(text):
        return
    line = read_line(text)
    dates = list(find_dates(line, month_first))
    free = 0  # end of the previous date
    for number, found in enumerate(dates):
        following = dates[number + 1].start if number + 1 < len(dates) else len(line.text)
        clock = _find_clock(line, found, free, following)
        moment = None if found.is_open and clock and clock.is_halved else _moment(found.ymd, clock)
        free = max(found.end, clock.end if clock else 0)
        if moment is not None:
            yield DateFound(moment, min(found.start, clock.start if clock else found.start), free)


def _as_a_whole(text: str) -> ParsedDate | None:
    """Return the date of a text that consists of numbers, or has its year behind the clock."""
    if epoch := _EPOCH.fullmatch(text):
        seconds = int(epoch[1]) / (1000 if len(epoch[1]) == 13 else 1)
        return _bounded(ParsedDate(at=datetime.fromtimestamp(int(seconds), UTC), is_day=False, has_zone=True))
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zone = compact.groups()
        clock = f" {hour}:{minute}:{second or '00'}{zone or ''}" if hour else ""
        return next((found.moment for found in find_moments(f"{year}-{month}-{day}{clock}")), None)
    if late := _YEAR_AT_END.fullmatch(text):
        day, name = late["day"] or late["day2"], late["name"] or late["name2"]
        turned = f"{day} {name} {late['year']} {late['clock']}{late['zone'] or ''}"
        return next((found.moment for found in find_moments(turned)), None)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """A time of day since midnight, and its position in the text, including its zone."""

    since_midnight: timedelta
    offset: timedelta | None
    zone_is_unknown: bool
    is_halved: bool
    start: int
    end: int


def _find_clock(line: DateLine, found: Date, free: int, following: int) -> _Clock | None:
    """Return the clock that belongs to a date: after it, else before it, with only separators in between.

    It stands between `free`, the end of the previous date, and `following`, the beginning of the next.
    """
    at = line.skipped(found.end)
    is_glued = found.is_iso and line.text[found.end : at] == "-"  # a day with a zone offset
    behind = None if is_glued or at >= following else _clock_at(line.text, at, found)
    before = None
    for match in _CLOCK.finditer(line.text, free, found.start):
        before = _clock_at(line.text, match.start(), found) or before
    if before is not None and not line.may_part(before.end, found.start):
        before = None
    if behind is None or before is None:
        return behind or before
    is_of_next = following < len(line.text) and line.may_part(behind.end, following)
    return before if is_of_next else behind


def _clock_at(text: str, at: int, found: Date) -> _Clock | None:
    """Return the clock at a position; None without one, or for one that contradicts itself."""
    match = _CLOCK.match(text, at)
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or match["dotted"] or 0)
    half = _half(match)
    if half and (hour > 12 and half == "a"):
        return None
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    seconds = min(int(match["second"] or 0), 59)
    if hour == 24 and (minute or seconds):
        return None
    since_midnight = timedelta(hours=hour, minutes=minute, seconds=seconds)
    zone = read_zone(text, match.end(), datetime(*found.ymd) + since_midnight)  # noqa: DTZ001 (the clock of no zone yet)
    offset, end = zone.offset, zone.end
    if offset and text[match.end()] == "-" and not (found.is_iso or match["second"]):
        offset, end = None, match.end()  # “10:00-12:00” are hours of an event
    if match["dotted"] and not (half or offset is not None or text[end:].lstrip()[:1] in ("", *"|,;)]—–-(")):
        return None
    return _Clock(
        since_midnight=since_midnight,
        offset=offset,
        zone_is_unknown=zone.is_unknown,
        is_halved=bool(half),
        start=match.start(),
        end=end,
    )


def _half(match: re.Match[str]) -> str:
    if match["han"]:
        return "p" if match["han"] in ("下午", "晚上", "中午") else "a"
    return (match["half"] or "").lower()


def _moment(ymd: tuple[int, int, int], clock: _Clock | None) -> ParsedDate | None:
    day = datetime(*ymd, tzinfo=UTC)
    if clock is None:
        return ParsedDate(at=day, is_day=True, has_zone=False)
    offset = clock.offset or timedelta()
    at = day + clock.since_midnight - offset
    return _bounded(
        ParsedDate(
            at=at, is_day=False, has_zone=clock.offset is not None, offset=offset, zone_is_unknown=clock.zone_is_unknown
        )
    )


def _bounded(moment: ParsedDate) -> ParsedDate | None:
    return moment if EARLIEST_YEAR <= moment.at.year <= LATEST_YEAR else None
