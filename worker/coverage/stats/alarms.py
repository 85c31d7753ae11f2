"""Alarms about outlets that answer as always and yet are not collected as they should be. Pure.

Counts of entries are judged as over-dispersed Poisson counts: news comes in bursts, so the variance of the days
themselves counts where it is larger than their mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean, variance

RECENT_DAYS, HABIT_DAYS = 7, 28
"""Full days that are judged, and the days before them that make the habit."""
_LISTED, _HALF, _RATIO, _SURE = 10, 14, 2.0, 4.0
_STALE_DAYS, _STALE_GAPS, _UNKNOWN_STALE_DAYS = 7, 10, 60
LEAST_TEXTS = 10
"""Articles from which their mean length tells something."""
_THIN = 0.5
_PAGES, _SUSPECT = 10, 0.2


class AlarmKind(StrEnum):
    """The kind of an alarm about an outlet."""

    NO_ARTICLE = "no article"
    STALE = "stale"
    VOLUME = "volume"
    SHORT = "short"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm about an outlet, with what is wrong as a sentence."""

    kind: AlarmKind
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletDay:
    """An outlet on one full day: successful polls, entries listed for the first time, and its articles."""

    polls: int = 0
    fresh: int = 0
    articles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletRecord:
    """Everything that is judged about an outlet."""

    recent: Sequence[OutletDay]
    """The last seven full days."""
    habit: Sequence[OutletDay]
    """The days before them on which it was polled."""
    newest_at: datetime | None = None
    """Publication of the newest entry that it ever listed."""
    texts: int = 0
    """New articles of the recent days."""
    mean_text: float = 0.0
    """The mean length of their texts in characters."""
    usual_text: float = 0.0
    """Likewise of the articles of the habit's days; 0 if there were fewer than ten."""
    pages: int = 0
    """Pages fetched in the recent days."""
    suspect: int = 0
    """Of these, pages with a text that is withheld until a second fetch."""


def is_judged(record: OutletRecord) -> bool:
    """Return whether an outlet was polled successfully in the recent days: of others nothing can be said."""
    return any(day.polls for day in record.recent)


def find_alarms(record: OutletRecord, *, now: datetime) -> Iterator[Alarm]:
    """Yield the alarms about an outlet that was polled successfully in the recent days."""
    if not is_judged(record):
        return
    yield from (Alarm(AlarmKind.NO_ARTICLE, sentence) for sentence in _silent_zero(record))
    yield from (Alarm(AlarmKind.STALE, sentence) for sentence in _stale(record, now))
    yield from (Alarm(AlarmKind.VOLUME, sentence) for sentence in _volume(record))
    yield from (Alarm(AlarmKind.SHORT, sentence) for sentence in _short(record))
    yield from (Alarm(AlarmKind.SUSPECT, sentence) for sentence in _suspect(record))


def _short(record: OutletRecord) -> Iterator[str]:
    if record.texts >= LEAST_TEXTS and record.usual_text and record.mean_text < _THIN * record.usual_text:
        yield (
            f"its articles have become short: {record.mean_text:,.0f} characters on average instead of "
            f"{record.usual_text:,.0f}; a page may have changed its form"
        )


def _suspect(record: OutletRecord) -> Iterator[str]:
    if record.pages >= _PAGES and record.suspect > _SUSPECT * record.pages:
        yield f"{record.suspect:,} of the last {record.pages:,} pages were suspect and are withheld"


def _silent_zero(record: OutletRecord) -> Iterator[str]:
    fresh = sum(day.fresh for day in record.recent)
    if fresh >= _LISTED and not sum(day.articles for day in record.recent):
        yield f"it works but collects nothing: {fresh:,} new entries in {len(record.recent)} days, and no article"


def _stale(record: OutletRecord, now: datetime) -> Iterator[str]:
    if record.newest_at is None:
        return
    quiet_days = (now - record.newest_at).total_seconds() / 86_400
    rate = fmean([day.fresh for day in record.habit]) if len(record.habit) >= _HALF else 0.0
    limit = max(_STALE_DAYS, _STALE_GAPS / rate) if rate else _UNKNOWN_STALE_DAYS
    if quiet_days > limit:
        yield f"stale: it answers, but its newest item is of {record.newest_at:%Y-%m-%d}, {quiet_days:.0f} days ago"


def _volume(record: OutletRecord) -> Iterator[str]:
    if len(record.habit) < _HALF or not record.recent:
        return
    usual, lately = fmean([day.fresh for day in record.habit]), fmean([day.fresh for day in record.recent])
    if max(usual, lately) < 1 or max(usual, lately) < _RATIO * min(usual, lately):
        return
    spread = max(usual, variance([day.fresh for day in record.habit]), lately, 1.0)
    error = math.sqrt(spread * (1 / len(record.recent) + 1 / len(record.habit)))
    if abs(lately - usual) > _SURE * error or (not lately and usual * len(record.recent) > _LISTED):
        yield f"its volume has changed: {lately:.1f} new entries a day in the last week instead of {usual:.1f}"
