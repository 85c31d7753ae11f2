"""Invented feeds for the simulation of polling: when each publishes, what it lists, and on which host it is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DAY = 86_400.0
HOUR = 3_600.0
WEEK_HOURS = 168
START = 1_772_409_600.0  # Monday 2026-03-02 00:00 UTC

Times = npt.NDArray[np.float64]

_ZONES = (-5, 0, 1, 3, 5, 5, 6, 8)
_WINDOWS = (10, 15, 20, 25, 30, 40, 50, 100)
_WINDOW_SHARES = (0.20, 0.12, 0.25, 0.10, 0.10, 0.06, 0.10, 0.07)
_MOST_PER_HOUR = 60.0  # no newsroom publishes more in a burst, unless it always does
_MOST_HISTORY_DAYS = 1_500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedFeed:
    """One feed: all that it ever publishes, and how it lists it."""

    times: Times  # ascending, seconds since 1970
    per_day: float  # usual rate
    window: int
    pinned: int
    is_dated: bool
    host: int

    @property
    def moving(self) -> int:
        """Return the places of the window that are not taken by pinned entries."""
        return self.window - self.pinned


@dataclass(frozen=True, slots=True)
class PollingWorld:
    """The common ground of all feeds: the days simulated, the news that many report, the hosts."""

    days: int
    events: tuple[tuple[float, float, float], ...]  # start, length in seconds, how many times the usual rate
    host_shares: npt.NDArray[np.float64]


def invent_world(draw: np.random.Generator, *, feeds: int, days: int) -> PollingWorld:
    """Return a world with an event for many outlets every six days, and two hosts for five feeds, some large."""
    starts = START + np.sort(draw.uniform(0, days, max(1, days // 6))) * DAY
    events = tuple(
        (float(start), draw.uniform(1, 6) * HOUR, float(np.exp(draw.uniform(np.log(5), np.log(15)))))
        for start in starts
    )
    shares = np.arange(1, max(2, feeds * 2 // 5) + 1) ** -0.6
    return PollingWorld(days, events, shares.cumsum() / shares.sum())


def invent_feeds(draw: np.random.Generator, world: PollingWorld, count: int) -> Iterator[InventedFeed]:
    """Yield feeds: a quarter dormant, the others publish log-normally with a median of four a day."""
    for _ in range(count):
        is_dormant = draw.random() < 0.3
        per_day = (
            float(np.exp(draw.uniform(np.log(0.002), np.log(0.1))))
            if is_dormant
            else min(800.0, 4.0 * float(np.exp(1.5 * draw.standard_normal())))
        )
        window = int(draw.choice(_WINDOWS, p=_WINDOW_SHARES))
        if per_day > 100:
            window = max(window, 20)
        pinned = int(draw.integers(1, 4)) if draw.random() < 0.05 else 0
        history = min(_MOST_HISTORY_DAYS, max(14.0, 1.5 * window / per_day))
        yield InventedFeed(
            times=_times(draw, world, per_day, history),
            per_day=per_day,
            window=window,
            pinned=pinned,
            is_dated=draw.random() > 0.15,
            host=int(np.searchsorted(world.host_shares, draw.random())),
        )


def _week(draw: np.random.Generator) -> Times:
    """Return the share of the week's entries in each of its hours, UTC, Monday first."""
    clock = (np.arange(WEEK_HOURS) + draw.choice(_ZONES)) % WEEK_HOURS
    hour, weekday = clock % 24, clock // 24
    night = draw.uniform(0.01, 0.4)
    first, last = draw.uniform(5, 9), draw.uniform(18, 24)
    rise = 1 / (1 + np.exp(-2 * (hour - first))) * 1 / (1 + np.exp(2 * (hour - last)))
    noon = 1 + draw.uniform(0, 0.8) * np.exp(-(((hour - draw.uniform(9, 15)) / 3) ** 2))
    shape = (night + (1 - night) * rise * noon) * np.where(weekday >= 5, draw.uniform(0.15, 1.0), 1.0)
    return np.asarray(shape / shape.sum())


def _times(draw: np.random.Generator, world: PollingWorld, per_day: float, history: float) -> Times:
    span = history + world.days
    week = _week(draw)
    count = draw.poisson(per_day * span)
    first_week = START - np.ceil(history / 7) * 7 * DAY
    weeks = int(np.ceil((span + 7) / 7)) + 1
    hours = np.searchsorted(week.cumsum(), draw.random(int(count * weeks * 7 / span) + 1))
    usual = first_week + draw.integers(0, weeks, len(hours)) * 7 * DAY + np.minimum(hours, WEEK_HOURS - 1) * HOUR
    usual += draw.uniform(0, HOUR, len(hours))
    parts = [usual, *_bursts(draw, world, per_day)]
    times = np.concatenate(parts)
    if draw.random() < 0.1 and per_day < 50:  # published by hand, several at a time
        times = np.ceil(times / 900) * 900 + np.arange(len(times)) % 7
    times = times[(times >= START - history * DAY) & (times < START + world.days * DAY)]
    return np.sort(times)


def _bursts(draw: np.random.Generator, world: PollingWorld, per_day: float) -> Iterator[Times]:
    """Yield what each burst adds: own ones every twenty days, and the events, each in one feed of six."""
    own = draw.uniform(0, world.days, draw.poisson(world.days / 20)) * DAY + START
    bursts = [(start, draw.uniform(1, 6) * HOUR, float(np.exp(draw.uniform(np.log(5), np.log(30))))) for start in own]
    bursts += [event for event in world.events if draw.random() < 1 / 6]
    per_hour = per_day / 24
    for start, length, times in bursts:
        more = min((times - 1) * per_hour, max(_MOST_PER_HOUR - per_hour, 0.0))
        yield start + draw.uniform(0, length, draw.poisson(more * length / HOUR))
