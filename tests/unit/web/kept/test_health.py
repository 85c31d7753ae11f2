"""The health of the collection is kept by quarters, which all ranges of days share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from web.kept.health import KeptHealth, list_quarters
from worker.coverage.stats.health import DayHealth

TODAY = date(2022, 8, 20)
NO_STORE = cast(Connection, None)


class Readings:
    """Counts what is read, and gives each day a number of outlets of its own."""

    def __init__(self) -> None:
        self.read: list[tuple[date, date]] = []

    def __call__(self, _conn: Any, since: date, until: date, *, today: date) -> Mapping[date, DayHealth]:
        self.read.append((since, until))
        days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
        return {day: DayHealth(watched=day.toordinal()) for day in days}


def keep(readings: Readings, clock: Callable[[], float] = lambda: 0.0) -> KeptHealth:
    return KeptHealth(clock, readings, lambda _: date(2022, 1, 9))


@pytest.mark.parametrize(
    ("since", "until", "firsts"),
    [
        (date(2022, 1, 1), date(2022, 3, 31), ["2022-01-01"]),
        (date(2022, 3, 31), date(2022, 4, 1), ["2022-01-01", "2022-04-01"]),
        (date(2021, 12, 5), date(2022, 1, 5), ["2021-10-01", "2022-01-01"]),
        (date(2022, 5, 5), date(2022, 5, 4), ["2022-04-01"]),
    ],
)
def test_quarters_cover_a_range(since: date, until: date, firsts: list[str]) -> None:
    quarters = list(list_quarters(since, until))
    assert [first.isoformat() for first, _ in quarters] == firsts
    assert all(after == last + timedelta(days=1) for (_, last), (after, _) in pairwise(quarters))


def test_ranges_share_what_was_read_and_get_their_days_alone() -> None:
    readings = Readings()
    kept = keep(readings)
    since, until = date(2022, 2, 27), date(2022, 4, 2)
    found = kept(NO_STORE, since, until, today=TODAY)
    assert list(found) == [since + timedelta(days=number) for number in range(35)]
    assert all(health.watched == day.toordinal() for day, health in found.items())
    assert list(kept(NO_STORE, date(2022, 1, 1), date(2022, 6, 30), today=TODAY)) != list(found)
    assert readings.read == [(date(2022, 4, 1), date(2022, 6, 30)), (date(2022, 1, 1), date(2022, 3, 31))]


def test_recent_days_are_read_again_sooner_than_those_long_past() -> None:
    readings = Readings()
    times = [0.0, 599.0, 601.0, 21_601.0]
    kept = keep(readings, clock=lambda: times[0])
    while times:
        kept(NO_STORE, date(2022, 3, 1), date(2022, 8, 20), today=TODAY)
        del times[0]
    firsts = [since.month for since, _ in readings.read]
    assert (firsts.count(1), firsts.count(4), firsts.count(7)) == (2, 3, 3)


def test_the_health_of_today_is_not_that_of_yesterday() -> None:
    readings = Readings()
    kept = keep(readings)
    for today in (TODAY, TODAY, TODAY + timedelta(days=1)):
        kept(NO_STORE, TODAY, TODAY, today=today)
    assert len(readings.read) == 2


def test_days_before_the_first_poll_and_after_today_are_not_read() -> None:
    readings = Readings()
    found = keep(readings)(NO_STORE, date(1900, 1, 1), date(2023, 12, 31), today=date(2022, 2, 1))
    assert readings.read == [(date(2022, 1, 1), date(2022, 3, 31))]
    assert (found[date(1900, 1, 1)].watched, found[date(2023, 1, 1)].watched) == (0, 0)
    unknown = KeptHealth(read_health=readings, find_begin=lambda _: None)
    assert unknown(NO_STORE, TODAY, TODAY, today=TODAY) == {TODAY: DayHealth()}


def test_what_was_read_elsewhere_is_kept_as_long_as_what_is_read_here() -> None:
    readings, times = Readings(), [0.0]
    kept = keep(readings, clock=lambda: times[0])
    quarters = list(reversed(list(list_quarters(date(2022, 1, 9), TODAY))))
    assert kept.list_due(NO_STORE, TODAY) == quarters
    for quarter in quarters:
        kept.keep(quarter, {TODAY: DayHealth(watched=7)}, today=TODAY)
    due = {}
    for times[0] in (449.0, 451.0, 16_199.0, 16_201.0):
        due[times[0]] = len(kept.list_due(NO_STORE, TODAY))
    assert due == {449.0: 0, 451.0: 2, 16_199.0: 2, 16_201.0: 3}
    times[0] = 599.0
    assert kept(NO_STORE, TODAY, TODAY, today=TODAY) == {TODAY: DayHealth(watched=7)}
    assert readings.read == []
    assert KeptHealth(find_begin=lambda _: None).list_due(NO_STORE, TODAY) == []
