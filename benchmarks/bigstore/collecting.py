"""The rows of collection in a large store: days of feeds, counted outcomes, states of feeds, problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import numpy as np
from sqlalchemy import Connection, select, update

from benchmarks.bigstore.loading import Row
from benchmarks.bigstore.material import Material
from benchmarks.bigstore.plan import DAYS, Plan
from db.enums.outcomes import InputOutcome, PageKind, RequestOutcome, Stage
from db.models import Feed
from db.outcomes import ProblemSeen, record_problems

OUTCOMES = "id, at, stage, source_id, outcome, inputs"
FEED_DAYS = "feed_id, day, polls, failures, changed, listed, fresh, missed, kept_all"
_FAILING = 11
"""Every so manieth outlet fails often."""


def outcome_rows(plan: Plan, material: Material, first: date) -> Iterator[Row]:
    """Yield the counted outcomes of each outlet and day, as the upkeep leaves them: one row for each."""
    outlets = len(material.outlets)
    place = plan.day * outlets + plan.outlet
    size = DAYS * outlets
    copies = np.bincount(place[plan.story != np.arange(len(plan.day))], minlength=size).tolist()
    every, edits = (
        np.bincount(place, minlength=size).tolist(),
        np.bincount(place[plan.is_edited], minlength=size).tolist(),
    )
    number = 0
    for where in range(size):
        day, outlet = divmod(where, outlets)
        articles, failures = every[where], (where * 31 % 7 if outlet % _FAILING == 5 else int(where % 97 == 0))
        at = f"{first + timedelta(days=day)} 00:00:00.000000"
        counts = (
            (Stage.POLL, RequestOutcome.CHANGED, min(articles, 40) + 1),
            (Stage.POLL, RequestOutcome.UNCHANGED, 24),
            (Stage.POLL, RequestOutcome.TIMED_OUT, failures),
            (Stage.FETCH, RequestOutcome.CAPTURED, articles),
            (Stage.FETCH, RequestOutcome.SERVER_ERROR, failures // 2),
            (Stage.PAGE, PageKind.ARTICLE, articles),
            (Stage.UNDERSTAND, InputOutcome.NEW, articles - copies[where]),
            (Stage.UNDERSTAND, InputOutcome.COPY, copies[where]),
            (Stage.UNDERSTAND, InputOutcome.REVISED, edits[where]),
        )
        for stage, outcome, inputs in counts:
            if inputs:
                number += 1
                yield number, at, stage.value, material.outlets[outlet].id, outcome.value, inputs


def feed_day_rows(plan: Plan, material: Material, first: date) -> Iterator[Row]:
    """Yield the days of each feed."""
    outlets = len(material.outlets)
    every = np.bincount(plan.outlet * DAYS + plan.day, minlength=outlets * DAYS).tolist()
    for place, outlet in enumerate(material.outlets):
        for feed in outlet.feeds:
            for day in range(DAYS):
                articles = every[place * DAYS + day] // len(outlet.feeds)
                failures = day * 31 % 7 if place % _FAILING == 5 else 0
                missed = articles * 0.02 if day % 9 == 0 else 0.0
                changed = min(articles, 40) + 1
                yield (
                    feed, f"{first + timedelta(days=day)}", 25 + changed, failures, changed, changed * 20, articles,
                    missed, 0.9 if missed else 1.0,
                )  # fmt: skip


def describe_feeds(conn: Connection, material: Material, last: date, *, seed: int) -> None:
    """Write the state of each feed at the end, and the problems of those that fail."""
    chance = Random(seed)
    now = datetime.combine(last, time(20), UTC)
    problems = []
    for place, outlet in enumerate(material.outlets):
        for feed in outlet.feeds:
            fails = place % _FAILING == 5
            polled = now - timedelta(minutes=chance.randint(1, 90))
            values = {
                "polled_at": polled,
                "succeeded_at": polled - timedelta(days=4) if fails else polled,
                "followed_since": now - timedelta(days=DAYS),
                "changed_at": polled - timedelta(hours=chance.randint(0, 30)),
                "next_poll_at": polled + timedelta(hours=2),
                "last_outcome": RequestOutcome.TIMED_OUT if fails else RequestOutcome.UNCHANGED,
                "last_error": "no response within 30 s" if fails else None,
                "failures": 12 if fails else 0,
                "newest_at": polled - timedelta(hours=1),
                "next_poll_because": "it publishes often",
            }
            conn.execute(update(Feed).where(Feed.id == feed).values(values))
            if fails:
                url = conn.scalar(select(Feed.url).where(Feed.id == feed)) or ""
                problems.append(ProblemSeen(url, "no response within 30 s", outlet.id))
    record_problems(conn, Stage.POLL, problems, at=now)
