"""The time to the next poll follows from rate, rhythm, bursts and the window."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import Publisher, any_rate, every, hour

from crawlers.scheduling.interval import next_interval
from crawlers.scheduling.rate import FeedRate

FLOOR, CEILING = 300.0, 86_400.0


def _seconds(rate: FeedRate, at: float, window: int | None = 20) -> float:
    return next_interval(rate, window=window, now=hour(at), floor_s=FLOOR, ceiling_s=CEILING).seconds


def _reason(rate: FeedRate, at: float, window: int | None = 20) -> str:
    return next_interval(rate, window=window, now=hour(at), floor_s=FLOOR, ceiling_s=CEILING).reason


def test_a_busy_feed_is_polled_within_ten_minutes() -> None:
    learnt, _ = Publisher(every(1, -500, 240)).learn(every(1, 0, 240))
    assert 300 <= _seconds(learnt, 240) <= 600
    assert _reason(learnt, 240) == "about 24 entries a day are expected"


def test_a_slow_feed_is_polled_a_few_times_a_day() -> None:
    learnt, _ = Publisher(every(24, -5000, 960)).learn(every(6, 0, 960))
    assert 2 * 3600 < _seconds(learnt, 961) < CEILING
    assert _reason(learnt, 961) == "about one entry a day is expected, and a burst would soon fill the 20 that it lists"


def test_a_dormant_feed_is_polled_daily() -> None:
    learnt, _ = Publisher(every(24, -2000, 0)).learn(every(24, 0, 960))
    assert _seconds(learnt, 960) == CEILING
    assert _reason(learnt, 960) == "nothing new for 40 days"


def test_the_night_is_slept_through_and_the_morning_is_not() -> None:
    times = [24 * day + at for day in range(-30, 30) for at in every(0.5, 6, 18)]
    learnt, _ = Publisher(times).learn(every(1, 0, 24 * 30))
    day, night, dawn = (_seconds(learnt, 24 * 29 + at) for at in (12, 20, 4.5))
    assert day <= 600
    assert night > 2400
    assert dawn < 3 * 3600
    assert _reason(learnt, 24 * 29 + 12).endswith("most of them at this time")
    assert _reason(learnt, 24 * 29 + 1).startswith("about 25 entries a day are expected, few of them at this time")


def test_a_burst_shortens_the_interval_at_once_and_is_forgotten() -> None:
    calm, burst = every(30, -2000, 400), every(0.04, 300, 301)
    learnt, _ = Publisher([*calm, *burst]).learn([*every(5, 0, 300), 300.9])
    assert _seconds(learnt, 300.9) <= 600
    assert _reason(learnt, 300.9) == "a burst: 20 of 20 entries were new"
    assert _seconds(learnt, 310) > 1800


def test_a_short_window_shortens_the_interval() -> None:
    learnt, _ = Publisher(every(0.1, -500, 240), window=60).learn(every(0.2, 0, 240))
    wide, narrow = _seconds(learnt, 240, window=None), _seconds(learnt, 240, window=4)
    assert wide > narrow == FLOOR
    assert _reason(learnt, 240, window=4) == "more than the 4 entries that it lists may come"


def test_little_overlap_makes_careful_at_once_and_much_of_it_slowly_forgets() -> None:
    steady = Publisher(every(1, -100, 500), window=12)
    learnt, last = steady.learn(every(1, 0, 100))
    assert learnt.caution == 1
    missed = steady.listing(130)
    careful = learnt.after_poll(last.keys, missed, last.at)
    assert careful.caution == 0.5
    assert _seconds(careful, 130, window=12) <= _seconds(learnt, 130, window=12)
    calm = careful.after_unchanged(hour(130), hour(130.5))
    assert careful.caution < calm.caution < 0.6


def test_a_new_feed_is_polled_soon() -> None:
    assert _seconds(FeedRate.new(), 0) < 2 * 3600
    assert _reason(FeedRate.new(), 0) == "nothing is known about it yet"


@given(
    any_rate, st.one_of(st.none(), st.integers(0, 10_000)), st.floats(-1e5, 1e5), st.floats(0, 1e5), st.floats(0, 1e6)
)
def test_the_interval_is_always_within_its_limits(
    rate: FeedRate, window: int | None, at: float, floor_s: float, above: float
) -> None:
    interval = next_interval(rate, window=window, now=hour(at), floor_s=floor_s, ceiling_s=floor_s + above)
    assert math.isfinite(interval.seconds)
    assert floor_s <= interval.seconds <= floor_s + above
    assert interval.reason


@given(any_rate, st.floats(1, 100), st.integers(1, 100), st.floats(0, 400))
def test_a_higher_rate_never_gives_a_longer_interval(rate: FeedRate, times: float, window: int, at: float) -> None:
    higher = replace(rate, items=min(1e9, rate.items * times + 1))
    assert _seconds(higher, at, window) <= _seconds(rate, at, window) * (1 + 1e-9)


@given(any_rate, st.floats(0, 50), st.integers(1, 100), st.floats(0, 400))
def test_more_recent_entries_never_give_a_longer_interval(rate: FeedRate, more: float, window: int, at: float) -> None:
    busier = replace(rate, recent=rate.recent + more)
    assert _seconds(busier, at, window) <= _seconds(rate, at, window) * (1 + 1e-9)


@given(any_rate, st.integers(1, 100), st.integers(0, 100), st.floats(0, 400))
def test_a_wider_window_never_gives_a_shorter_interval(rate: FeedRate, window: int, wider: int, at: float) -> None:
    assert _seconds(rate, at, window) <= _seconds(rate, at, window + wider) * (1 + 1e-9)
    assert _seconds(rate, at, window) <= _seconds(rate, at, None) * (1 + 1e-9)


@given(any_rate, st.floats(1, 32), st.integers(1, 100), st.floats(0, 400))
def test_more_caution_never_gives_a_longer_interval(rate: FeedRate, times: float, window: int, at: float) -> None:
    careful = replace(rate, caution=rate.caution / times)
    assert _seconds(careful, at, window) <= _seconds(rate, at, window) * (1 + 1e-9)


@pytest.mark.parametrize("window", [0, 1])
def test_the_shortest_windows_are_polled_as_often_as_allowed_when_busy(window: int) -> None:
    learnt, _ = Publisher(every(0.5, -500, 240), window=1).learn(every(0.1, 0, 240))
    assert _seconds(learnt, 240, window) == FLOOR
