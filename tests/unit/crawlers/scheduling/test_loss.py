"""What may have been missed between two polls is told from overlap, dates and rate."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import Publisher, any_rate, every, hour, listing

from crawlers.scheduling.loss import NO_LOSS, Loss, estimate_loss
from crawlers.scheduling.rate import FeedRate


def _loss(feed: Publisher, polls: list[float]) -> Loss:
    rate, last = feed.learn(polls[:-1])
    return estimate_loss(rate, previous=last.keys, listing=feed.listing(polls[-1]), since=last.at)


@pytest.mark.parametrize("dated", [True, False])
def test_listings_that_join_have_lost_nothing(dated: bool) -> None:
    steady = Publisher(every(1, -100, 500), window=10, dated=dated)
    assert _loss(steady, [*every(2, 0, 100), 109]) == NO_LOSS


@pytest.mark.parametrize("pinned", [0, 2])
def test_dates_tell_how_many_came_in_the_gap(pinned: int) -> None:
    steady = Publisher(every(1, -100, 500), window=10 + pinned, pinned=pinned)
    loss = _loss(steady, [*every(2, 0, 100), 130])
    assert loss.items == pytest.approx(20, rel=0.2)
    assert loss.chance > 0.95


def test_without_dates_the_rate_tells() -> None:
    draw = random.Random(5)
    feed = Publisher([draw.uniform(-100, 500) for _ in range(600)], window=10, dated=False)
    loss = _loss(feed, [*every(2, 0, 100), 130])
    assert 10 < loss.items < 60
    assert loss.chance > 0.7


def test_a_feed_that_keeps_everything_loses_nothing() -> None:
    assert _loss(Publisher(every(1, -50, 500), window=10_000), [0, 100, 400]) == NO_LOSS


def test_all_known_but_pinned_ones_is_a_gap_without_dates_too() -> None:
    feed = Publisher(every(1, -100, 500), window=10, dated=False, pinned=2)
    assert _loss(feed, [*every(2, 0, 100), 140]).items > 5


def test_keys_that_change_at_every_poll_are_no_loss_where_dates_reach_back() -> None:
    times = every(8, -200, 0)
    rate = FeedRate.new().after_first(listing(0, times))
    renamed = listing(8, times, keys=[number + 10**6 for number in range(len(times))])
    assert estimate_loss(rate, previous=listing(0, times).keys, listing=renamed, since=hour(0)) == NO_LOSS


@pytest.mark.parametrize("dated", [True, False])
def test_a_window_of_one_entry_may_lose_any_time(dated: bool) -> None:
    draw = random.Random(5)
    feed = Publisher([draw.uniform(-100, 900) for _ in range(1000)], window=1, dated=dated)
    rare, often = _loss(feed, [*every(4, 0, 400), 412]), _loss(feed, [*every(0.05, 0, 100), 101])
    assert rare.items > 3
    assert 0 <= often.items < 3


def test_an_empty_listing_before_or_after_tells_nothing() -> None:
    some, none = listing(5, [1, 2]), listing(5, [])
    assert estimate_loss(FeedRate.new(), previous=(), listing=some, since=hour(0)) == NO_LOSS
    assert estimate_loss(FeedRate.new(), previous=some.keys, listing=none, since=hour(0)) == NO_LOSS


@given(
    any_rate,
    st.lists(st.integers(0, 9), max_size=8).map(tuple),
    st.lists(st.tuples(st.one_of(st.none(), st.floats(-1e5, 1e5)), st.integers(0, 9)), max_size=8),
    st.floats(-1e5, 1e5),
)
def test_the_estimate_is_always_a_chance_and_a_count(
    rate: FeedRate, previous: tuple[int, ...], entries: list[tuple[float | None, int]], since: float
) -> None:
    found = listing(50, [when for when, _ in entries], [key for _, key in entries])
    loss = estimate_loss(rate, previous=previous, listing=found, since=hour(since))
    assert 0 <= loss.chance <= 1
    assert 0 <= loss.items < 1e13


def test_entries_published_at_once_are_not_taken_for_the_pace_of_the_gap() -> None:
    feed = Publisher([*every(2, -100, 100), *every(0.0005, 100.4, 100.405)], window=10)
    loss = _loss(feed, [*every(0.5, 0, 100), 100.5])
    assert 0 < loss.items < 3


def test_what_was_out_at_the_last_poll_is_no_part_of_the_gap() -> None:
    burst = every(0.02, 60.01, 60.5)
    feed = Publisher([*every(8, -200, 40), *burst], window=10)
    loss = _loss(feed, [*every(0.25, 0, 60), 60.5])
    assert len(burst) - 10 == 15
    # the burst may have begun anywhere in the gap
    assert loss.items == pytest.approx(15 / 2, rel=0.3)


def test_a_burst_that_was_under_way_at_the_last_poll_fills_the_gap() -> None:
    burst = every(0.02, 58.01, 60.75)
    feed = Publisher([*every(8, -200, 40), *burst], window=10)
    loss = _loss(feed, [*every(0.25, 0, 60), 60.25, 60.75])
    assert loss.items == pytest.approx(15, rel=0.25)
