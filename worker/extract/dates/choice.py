"""The choice of an article's publication date among the dates found. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from db.text.dates import ParsedDate, find_date_fault

_QUARTER = timedelta(minutes=15)
_FARTHEST_EAST, _FARTHEST_WEST = timedelta(hours=14), timedelta(hours=12)
_CONTRADICTION = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateEvidence:
    """The dates of a page, each row the most trustworthy first."""

    declared: tuple[ParsedDate, ...]
    """By machine: JSON-LD, meta tags, microdata, the address."""
    beside: tuple[ParsedDate, ...] = ()
    """Beside the headline."""
    elsewhere: tuple[ParsedDate, ...] = ()
    others: frozenset[date] = frozenset()
    """Days of other articles: beside their headlines."""
    changed: tuple[ParsedDate, ...] = ()
    """Of the last change."""
    fault: str | None = None
    """Readable reason why the first declared date is impossible; None if it is possible."""

    @property
    def is_dated(self) -> bool:
        """True if the page has any date of its publication."""
        return bool(self.declared or self.beside or self.elsewhere)


@dataclass(frozen=True, slots=True)
class Beside:
    """Evidence beyond the page: the date in its feed, the zone of its outlet, and the latest possible date."""

    feed: ParsedDate | None = None
    time_zone: str | None = None
    latest: datetime | None = None


@dataclass(frozen=True, slots=True)
class DatedBy:
    """The publication date of an article. `clock` is the time shown on a page in an unknown zone: then `at` is a
    day.
    """

    at: datetime
    is_day: bool
    clock: datetime | None = None
    remark: str | None = None


def date_article(evidence: DateEvidence, known: Beside) -> DatedBy | None:
    """Return the date of publication: the declared one, else the feed's, else that by the headline, or elsewhere.

    A day is completed by a time of the same day from another source, a time without a zone by an equal time with one,
    else by the page's own zone, the feed's, the outlet's; otherwise only its day is reliable.
    """
    if known.feed and known.latest and known.feed.at > known.latest:
        known = replace(known, feed=None)
    feed = () if known.feed is None else (known.feed,)
    rows = (evidence.declared, feed, evidence.beside, evidence.elsewhere)
    believed = [_until(known.latest, row) for row in rows]
    declared = [moment for row in believed for moment in row]
    if not declared:
        return None
    trusted = [moment for row in believed[:3] for moment in row]
    dated = _completed(trusted or declared, evidence, known)
    return replace(dated, remark=_contradiction(known, *believed[2:]))


def left_out(evidence: DateEvidence, known: Beside) -> str | None:
    """Return a remark if a date declared by the page or its feed cannot be that of its publication."""
    dates = (*evidence.declared, *filter(None, [known.feed]))
    late = (fault for moment in dates if known.latest and (fault := find_date_fault(moment.at, latest=known.latest)))
    return evidence.fault or next(late, None)


def _until(latest: datetime | None, moments: Iterable[ParsedDate]) -> list[ParsedDate]:
    return [moment for moment in moments if latest is None or moment.at <= latest]


def _completed(dates: list[ParsedDate], evidence: DateEvidence, known: Beside) -> DatedBy:
    """Return the first of several dates, completed with the times and zones of the others."""
    best = dates[0]
    if best.is_day:
        fuller = (other for other in dates if not other.is_day and _is_of_day(other, best.at, known.time_zone))
        best = next(fuller, best)
    if best.is_day or best.has_zone:
        return DatedBy(best.at, best.is_day)
    at = _in_zone(best, dates, evidence, known)
    if at is not None:
        return DatedBy(at, is_day=False)
    day, _ = best.sure
    instant = next((other for other in dates if other.has_zone and _is_of_day(other, day, known.time_zone)), None)
    return (
        DatedBy(instant.at, is_day=False) if instant else DatedBy(day, is_day=True, clock=best.at.replace(tzinfo=None))
    )


def _is_of_day(moment: ParsedDate, day: datetime, time_zone: str | None) -> bool:
    """Return whether a date may lie on a day of the outlet's, in its own zone, the outlet's, or any other."""
    if moment.offset or not moment.has_zone:
        return (moment.at + moment.offset).date() == day.date()
    if zone := _zone(time_zone):
        return moment.at.astimezone(zone).date() == day.date()
    return day - _FARTHEST_EAST <= moment.at < day + timedelta(days=1) + _FARTHEST_WEST


def _in_zone(clock: ParsedDate, dates: list[ParsedDate], evidence: DateEvidence, known: Beside) -> datetime | None:
    """Return the instant of a time without a zone; None if the zone is unknown."""
    same = next((other for other in dates if other.has_zone and _is_same_reading(clock, other)), None)
    if same is not None:
        return same.at
    own = next((other.offset for other in (*evidence.declared, *evidence.changed) if other.offset), None)
    feed = known.feed.offset if known.feed else timedelta()
    if offset := own or feed:
        return clock.at - offset
    return to_instant(clock.at, known.time_zone)


def _is_same_reading(clock: ParsedDate, other: ParsedDate) -> bool:
    """Return whether two clocks show the same time in different zones: whole quarters of an hour apart, up to
    seconds.
    """
    instant = other.at if clock.at.second else other.at.replace(second=0, microsecond=0)
    shift = clock.at.replace(microsecond=0) - instant.replace(microsecond=0)
    return abs(shift) <= _FARTHEST_EAST and shift % _QUARTER == timedelta()


def to_instant(clock: datetime, name: str | None) -> datetime | None:
    """Return the instant of a clock time in a zone; None for an unknown zone."""
    offset = clock.replace(tzinfo=_zone(name)).utcoffset()
    return None if offset is None else clock - offset


def _zone(name: str | None) -> ZoneInfo | None:
    """Return the zone of a name; None if it is missing in this machine's time zone database."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _contradiction(known: Beside, beside: list[ParsedDate], elsewhere: list[ParsedDate]) -> str | None:
    """Return a remark if the page shows a date that contradicts its feed; the day of reading does not."""
    if known.feed is None:
        return None
    latest = known.latest
    old = [moment for moment in elsewhere if latest is None or latest - moment.at > _CONTRADICTION]
    shown = next(iter([*beside, *old]), None)
    if shown is None or abs(shown.at - known.feed.at) <= _CONTRADICTION:
        return None
    page, feed = (f"{moment.at:%Y-%m-%d}" for moment in (shown, known.feed))
    return f"the page shows the date {page}, its feed says {feed}; the page's was left out"
