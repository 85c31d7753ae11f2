"""A month of polling, simulated: ours beside the published rules of others, and how well losses are estimated.

    python -m benchmarks.polling --seed 2

Feeds do not influence each other, so each is played by every rule from its first poll to the end. Ticks, batches and
limits by host of the other systems are left out, which favours them; nothing fails and nobody asks for distance.
Delays are from the moment an entry is listed to the poll that finds it. A feed is busy above 12 entries a day.

Losses are estimated where a poll finds nothing that it knew. Since ours has few of those, every fifth feed is also
polled every three hours. The polls are sorted by the loss estimated and cut into ten equal parts; in each the sums
are compared.
"""

import argparse
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from benchmarks.polling_feeds import DAY, HOUR, START, InventedFeed, PollingWorld, Times, invent_feeds, invent_world
from benchmarks.polling_rules import RULES, Played, Prediction, play_ours

_BUSY_PER_DAY = 12.0
_CHUNK = 250
_RARE_S = 3 * HOUR


@dataclass(slots=True)
class RuleTally:
    """The results of one rule."""

    load: np.typing.NDArray[np.int32]  # polls by host and hour
    polls: int = 0
    items: int = 0
    missed: int = 0
    seconds: float = 0.0
    delays: list[Times] = field(default_factory=list)
    busy_delays: list[Times] = field(default_factory=list)
    predictions: list[Prediction] = field(default_factory=list)

    def add(self, feed: InventedFeed, played: Played) -> None:
        """Count one feed: each entry after the first poll is found by the next one if the window still holds it."""
        polls = np.asarray(played.polls)
        times = feed.times[(feed.times > polls[0]) & (feed.times <= polls[-1])]
        found = np.searchsorted(polls, times)
        later = np.searchsorted(times, polls, "right")[found] - np.arange(len(times))
        seen = later <= feed.moving
        delays = (polls[found] - times)[seen].astype(np.float32)
        self.polls += len(polls)
        self.items += len(times)
        self.missed += len(times) - len(delays)
        self.delays.append(delays)
        if feed.per_day > _BUSY_PER_DAY:
            self.busy_delays.append(delays)
        hours = ((polls - START) // HOUR).astype(np.int64)
        self.load[feed.host] += np.bincount(hours, minlength=self.load.shape[1]).astype(np.int32)
        self.predictions += played.predictions

    def merge(self, other: "RuleTally") -> None:
        """Add what the same rule achieved with other feeds."""
        self.load += other.load
        for name in ("polls", "items", "missed", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("delays", "busy_delays", "predictions"):
            getattr(self, name).extend(getattr(other, name))

    def row(self, name: str, feed_days: int) -> str:
        """Return the line of the table."""
        delays, busy = (np.concatenate(parts) / 60 for parts in (self.delays, self.busy_delays))
        columns = [
            name,
            f"{self.polls / feed_days:.1f}",
            f"{100 * self.missed / self.items:.3f}",
            *(f"{value:.1f}" for value in np.quantile(delays, (0.5, 0.95))),
            *(f"{value:.1f}" for value in np.quantile(busy, (0.5, 0.95))),
            f"{self.load.max()}",
            f"{1e6 * self.seconds / self.polls:.0f}",
        ]
        return f"| {' | '.join(columns)} |"


@dataclass(slots=True)
class PollingOutcome:
    """The results of all rules, and the losses estimated at polls every three hours."""

    tallies: dict[str, RuleTally]
    rare: list[Prediction] = field(default_factory=list)
    rare_undated: list[Prediction] = field(default_factory=list)

    @classmethod
    def empty(cls, world: PollingWorld) -> "PollingOutcome":
        """Return the outcome before any feed was played."""
        shape = len(world.host_shares), world.days * 24
        return cls({name: RuleTally(np.zeros(shape, np.int32)) for name in RULES})

    def merge(self, other: "PollingOutcome") -> None:
        """Add the outcome of other feeds."""
        for name, tally in self.tallies.items():
            tally.merge(other.tallies[name])
        self.rare += other.rare
        self.rare_undated += other.rare_undated


def play_chunk(world: PollingWorld, chunk: tuple[np.random.SeedSequence, int]) -> PollingOutcome:
    """Return the outcome of some feeds; a chunk has a seed of its own, so processes change nothing."""
    seed, count = chunk
    draw, other = (np.random.default_rng(part) for part in seed.spawn(2))
    end = START + world.days * DAY
    outcome = PollingOutcome.empty(world)
    for number, feed in enumerate(invent_feeds(draw, world, count)):
        first = START + other.uniform(0, HOUR)
        for name, rule in RULES.items():
            begun = time.process_time()
            played = rule(feed, first, end, other)
            outcome.tallies[name].seconds += time.process_time() - begun
            outcome.tallies[name].add(feed, played)
        if number % 5 == 0:
            found = play_ours(feed, first, end, other, fixed_s=_RARE_S).predictions
            (outcome.rare if feed.is_dated else outcome.rare_undated).extend(found)
    return outcome


def calibration(predictions: Iterable[Prediction], parts: int = 10) -> list[str]:
    """Return lines of estimated and true loss, for equally many polls each, by estimated loss."""
    table = np.array(sorted(predictions, key=lambda one: one.items))
    lines = []
    for part in np.array_split(table, parts):
        chance, items, missed = part.mean(axis=0)
        ratio = items / missed if missed else float("inf")
        share = (part[:, 2] > 0).mean()
        lines.append(f"| {len(part)} | {items:.2f} | {missed:.2f} | {ratio:.2f} | {chance:.2f} | {share:.2f} |")
    return lines


def _report(outcome: PollingOutcome, feeds: int, days: int) -> Iterable[str]:
    yield (
        "| rule | polls a feed and day | missed % | median min | p95 min | busy: median | busy: p95 "
        "| most polls of a host in an hour | µs of CPU a poll |\n|---|---|---|---|---|---|---|---|---|"
    )
    for name, tally in outcome.tallies.items():
        yield tally.row(name, feeds * days)
    ours = outcome.tallies["Steppewatch"].predictions
    for name, found, parts in (
        ("by Steppewatch", ours, 1),
        ("every three hours, dated", outcome.rare, 10),
        ("every three hours, without dates", outcome.rare_undated, 3),
        ("every three hours, all", outcome.rare + outcome.rare_undated, 10),
    ):
        if len(found) >= parts:
            yield f"\nPolled {name}:\n\n| polls | estimated | true | ratio | chance estimated | share true |"
            yield "\n".join(["|---|---|---|---|---|---|", *calibration(found, parts)])


def main(arguments: Sequence[str] | None = None) -> None:
    """Play all feeds and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    seed = np.random.SeedSequence(options.seed)
    world = invent_world(np.random.default_rng(seed.spawn(1)[0]), feeds=options.feeds, days=options.days)
    sizes = [min(_CHUNK, options.feeds - start) for start in range(0, options.feeds, _CHUNK)]
    outcome = PollingOutcome.empty(world)
    with ProcessPoolExecutor(options.processes) as pool:
        for part in pool.map(partial(play_chunk, world), zip(seed.spawn(len(sizes)), sizes, strict=True)):
            outcome.merge(part)
    print("\n".join(_report(outcome, options.feeds, options.days)))
    print(f"\n{time.monotonic() - begun:.0f} s in {options.processes} processes")


if __name__ == "__main__":
    main()
