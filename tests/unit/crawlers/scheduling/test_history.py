"""The history of a feed: stored and read again, unconditional polls, lying validators, and moves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.scheduling.history import (
    KEYS_MAX,
    WHOLE_EVERY,
    FeedHistory,
    asks_whole,
    is_lying,
    pack_keys,
    unpack_keys,
)
from crawlers.scheduling.moves import learn_move
from crawlers.scheduling.validators import ValidatorsSeen, learn_validators

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
OLD, NEW = "https://c.example/rss", "https://c.example/feed"
RECENT = FeedHistory(whole_at=NOW)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
NAMES = ("rate", "hints", "failures", "conditional", "suspicions", "moved_times", "moved_to", "whole_at", "lying_since")


def test_a_history_comes_back_as_it_was_stored() -> None:
    history = FeedHistory(
        failures=1.75,
        conditional=3,
        whole_at=NOW,
        not_modified_at=NOW,
        suspicions=1,
        lying_since=NOW,
        moved_to=NEW,
        moved_times=2,
    )
    assert FeedHistory.from_json(json.loads(json.dumps(history.to_json()))) == history


@given(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON)))
def test_stored_nonsense_is_an_empty_history_but_never_an_error(stored: object) -> None:
    history = FeedHistory.from_json(stored)
    assert history.failures >= 0
    assert asks_whole(history, NOW) in (True, False)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=50))
def test_keys_come_back_as_they_were_packed(keys: list[int]) -> None:
    assert list(unpack_keys(pack_keys(keys))) == keys


@pytest.mark.parametrize(
    ("packed", "keys"), [(None, 0), (b"", 0), (b"abc", 0), (b"abcde", 1), (b"x" * 1_000_003, KEYS_MAX)]
)
def test_a_damaged_listing_is_read_as_far_as_it_goes(packed: bytes | None, keys: int) -> None:
    assert len(unpack_keys(packed)) == keys


@pytest.mark.parametrize(
    ("history", "whole"),
    [
        pytest.param(FeedHistory(), True, id="never asked"),
        pytest.param(RECENT, False, id="asked whole just now"),
        pytest.param(replace(RECENT, conditional=WHOLE_EVERY - 2), False, id="the last but one"),
        pytest.param(replace(RECENT, conditional=WHOLE_EVERY - 1), True, id="every so many polls"),
        pytest.param(FeedHistory(whole_at=NOW - timedelta(hours=23)), False, id="today"),
        pytest.param(FeedHistory(whole_at=NOW - timedelta(hours=24)), True, id="once a day"),
        pytest.param(replace(RECENT, lying_since=NOW - timedelta(days=29)), True, id="a liar"),
        pytest.param(replace(RECENT, lying_since=NOW - timedelta(days=30)), False, id="forgiven"),
    ],
)
def test_some_polls_are_unconditional(history: FeedHistory, whole: bool) -> None:
    assert asks_whole(history, NOW) is whole


def seen(*, whole: bool = True, **fields: object) -> ValidatorsSeen:
    return ValidatorsSeen(at=NOW, asked_whole=whole, is_not_modified=False, **fields)  # type: ignore[arg-type]


HOUR_AGO = NOW - timedelta(hours=1)
DENIED = replace(RECENT, not_modified_at=HOUR_AGO)
BEFORE, AFTER = HOUR_AGO - timedelta(hours=1), HOUR_AGO + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("history", "poll", "lying"),
    [
        pytest.param(RECENT, seen(same_validators=True, fresh=[None]), True, id="other entries, same validators"),
        pytest.param(RECENT, seen(same_validators=True), False, id="same entries, same validators"),
        pytest.param(RECENT, seen(same_validators=True, fresh=[None], whole=False), False, id="a conditional 200"),
        pytest.param(DENIED, seen(fresh=[BEFORE]), False, id="an entry dated back"),
        pytest.param(replace(DENIED, suspicions=1), seen(fresh=[BEFORE]), True, id="twice"),
        pytest.param(replace(DENIED, suspicions=1), seen(fresh=[AFTER]), False, id="an entry of after the 304"),
        pytest.param(replace(DENIED, suspicions=1), seen(fresh=[None]), False, id="an entry without a date"),
        pytest.param(replace(RECENT, suspicions=1), seen(fresh=[BEFORE]), False, id="no 304 before"),
    ],
)
def test_a_server_that_says_304_although_the_feed_has_changed_is_found_out(
    history: FeedHistory, poll: ValidatorsSeen, lying: bool
) -> None:
    assert is_lying(learn_validators(history, poll), NOW) is lying


def test_an_innocent_poll_clears_a_suspicion() -> None:
    once = learn_validators(DENIED, seen(fresh=[BEFORE]))
    assert once.suspicions == 1
    assert learn_validators(replace(once, not_modified_at=HOUR_AGO), seen(fresh=[AFTER])).suspicions == 0


@given(st.lists(st.booleans(), max_size=60))
def test_no_more_than_nine_conditional_polls_follow_each_other(answers: list[bool]) -> None:
    history, conditional = FeedHistory(), 0
    for not_modified in answers:
        whole = asks_whole(history, NOW)
        conditional = 0 if whole else conditional + 1
        poll = ValidatorsSeen(at=NOW, asked_whole=whole, is_not_modified=not_modified and not whole)
        history = learn_validators(history, poll)
        assert conditional < WHOLE_EVERY


def test_an_address_is_adopted_after_three_polls_that_lead_there() -> None:
    history, adopted = FeedHistory(), []
    for moved_to in (NEW, NEW, NEW):
        history, found = learn_move(history, OLD, moved_to)
        adopted.append(found)
    assert adopted == [None, None, NEW]
    assert (history.moved_to, history.moved_times) == (None, 0)


@pytest.mark.parametrize("other", [None, OLD, "https://c.example/other"], ids=["none", "back", "elsewhere"])
def test_one_other_answer_starts_the_count_again(other: str | None) -> None:
    history = FeedHistory()
    for moved_to in (NEW, NEW, other, NEW, NEW):
        history, found = learn_move(history, OLD, moved_to)
        assert found is None
