"""What a subscription to the health of outlets is told, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from worker.coverage.stats.alarms import Alarm, AlarmKind
from worker.matching.health import HealthChange, HealthTold, describe_change, find_change

NOW = datetime(2022, 1, 31, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NONE: frozenset[str] = frozenset()


def kinds(words: str) -> frozenset[str]:
    return frozenset(words.split())


CASES: dict[str, tuple[tuple[timedelta, str, str] | None, str, tuple[str, str, str] | None]] = {
    "well, and never told": (None, "", None),
    "an alarm begins": (None, "stale", ("stale", "", "")),
    "two at once": (None, "stale volume", ("stale volume", "", "")),
    "it goes on": ((HOUR, "stale", ""), "stale", None),
    "it goes on for weeks": ((30 * DAY, "stale", ""), "stale", None),
    "it ends": ((2 * DAY, "stale", ""), "", ("", "stale", "")),
    "it ends within a day": ((HOUR, "stale", ""), "", None),
    "another begins within a day": ((HOUR, "stale", ""), "stale volume", ("volume", "", "stale")),
    "one takes another's place within a day": ((HOUR, "stale", ""), "volume", ("volume", "stale", "")),
    "it comes back within a day": ((HOUR, "", "stale"), "stale", None),
    "it comes back later": ((DAY, "", "stale"), "stale", ("stale", "", "")),
    "another begins within a day of an end": ((HOUR, "", "stale"), "volume", ("volume", "", "")),
    "it ends beside one that goes on": ((DAY, "stale volume", ""), "volume", ("", "stale", "volume")),
    "it is well, as told": ((9 * DAY, "", "stale"), "", None),
}  # fmt: skip
"""How long ago it was told what was on and what was over, what is on now, and what is told: begun, over, still on."""


@pytest.mark.parametrize("name", CASES)
def test_each_beginning_and_each_end_is_told_once(name: str) -> None:
    before, on, change = CASES[name]
    told = HealthTold(NOW - before[0], kinds(before[1]), kinds(before[2])) if before else None
    expected = HealthChange(*map(kinds, change)) if change else None
    assert find_change(told, kinds(on), now=NOW) == expected


def test_an_alarm_that_comes_and_goes_each_hour_is_told_once_a_day_at_most() -> None:
    told: HealthTold | None = None
    messages = 0
    for hour in range(10 * 24):
        now = NOW + hour * HOUR
        change = find_change(told, kinds("stale" if hour % 2 else ""), now=now)
        if change is not None:
            messages += 1
            told = HealthTold(now, change.begun | change.still, change.over)
    assert 1 <= messages <= 10


def test_a_change_is_described_with_what_is_wrong_over_and_going_on() -> None:
    alarms = [Alarm(AlarmKind.STALE, "stale: 9 days"), Alarm(AlarmKind.VOLUME, "its volume has changed")]
    assert describe_change("Courier", "courier", HealthChange(kinds("stale volume"), NONE, NONE), alarms) == {
        "headline": "Courier is not collected as it should be",
        "detail": "Stale: 9 days; its volume has changed. steppewatch source check courier says more.",
    }
    assert describe_change("Courier", "courier", HealthChange(kinds("volume"), kinds("short"), kinds("stale")), alarms)[
        "detail"
    ] == (
        "Its volume has changed. This goes on: stale: 9 days. What is over: short articles. "
        "steppewatch source check courier says more."
    )
    assert describe_change("Courier", "courier", HealthChange(NONE, kinds("stale gone"), NONE), []) == {
        "headline": "Courier is collected as it should be again",
        "detail": "What is over: old items only.",
    }
