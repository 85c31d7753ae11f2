"""A date as people and machines write it → an instant or a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

# Before the first web pages, and after anything that is published: a fault of the page.
EARLIEST_YEAR = 1990
LATEST_YEAR = 2100
_MAX_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as written: `at` in UTC; `is_day` when no time was given (then 00:00), `has_zone` when a zone was."""

    at: datetime
    is_day: bool
    has_zone: bool


# Stems of month names in the languages of our outlets; a word is a month when it begins with one.
_MONTHS: tuple[tuple[int, str], ...] = (
    (1, "jan ocak января январ январь январе yanvar қаңтар janvier enero gennaio januar ýanwar січ"),
    (2, "feb şubat subat феврал fevral ақпан février fevrier febrero febbraio fewral лют"),
    (3, "mar mart март наурыз mars märz maerz marzo березн"),
    (4, "apr nisan апрел aprel сәуір avril abril aprile квітн"),
    (5, "may mayıs mayis мая май мамыр mai mayo maggio maý травн"),
    (6, "jun haziran июн iyun маусым juin junio giugno iýun червн"),
    (7, "jul temmuz июл iyul шілде juillet julio luglio iýul липн"),
    (8, "aug ağustos agustos август avgust тамыз août aout agosto awgust серпн"),
    (9, "sep eylül eylul сентябр sentyabr sentabr қыркүйек septembre setiembre settembre sentýabr вересн"),
    (10, "oct oktober ekim октябр oktyabr oktabr қазан octobre octubre ottobre oktýabr жовтн"),
    (11, "nov kasım kasim ноябр noyabr қараша novembre noviembre noýabr листопад"),
    (12, "dec aralık aralik декабр dekabr желтоқсан décembre decembre diciembre dicembre dezember грудн"),
)
_STEMS = sorted(((stem, month) for month, stems in _MONTHS for stem in stems.split()), key=lambda pair: -len(pair[0]))

_TIME = (
    r"(?P<hour>[01]?\d|2[0-4])[:.h](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-6]\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?"
)
_ZONE = r"(?P<zone>Z\b|(?:UTC|GMT|МСК|MSK)?\s?[+\-−]\d{1,2}(?::?\d{2})?(?!\d)|[A-Za-z]{2,4}\b|мск\b|МСК\b)"
_CLOCK = re.compile(rf"(?:[T\s,|—–-]|^|\bat\b|\bв\b|saat)\s*{_TIME}(?:\s*\(?{_ZONE})?", re.I)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?)?\s*$")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{4})(?!\d)")
_DAY_NAME_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|-го|\.)?[\s\-]+(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?,?[\s\-]+(?:de\s+)?(\d{4})(?!\d)"
)
_NAME_DAY_YEAR = re.compile(r"([^\W\d_]{3,12})\.?[\s\-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s\-]+(\d{4})(?!\d)")
_YEAR_NAME_DAY = re.compile(r"(?<!\d)(\d{4})[\s\-]([^\W\d_]{3,12})[\s\-](\d{1,2})(?!\d)")
_YEAR_DAY_NAME = re.compile(r"(?<!\d)(\d{4})[\s\-](?:жыл\w*\s+|йил\w*\s+|yil\w*\s+)?(\d{1,2})[\s\-]([^\W\d_]{3,12})")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})[a-z]*\.?,?\s*\Z", re.I)
_EPOCH = re.compile(r"^\s*(\d{10}|\d{13})\s*$")
_OFFSET = re.compile(r"([+\-−])(\d{1,2})(?::?(\d{2}))?$")

# Names of zones that mean one offset wherever news is written; "IST" and "CST" alone would be a guess.
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "west"), 60),
    **dict.fromkeys(("cest", "eet", "sast"), 120),
    **dict.fromkeys(("msk", "мск", "eest", "trt", "tsi"), 180),
    **dict.fromkeys(("samt", "azt", "amt"), 240),
    **dict.fromkeys(("uzt", "tjt", "tmt", "pkt", "yekt"), 300),
    **dict.fromkeys(("almt", "kgt"), 360),
    **dict.fromkeys(("hkt", "sgt"), 480),
    **dict.fromkeys(("jst", "kst"), 540),
    **{"est": -300, "edt": -240, "et": -300, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420},
}


def parse_moment(text: str, *, month_first: bool = False) -> Moment | None:
    """Return the moment that `text` names, None when it names none between 1990 and 2100.

    Understands ISO 8601, RFC 2822, Unix seconds and milliseconds, `06.01.2022 10:00`, and month names in
    the languages of our outlets. A time without a zone is taken as UTC. `month_first` settles `01/06/2022`.
    """
    text = " ".join(text[:_MAX_LENGTH].split())
    if epoch := _EPOCH.match(text):
        seconds = int(epoch[1]) / (1000 if len(epoch[1]) == 13 else 1)
        return _bounded(Moment(datetime.fromtimestamp(seconds, UTC), is_day=False, has_zone=True))
    if compact := _COMPACT.match(text):
        year, month, day, hour, minute, second, zone = compact.groups()
        clock = f" {hour}:{minute}:{second or '00'}{zone or ''}" if hour else ""
        return _at((int(year), int(month), int(day)), clock)
    found = _date(text, month_first)
    if found is None:
        return None
    date, start, end = found
    after = text[end:]
    return _at(date, after if _CLOCK.search(after) else f" {text[:start]}")


def _date(text: str, month_first: bool) -> tuple[tuple[int, int, int], int, int] | None:
    """Return year, month, day and where they stand."""
    if match := _YEAR_FIRST.search(text):
        return (int(match[1]), int(match[2]), int(match[3])), match.start(), match.end()
    if match := _YEAR_LAST.search(text):
        first, second = int(match[1]), int(match[2])
        is_month_first = second > 12 or (month_first and first <= 12)
        day, month = (second, first) if is_month_first else (first, second)
        if _contradicts_weekday(text[: match.start()], int(match[3]), month, day):
            day, month = month, day
        return (int(match[3]), month, day), match.start(), match.end()
    for pattern, year, name, day in (
        (_DAY_NAME_YEAR, 3, 2, 1),
        (_NAME_DAY_YEAR, 3, 1, 2),
        (_YEAR_DAY_NAME, 1, 3, 2),
        (_YEAR_NAME_DAY, 1, 2, 3),
    ):
        for match in pattern.finditer(text):
            if number := _month(match[name]):
                return (int(match[year]), number, int(match[day])), match.start(), match.end()
    return None


def _contradicts_weekday(before: str, year: int, month: int, day: int) -> bool:
    """Return whether the weekday that is written before a date is that of the date with day and month exchanged."""
    match = _WEEKDAY.search(before)
    if match is None:
        return False
    wanted = _WEEKDAYS.index(match[1].lower())
    try:
        as_read, exchanged = date(year, month, day), date(year, day, month)
    except ValueError:
        return False
    return as_read.weekday() != wanted == exchanged.weekday()


def _month(word: str) -> int | None:
    lowered = word.casefold().replace("i̇", "i")
    return next((month for stem, month in _STEMS if lowered.startswith(stem)), None)


def _at(date: tuple[int, int, int], clock: str) -> Moment | None:
    try:
        day = datetime(*date, tzinfo=UTC)
    except ValueError:
        return None
    match = _CLOCK.search(clock)
    if match is None:
        return _bounded(Moment(day, is_day=True, has_zone=False))
    hour = int(match["hour"]) % 24
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    time = timedelta(hours=hour, minutes=int(match["minute"]), seconds=min(int(match["second"] or 0), 59))
    offset = _offset(match["zone"])
    try:
        at = (day + time).replace(tzinfo=offset or UTC).astimezone(UTC)
    except OverflowError:
        return None
    return _bounded(Moment(at, is_day=False, has_zone=offset is not None))


def _offset(zone: str | None) -> timezone | None:
    if not zone:
        return None
    if match := _OFFSET.search(zone):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)) if minutes <= 14 * 60 else None
    minutes_east = _ZONES.get(zone.strip().casefold())
    return None if minutes_east is None else timezone(timedelta(minutes=minutes_east))


def _bounded(moment: Moment) -> Moment | None:
    return moment if EARLIEST_YEAR <= moment.at.year <= LATEST_YEAR else None
