"""The plan of the next poll: the publisher's floors, failures, and the limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.jobs.grades import HARD, SOFT, TEMPORARY, grade_of_failure
from crawlers.scheduling.hints import FeedHints
from crawlers.scheduling.history import FeedHistory
from crawlers.scheduling.plan import MAX_PAUSE, PollLimits, PollPlan, PollResult, plan_poll, span
from crawlers.scheduling.rate import Listing
from db.enums.outcomes import RequestOutcome

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
LIMITS = PollLimits(300, 86_400)
KEYS = tuple(range(20))


def plan(
    history: FeedHistory | None = None, jitter: float = 0.0, limits: PollLimits = LIMITS, **result: Any
) -> PollPlan:
    return plan_poll(
        history or busy(),
        PollResult(at=NOW, **result),
        previous=KEYS,
        since=NOW - timedelta(minutes=10),
        limits=limits,
        jitter=jitter,
    )


def busy() -> FeedHistory:
    """Return the history of a feed with an entry every six minutes."""
    published = tuple(NOW - timedelta(minutes=6 * n) for n in KEYS)
    first = PollResult(at=NOW, listing=Listing(at=NOW, keys=KEYS, published=published))
    return plan_poll(FeedHistory(), first, previous=(), since=None, limits=LIMITS, jitter=0.5).history


def pause(planned: PollPlan) -> float:
    return (planned.at - NOW).total_seconds()


FLOORS = {
    "max-age": ({"fresh_for_s": 14_400.0}, FeedHints(), 14_400, "Cache-Control"),
    "ttl": ({}, FeedHints(pause_s=14_400.0), 14_400, "ttl"),
    "ttl of the feed just read": ({"hints": FeedHints(pause_s=7_200.0)}, FeedHints(), 7_200, "ttl"),
    "a shorter ttl replaces": ({"hints": FeedHints(pause_s=3_600.0)}, FeedHints(pause_s=9e4), 3_600, "ttl"),
    "the longer of two": ({"fresh_for_s": 7_200.0}, FeedHints(pause_s=14_400.0), 14_400, "ttl"),
    "a year by mistake": ({"fresh_for_s": 31_536_000.0}, FeedHints(), 86_400, "Cache-Control"),
    "Retry-After": ({"failure": TEMPORARY, "retry_after_s": 50_000.0}, FeedHints(), 50_000, "Retry-After"),
    "Retry-After of a week": ({"failure": TEMPORARY, "retry_after_s": 604_800.0}, FeedHints(), 604_800, "Retry-After"),
}


@pytest.mark.parametrize("name", FLOORS)
@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_no_poll_comes_before_the_publishers_floor(name: str, jitter: float) -> None:
    result, stored, seconds, word = FLOORS[name]
    planned = plan(replace(busy(), hints=stored), jitter, **result)
    assert seconds <= pause(planned) <= seconds * 1.1
    assert word in planned.because


def test_without_a_floor_a_busy_feed_is_polled_soon() -> None:
    assert 300 <= pause(plan()) <= 1_200


def test_hints_of_the_last_feed_hold_when_nothing_was_read_since() -> None:
    read = plan(hints=FeedHints(pause_s=14_400.0), listing=Listing(at=NOW, keys=KEYS, published=(NOW,) * 20))
    assert pause(plan(read.history)) >= 14_400


def test_a_poll_moves_out_of_skipped_hours() -> None:
    planned = plan(replace(busy(), hints=FeedHints(skip_hours=frozenset({12, 13, 14}))))
    assert planned.at.hour == 15
    assert "skip" in planned.because


@pytest.mark.parametrize(
    ("outcome", "status", "grade"),
    [
        (RequestOutcome.UNREACHABLE, 0, TEMPORARY),
        (RequestOutcome.TIMED_OUT, 0, TEMPORARY),
        (RequestOutcome.THROTTLED, 429, TEMPORARY),
        (RequestOutcome.THROTTLED, 403, TEMPORARY),
        (RequestOutcome.SERVER_ERROR, 503, TEMPORARY),
        (RequestOutcome.SERVER_ERROR, 500, SOFT),
        (RequestOutcome.MISSING, 404, SOFT),
        (RequestOutcome.BROKEN, 0, SOFT),
        (RequestOutcome.UNREADABLE, 200, SOFT),
        (RequestOutcome.CERTIFICATE, 0, SOFT),
        (RequestOutcome.FORBIDDEN, 403, HARD),
        (RequestOutcome.GONE, 410, HARD),
        (RequestOutcome.NOT_A_FEED, 200, HARD),
        (RequestOutcome.ROBOTS, 0, HARD),
    ],
)
def test_a_failure_counts_by_how_soon_it_heals(outcome: RequestOutcome, status: int, grade: float) -> None:
    assert grade_of_failure(outcome, status) == grade


@pytest.mark.parametrize("grade", [TEMPORARY, SOFT, HARD])
def test_the_pause_grows_linearly_with_the_failures_up_to_the_ceiling_and_never_stops(grade: float) -> None:
    usual, history, pauses = pause(plan(jitter=0.5)), busy(), []
    for _ in range(2_000):
        planned = plan(history, 0.5, failure=grade)
        history, pauses = planned.history, [*pauses, pause(planned)]
    expected = [min(usual * max(1.0, grade * n), 86_400) for n in range(1, 2_001)]
    assert pauses == pytest.approx(expected, rel=0.01)
    assert pauses[-1] == pytest.approx(86_400, rel=0.01)


def test_a_success_forgets_all_failures() -> None:
    failed = plan(failure=HARD).history
    assert (failed.failures, plan(failed).history.failures) == (1.0, 0.0)


def test_a_failure_teaches_nothing_about_publication() -> None:
    assert plan(failure=HARD).history.rate == busy().rate


RESULTS = st.fixed_dictionaries(
    {},
    optional={
        "failure": st.sampled_from([TEMPORARY, SOFT, HARD]),
        "fresh_for_s": st.floats(0, 1e9),
        "retry_after_s": st.floats(0, 31 * 86_400.0),
        "hints": st.builds(
            FeedHints,
            pause_s=st.none() | st.floats(1, 1e9),
            skip_hours=st.frozensets(st.integers(0, 23), max_size=23),
            skip_days=st.frozensets(st.integers(0, 6), max_size=6),
        ),
    },
)


@given(RESULTS, st.floats(0, 0.999), st.floats(1, 2_592_000), st.floats(0, 2_592_000), st.floats(0, 20_000))
def test_a_poll_is_always_planned_within_bounds(
    result: dict[str, Any], jitter: float, floor_s: float, more_s: float, failures: float
) -> None:
    limits = PollLimits(floor_s, floor_s + more_s)
    planned = plan(replace(busy(), failures=failures), jitter, limits, **result)
    assert NOW + timedelta(seconds=floor_s * 0.999) <= planned.at <= NOW + MAX_PAUSE
    assert planned.because


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 s"), (90, "1.5 min"), (900, "15 min"), (14_400, "4 h"), (86_400, "24 h"), (604_800, "7 days")],
)
def test_a_length_of_time_is_said_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words
