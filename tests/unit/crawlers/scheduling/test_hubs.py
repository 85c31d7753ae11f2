"""Hubs: when they are trusted, what that saves, and when they are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.scheduling.history import FeedHistory
from crawlers.scheduling.hubs import (
    PROOFS,
    SLOWER,
    HubTerms,
    PushedFeed,
    ask_again_at,
    is_trusted,
    learn_told,
    plan_push,
    read_lease,
    renew_at,
)
from crawlers.scheduling.plan import PollLimits, PollPlan, PollResult, plan_poll
from crawlers.scheduling.rate import Listing

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SINCE = NOW - 2 * HOUR
LIMITS = PollLimits(300, 86_400)
KEYS = tuple(range(20))
LIVE = HubTerms(lease_until=NOW + HOUR, pushed_at=NOW - HOUR)
SILENT = HubTerms(lease_until=NOW + HOUR, pushed_at=NOW - 9 * HOUR)
NEW = HubTerms(lease_until=NOW + HOUR)
OVER = HubTerms(lease_until=NOW - MINUTE, pushed_at=NOW - HOUR)

LESSONS: dict[str, tuple[int, HubTerms | None, list[datetime | None], int]] = {
    "told": (1, LIVE, [NOW - HOUR], 2),
    "told, without a date": (0, LIVE, [None], 1),
    "told, but several without dates prove nothing": (3, LIVE, [None, None], 3),
    "told of one, published long after another": (9, LIVE, [NOW - HOUR, NOW - 1.5 * HOUR], 0),
    "told of two at once": (9, LIVE, [NOW - HOUR, NOW - HOUR - 2 * MINUTE], 10),
    "told of one beside an old one that came back": (9, LIVE, [NOW - HOUR, NOW - 9 * HOUR], 10),
    "told of an old entry": (4, LIVE, [NOW - 90 * HOUR], 5),
    "told shortly before the last poll, which did not show it": (
        1, replace(LIVE, pushed_at=SINCE - 5 * MINUTE), [NOW - HOUR], 2,
    ),
    "nothing new": (3, SILENT, [], 3),
    "silent": (9, SILENT, [NOW - HOUR], 0),
    "silent, without dates": (9, SILENT, [None], 0),
    "silent about what was published just now": (9, SILENT, [NOW - MINUTE], 9),
    "silent about one of two": (9, SILENT, [NOW - MINUTE, NOW - HOUR], 0),
    "silent about what is said to come": (9, SILENT, [NOW + 9 * HOUR], 0),
    "never a word": (0, NEW, [NOW - HOUR], 0),
    "lease over": (9, OVER, [NOW - HOUR], 0),
    "lease over, nothing new": (9, OVER, [], 0),
    "no hub any more": (9, None, [NOW - HOUR], 0),
}  # fmt: skip
"""How often it told before, its state, the dates of new entries, and how often it told then."""


@pytest.mark.parametrize("name", LESSONS)
def test_a_hub_is_judged_by_what_polls_find(name: str) -> None:
    told, hub, fresh, then = LESSONS[name]
    assert learn_told(told, hub, fresh, since=SINCE, now=NOW) == then


def test_a_first_poll_judges_no_hub() -> None:
    assert learn_told(0, SILENT, [NOW - HOUR], since=None, now=NOW) == 0


@pytest.mark.parametrize(
    ("hub", "told", "trusted"),
    [
        (LIVE, PROOFS, True),
        (SILENT, PROOFS, True),  # nothing was there to be told
        (LIVE, PROOFS - 1, False),
        (OVER, 99, False),
        (HubTerms(pushed_at=NOW), 99, False),
        (None, 99, False),
    ],
)
def test_trust_needs_a_lease_and_proofs(hub: HubTerms | None, told: int, trusted: bool) -> None:
    assert is_trusted(hub, told, NOW) is trusted


def plan(hub: HubTerms | None, told: int, *, fresh: bool = False, **changes: Any) -> PollPlan:
    published = tuple(NOW - 3 * HOUR * n for n in KEYS)
    first = PollResult(at=SINCE, listing=Listing(at=SINCE, keys=KEYS, published=published))
    learnt = plan_poll(FeedHistory(), first, previous=(), since=None, limits=LIMITS, jitter=0.5).history
    keys = (99, *KEYS[:-1])
    listing = Listing(at=NOW, keys=keys, published=(NOW - HOUR, *published[:-1])) if fresh else None
    result = PollResult(at=NOW, listing=listing, **changes)
    return plan_poll(replace(learnt, told=told), result, previous=KEYS, since=SINCE, limits=LIMITS, jitter=0.5, hub=hub)


def pause(planned: PollPlan) -> float:
    return (planned.at - NOW).total_seconds()


def test_a_feed_whose_hub_tells_is_polled_three_times_more_rarely_and_says_so() -> None:
    usual, slowed = plan(None, 0), plan(SILENT, PROOFS)
    assert pause(slowed) == pytest.approx(SLOWER * pause(usual))
    assert "its hub tells of new ones" in slowed.because
    assert "hub" not in usual.because


def test_polling_is_slowed_up_to_the_ceiling_and_never_stopped() -> None:
    limits = PollLimits(300, 7_200)
    learnt = replace(plan(None, 0).history, told=PROOFS)
    slowed = plan_poll(learnt, PollResult(at=NOW), previous=KEYS, since=SINCE, limits=limits, jitter=0.99, hub=SILENT)
    assert pause(slowed) <= 7_200


def test_a_hub_that_is_silent_about_a_found_entry_saves_nothing_any_more() -> None:
    usual, silent = plan(None, 0, fresh=True), plan(SILENT, 50, fresh=True)
    assert pause(silent) == pause(usual)
    assert silent.history.told == 0
    assert plan(LIVE, 50, fresh=True).history.told == 51


def test_what_a_hub_told_and_the_feed_does_not_show_yet_is_looked_for_once_more() -> None:
    again = plan(LIVE, PROOFS)
    assert pause(again) <= 330
    assert "does not show yet" in again.because
    assert pause(plan(replace(LIVE, pushed_at=SINCE - MINUTE), PROOFS)) > 3_600


def test_a_failing_feed_is_polled_as_without_a_hub() -> None:
    assert pause(plan(LIVE, PROOFS, failure=1.0)) == pause(plan(None, 0, failure=1.0))


def test_the_trust_in_a_hub_is_stored() -> None:
    assert FeedHistory.from_json(FeedHistory(told=3).to_json()).told == 3
    assert FeedHistory.from_json({"told": "x"}).told == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("864000", 864_000),
        (" 3600 ", 3_600),
        ("1", 60),
        ("9" * 17, 366 * 86_400),
        *((text, 86_400) for text in (None, "", "0", "-5", "+5", "1e9", "²", "9" * 5_000, "٣", "a day")),
    ],
)
def test_leases_are_read_within_bounds(text: str | None, seconds: int) -> None:
    assert read_lease(text) == seconds


@given(st.integers(0, 10**18).map(str))
def test_a_lease_is_renewed_before_its_end_unless_it_is_too_short(text: str) -> None:
    lease_s = read_lease(text)
    wait = (renew_at(NOW, lease_s) - NOW).total_seconds()
    assert wait >= 600
    assert wait < lease_s or lease_s <= 800


def test_a_hub_that_does_not_confirm_is_asked_ever_more_rarely() -> None:
    pauses = [(ask_again_at(NOW, failures=n) - NOW).total_seconds() for n in (1, 2, 3, 4, 5, 1_000_000)]
    assert pauses == [3_600, 14_400, 57_600, 230_400, 604_800, 604_800]
    assert ask_again_at(NOW, failures=1, retry_after_s=7_200) == NOW + 2 * HOUR
    assert ask_again_at(NOW, failures=1, retry_after_s=1e12) == NOW + timedelta(days=7)


FEED = PushedFeed(polled_at=SINCE, next_poll_at=NOW + HOUR, failures=0, floor_s=None, idle_pushes=0)
PUSHES: dict[str, tuple[dict[str, Any], datetime | None]] = {
    "polled long ago": ({}, NOW),
    "never polled": ({"polled_at": None}, NOW),
    "polled just now": ({"polled_at": NOW - MINUTE / 3}, NOW + MINUTE * 2 / 3),
    "due already": ({"next_poll_at": NOW - MINUTE}, None),
    "due sooner than it may be": ({"polled_at": NOW, "next_poll_at": NOW + MINUTE / 2}, None),
    "failing": ({"failures": 1}, None),
    "a person's floor": ({"floor_s": 3 * 3_600}, None),
    "a person's short floor": ({"floor_s": 2 * 3_600 + 60}, NOW + MINUTE),
    "idle pushes": ({"polled_at": NOW - MINUTE, "idle_pushes": 3}, NOW + 7 * MINUTE),
    "very many idle pushes": ({"polled_at": NOW, "idle_pushes": 10**9}, None),
}
"""What differs from a feed polled two hours ago and due in one, and when a push has it polled."""


@pytest.mark.parametrize("name", PUSHES)
def test_a_push_has_a_feed_polled_as_soon_as_that_may_be(name: str) -> None:
    changes, at = PUSHES[name]
    assert plan_push(replace(FEED, **changes), NOW) == at
