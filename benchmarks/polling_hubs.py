"""Simulation of feeds with a hub: polls saved, delays and losses, by how much the hub tells.

The feeds are those of `benchmarks.polling`. A hub tells of an entry a few seconds after it is published, of each, of
some, or of none from the middle on; the feed is polled by the product's own functions.
"""

import argparse
from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from benchmarks.polling import RuleTally
from benchmarks.polling_feeds import DAY, HOUR, START, InventedFeed, invent_feeds, invent_world
from benchmarks.polling_rules import CEILING_S, FLOOR_S, FeedReader, Played
from crawlers.scheduling.hubs import HubTerms, PushedFeed, learn_told, plan_push, with_hub
from crawlers.scheduling.interval import next_interval
from crawlers.scheduling.rate import FeedRate

_JITTER = 0.1
_DELAY_S = (2.0, 30.0)
"""Seconds from publication to push, from and to."""
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def play_with_hub(feed: InventedFeed, pushes: Sequence[float], draw: np.random.Generator, *, end: float) -> Played:
    """Poll a feed as Steppewatch does while its hub pushes at these times."""
    reader = FeedReader(feed)
    first = START + draw.uniform(0, HOUR)
    polls, since = [first], _instant(first)
    known = bisect_right(reader.times, first)
    listing = reader.listing(since, known)
    rate, keys = FeedRate.new().after_first(listing), listing.keys
    told, idle, pushed_at, place = 0, 0, None, bisect_right(pushes, first)
    wish = next_interval(rate, window=len(keys), now=since, floor_s=FLOOR_S, ceiling_s=CEILING_S)
    at = first + wish.seconds
    while True:
        if place < len(pushes) and pushes[place] < min(at, end):
            pushed_at = _instant(pushes[place])
            due = PushedFeed(polled_at=since, next_poll_at=_instant(at), failures=0, floor_s=None, idle_pushes=idle)
            if (sooner := plan_push(due, pushed_at)) is not None:
                at, idle = sooner.timestamp(), idle + 1
            place += 1
            continue
        if at >= end:
            return Played(polls)
        polls.append(at)
        now = _instant(at)
        hub = HubTerms(lease_until=_NEVER, pushed_at=pushed_at)
        out = bisect_right(reader.times, at, known)
        if out == known:
            rate = rate.after_unchanged(since, now)
        else:
            listing, idle = reader.listing(now, out), 0
            fresh = [date for key, date in zip(listing.keys, listing.published, strict=True) if key not in set(keys)]
            told = learn_told(told, hub, fresh, since=since, now=now)
            rate, keys = rate.after_poll(keys, listing, since), listing.keys
        wish = next_interval(rate, window=len(keys), now=now, floor_s=FLOOR_S, ceiling_s=CEILING_S)
        wish = with_hub(wish, hub, told, since=since, now=now, is_unchanged=out == known, floor_s=FLOOR_S)
        spread = wish.seconds * draw.uniform(1 - _JITTER, 1 + _JITTER)
        known, since, at = out, now, at + max(FLOOR_S, min(CEILING_S, spread))


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def main(arguments: Sequence[str] | None = None) -> None:
    """Play all feeds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    draw, other = (np.random.default_rng(part) for part in np.random.SeedSequence(options.seed).spawn(2))
    world = invent_world(draw, feeds=options.feeds, days=options.days)
    end = START + options.days * DAY
    shares = {
        "no hub": 0.0,
        "tells of each": 1.0,
        "of four in five": 0.8,
        "of one in two": 0.5,
        "of each, then none": 1.0,
    }
    shape = len(world.host_shares), options.days * 24
    tallies = {name: RuleTally(np.zeros(shape, np.int32)) for name in shares}
    for feed in invent_feeds(draw, world, options.feeds):
        for name, share in shares.items():
            pushes = feed.times[other.random(len(feed.times)) < share] + other.uniform(*_DELAY_S)
            if name.endswith("none"):
                pushes = pushes[pushes < (START + end) / 2]
            tallies[name].add(feed, play_with_hub(feed, pushes.tolist(), other, end=end))
    print("| hub | polls a feed and day | missed % | median min | p95 min | busy: median | busy: p95 |")
    print("|---|---|---|---|---|---|---|")
    for name, tally in tallies.items():
        columns = tally.row(name, options.feeds * options.days).strip("| ").split(" | ")
        print(f"| {' | '.join(columns[:7])} |")


if __name__ == "__main__":
    main()
