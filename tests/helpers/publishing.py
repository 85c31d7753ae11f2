"""Invented feeds for the tests of polling: listings, and rates learnt from them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from crawlers.scheduling.rate import FeedRate, Listing

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday


def hour(hours: float) -> datetime:
    """Return the instant so many hours after the start."""
    return START + timedelta(hours=hours)


def listing(at: float, published: Sequence[float | None], keys: Sequence[int] | None = None) -> Listing:
    """Return a listing at an hour with entries of these hours; without keys, each hour has its own."""
    numbers = keys if keys is not None else [round((when or 0) * 3600) for when in published]
    return Listing(
        at=hour(at), keys=tuple(numbers), published=tuple(None if when is None else hour(when) for when in published)
    )


class Publisher:
    """A feed whose entries are published at given hours, listed newest first."""

    def __init__(self, times: Sequence[float], *, window: int = 20, dated: bool = True, pinned: int = 0) -> None:
        self.times = sorted(times)
        self.window, self.dated, self.pinned = window, dated, pinned

    def listing(self, at: float) -> Listing:
        """Return what the feed lists at this hour."""
        out = [number for number, when in enumerate(self.times) if when <= at][-self.window + self.pinned :][::-1]
        keys = [-1 - number for number in range(self.pinned)] + [number + 1 for number in out]
        dates = [-1000.0] * self.pinned + [self.times[number] for number in out]
        return listing(at, dates if self.dated else [None] * len(dates), keys)

    def learn(self, polls: Sequence[float], rate: FeedRate | None = None) -> tuple[FeedRate, Listing]:
        """Return the rate learnt by polls at these hours, and the last listing."""
        last = self.listing(polls[0])
        learnt = (rate or FeedRate.new()).after_first(last)
        for at in polls[1:]:
            found = self.listing(at)
            if found.keys == last.keys:
                learnt = learnt.after_unchanged(last.at, found.at)
            else:
                learnt = learnt.after_poll(last.keys, found, last.at)
            last = found
        return learnt, last


def every(hours: float, start: float, end: float) -> list[float]:
    """Return the hours from start up to end at a distance."""
    return [start + hours * number for number in range(int((end - start) / hours) + 1)]


numbers = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.none(), st.text(max_size=3), st.lists(st.floats(), max_size=3)
)
rows = st.one_of(numbers, *(st.lists(numbers, min_size=length, max_size=length) for length in (7, 24)))
hostile_json = st.one_of(
    numbers,
    st.dictionaries(st.sampled_from([*FeedRate.new().to_json(), "other"]), rows, max_size=20),
    st.fixed_dictionaries(
        {
            name: st.lists(st.floats(0, 1e9), min_size=len(value), max_size=len(value))
            if isinstance(value, list)
            else st.floats(0, 4e9)
            for name, value in FeedRate.new().to_json().items()
        }
    ),
)
hostile_rates = hostile_json.map(FeedRate.from_json)


@st.composite
def reached_rates(draw: st.DrawFn) -> FeedRate:
    """Return a rate that some sequence of listings, sane or not, leads to."""
    at = 0.0
    rate, last = FeedRate.new(), None
    dates = st.one_of(st.none(), st.floats(-400_000, 400_000))
    for _ in range(draw(st.integers(1, 6))):
        found = listing(
            at,
            published := draw(st.lists(dates, max_size=12)),
            draw(st.lists(st.integers(0, 30), min_size=len(published), max_size=len(published))),
        )
        if last is None:
            rate = rate.after_first(found)
        elif draw(st.booleans()):
            rate = rate.after_unchanged(last.at, found.at)
        else:
            rate = rate.after_poll(last.keys, found, last.at)
        last = found
        at += draw(st.floats(-1, 800))
    return rate


any_rate = st.one_of(hostile_rates, reached_rates())
