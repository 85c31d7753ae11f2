"""Rate and rhythm of a feed are learnt from its listings."""

import json
import math
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from publishing import Publisher, any_rate, every, hostile_json, hour, listing

from crawlers.scheduling.rate import FeedRate, Listing


def test_the_first_window_shows_the_rate() -> None:
    learnt, _ = Publisher(every(2, -200, 0), window=30).learn([0])
    assert learnt.per_day == pytest.approx(12, rel=0.1)
    assert learnt.expected_items(hour(0), hour(24)) == pytest.approx(12, rel=0.25)


def test_a_pinned_entry_of_old_does_not_stretch_the_first_window() -> None:
    learnt, _ = Publisher(every(2, -200, 0), window=30, pinned=1).learn([0])
    assert learnt.per_day == pytest.approx(12, rel=0.1)


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("per_day", [1, 6, 48])
def test_polls_show_the_rate(dated: bool, per_day: int) -> None:
    draw = random.Random(7)
    times = [draw.uniform(-240, 24 * 40) for _ in range(per_day * 50)]
    learnt, _ = Publisher(times, dated=dated).learn(every(min(4, 120 / per_day), 0, 24 * 40))
    assert learnt.per_day == pytest.approx(per_day, rel=0.35)


@pytest.mark.parametrize("dated", [True, False])
def test_nights_and_weekends_are_learnt(dated: bool) -> None:
    days = [day for day in range(-14, 42) if day % 7 < 5]
    times = [24 * day + at for day in days for at in every(0.5, 6, 18)]
    learnt, _ = Publisher(times, dated=dated).learn(every(1, 0, 24 * 42))
    monday = 24 * 42
    noon, night = (learnt.expected_items(hour(monday + at), hour(monday + at + 1)) for at in (12, 1))
    sunday = learnt.expected_items(hour(monday + 156), hour(monday + 157))
    assert noon > 1.2
    assert night < 0.25
    assert sunday < 0.7 * noon
    assert learnt.expected_items(hour(monday), hour(monday + 168)) == pytest.approx(125, rel=0.25)


def test_a_burst_is_noticed_and_forgotten() -> None:
    calm = every(4, -400, 400)
    burst = every(0.05, 300, 301)
    learnt, last = Publisher([*calm, *burst]).learn([*every(1, 0, 300), 300.5])
    assert learnt.recent_items(last.at.timestamp()) > 6
    assert learnt.recent_items(last.at.timestamp() + 6 * 3600) < 0.1


def test_the_gap_of_a_poll_without_overlap_is_not_counted() -> None:
    steady = Publisher(every(1, -100, 300), window=10)
    learnt, _ = steady.learn(every(40, 0, 280))
    assert learnt.per_day == pytest.approx(24, rel=0.25)


def test_without_dates_more_is_counted_than_a_window_holds_if_each_poll_has_a_gap() -> None:
    feed = Publisher(every(0.1, -24, 24 * 30), window=10, dated=False)
    learnt, _ = feed.learn(every(3, 0, 24 * 30))
    assert 1.2 * 80 < learnt.per_day < 240, "ten in three hours are listed, thirty are published"


def test_without_dates_a_single_gap_counts_little_more_than_what_is_listed() -> None:
    feed = Publisher([*every(12, -200, 400), *every(0.05, 100, 102)], window=10, dated=False)
    calm, _ = Publisher(every(12, -200, 400), window=10, dated=False).learn(every(6, 0, 240))
    learnt, _ = feed.learn(every(6, 0, 240))
    assert calm.per_day < learnt.per_day < calm.per_day + 2


def test_keys_that_change_at_every_poll_are_no_new_entries() -> None:
    times = every(8, -200, 0)
    rate = FeedRate.new().after_first(listing(0, times))
    previous = listing(0, times)
    for poll in range(1, 48):
        found = listing(poll, times, keys=[poll * 1000 + number for number in range(len(times))])
        rate = rate.after_poll(previous.keys, found, previous.at)
        previous = found
    assert rate.per_day < 3


def test_the_newest_date_is_kept() -> None:
    learnt, _ = Publisher([-3, -2, -1, 4, 5]).learn([0, 6])
    assert learnt.newest == hour(5).timestamp()


@pytest.mark.parametrize(
    "published",
    [
        [None] * 5,
        [datetime(1970, 1, 1, tzinfo=UTC)] * 5,
        [datetime(2099, 1, 1, tzinfo=UTC)] * 5,
        [hour(-1)] * 5,
        [],
    ],
)
def test_nonsense_dates_tell_nothing(published: list[datetime | None]) -> None:
    keys = tuple(range(len(published)))
    rate = FeedRate.new().after_first(Listing(at=hour(0), keys=keys, published=tuple(published)))
    assert rate.per_day == FeedRate.new().per_day


def test_json_is_short_and_keeps_the_rate() -> None:
    draw = random.Random(3)
    learnt, _ = Publisher([draw.uniform(-240, 960) for _ in range(50 * 100)], window=60).learn(every(0.3, 0, 960))
    stored = json.dumps(learnt.to_json(), separators=(",", ":"))
    assert len(stored) < 1024
    read = FeedRate.from_json(json.loads(stored))
    assert read.to_json() == learnt.to_json()
    assert read.expected_items(hour(960), hour(970)) == pytest.approx(
        learnt.expected_items(hour(960), hour(970)), rel=0.01
    )


@given(hostile_json)
def test_any_json_gives_a_rate(mapping: object) -> None:
    rate = FeedRate.from_json(mapping)
    assert 0 < rate.per_day < math.inf
    assert FeedRate.from_json(json.loads(json.dumps(rate.to_json()))).to_json() == rate.to_json()


@given(any_rate)
def test_expected_items_are_finite_and_grow_with_the_span(rate: FeedRate) -> None:
    first, both = rate.expected_items(hour(0), hour(5)), rate.expected_items(hour(0), hour(400))
    assert 0 < first < both < math.inf
    assert rate.expected_items(hour(5), hour(0)) == 0


@given(any_rate)
def test_any_rate_takes_further_polls(rate: FeedRate) -> None:
    found = listing(5, [1, 2, 3])
    for later in (rate.after_poll((), found, hour(0)), rate.after_unchanged(hour(0), hour(9)), rate.after_first(found)):
        assert 0 < later.per_day < math.inf
        assert len(json.dumps(later.to_json(), separators=(",", ":"))) < 1024
