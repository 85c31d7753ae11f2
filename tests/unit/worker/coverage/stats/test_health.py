"""A day's health: failing polls, a crawler that stood still, pages out of reach, silence against habit."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.coverage.stats.health import Collected, DayHealth, complete, health_by_day

DAY = date(2022, 1, 26)  # a Wednesday
TODAY = date(2022, 2, 20)
WHOLE = Collected(polls=96, fetches=10, articles=10)


def month(last: Collected, *, usual: Collected = WHOLE) -> dict[tuple[str, date], Collected]:
    past = {("post", DAY - timedelta(days=back)): usual for back in range(1, 29)}
    return past | {("post", DAY): last}


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        pytest.param(WHOLE, None, id="whole"),
        pytest.param(Collected(polls=4, articles=10), None, id="fewer polls are no fault"),
        pytest.param(Collected(polls=4, polls_failed=4, articles=10), None, id="half of the polls succeeded"),
        pytest.param(Collected(polls=4, polls_failed=5, articles=10), "polls", id="most polls failed"),
        pytest.param(Collected(polls_failed=3), "polls", id="all polls failed"),
        pytest.param(Collected(polls=96, articles=10, fresh=10, missed=1.5), "loss", id="entries came and went"),
        pytest.param(Collected(polls=96, articles=10, fresh=10, missed=0.9), None, id="less than one of them"),
        pytest.param(Collected(polls=96, articles=10, fresh=90, missed=5.0), None, id="less than a tenth of them"),
        pytest.param(Collected(), "polls", id="the crawler stood still"),
        pytest.param(Collected(polls=96, fetches=2, fetches_failed=3, articles=2), "fetches", id="pages out of reach"),
        pytest.param(Collected(polls=96, pages=1, pages_failed=4, articles=2), "pages", id="pages without articles"),
        pytest.param(Collected(polls=96, pages=4, pages_failed=4, articles=2), None, id="half of them are articles"),
        pytest.param(Collected(polls=96, pages_failed=3, articles=2), None, id="too few pages to tell"),
        pytest.param(Collected(polls=96), "silent", id="not a word"),
        pytest.param(Collected(polls=96, articles=1), None, id="one word is not silence"),
    ],
)
def test_why_a_day_is_impaired(last: Collected, reason: str | None) -> None:
    health = health_by_day(month(last), [DAY], today=TODAY)[DAY]
    assert health.watched == 1
    assert dict(health.impaired) == ({"post": reason} if reason else {})
    assert health.alive == (0.0 if reason else 1.0)


def test_an_outlet_that_prints_little_may_be_silent() -> None:
    little = Collected(polls=96, articles=2)
    assert health_by_day(month(Collected(polls=96), usual=little), [DAY], today=TODAY)[DAY].alive == 1.0


def test_silence_on_a_sunday_is_judged_by_weekends() -> None:
    sunday = DAY - timedelta(days=3)
    past = {
        ("post", sunday - timedelta(days=back)): Collected(
            polls=96, articles=0 if (sunday - timedelta(days=back)).weekday() >= 5 else 20
        )
        for back in range(1, 29)
    }
    health = health_by_day(past | {("post", sunday): Collected(polls=96)}, [sunday], today=TODAY)
    assert health[sunday].alive == 1.0


def test_today_is_not_over() -> None:
    assert health_by_day(month(Collected(polls=3)), [DAY], today=DAY)[DAY].alive == 1.0
    assert health_by_day(month(Collected(polls_failed=3)), [DAY], today=DAY)[DAY].alive == 0.0


def test_who_is_watched() -> None:
    collected = month(WHOLE) | {("archive", DAY): Collected(articles=50)}
    days = [DAY - timedelta(days=40), DAY, DAY + timedelta(days=1), TODAY + timedelta(days=1)]
    health = health_by_day(collected, days, today=TODAY)
    assert [health[day].watched for day in days] == [0, 1, 1, 0]
    assert health[days[0]].alive is None
    given_up = health_by_day(collected, days, today=TODAY, given_up={"post": DAY})
    assert [given_up[day].watched for day in days] == [0, 1, 0, 0]


def plainly(collected: dict[tuple[str, date], Collected], day: date) -> str | None:
    """Return why `post` was impaired on a day that is over, as the rules are written down."""
    days = {on: tried for (_, on), tried in collected.items()}
    first = min((on for on, tried in days.items() if tried.polls or tried.polls_failed), default=day)
    month = [day - timedelta(days=back) for back in range(1, 29) if day - timedelta(days=back) >= first]
    past = [(on.weekday() >= 5, days.get(on, Collected())) for on in month]
    tried = days.get(day, Collected())
    alike = [other.articles for weekend, other in past if weekend == (day.weekday() >= 5)]
    if tried.polls_failed > tried.polls or (past and not tried.polls and median(other.polls for _, other in past) >= 2):
        return "polls"
    if tried.fetches + tried.fetches_failed >= 4 and tried.fetches_failed > tried.fetches:
        return "fetches"
    return "silent" if not tried.articles and alike and exp(-fmean(alike)) < 0.001 else None


TRIED = st.builds(
    Collected,
    polls=st.integers(0, 6),
    polls_failed=st.integers(0, 6),
    fetches=st.integers(0, 6),
    fetches_failed=st.integers(0, 6),
    articles=st.sampled_from([0, 0, 5, 12, 30]),
)


@given(st.lists(st.none() | TRIED, min_size=1, max_size=90))
def test_every_day_is_judged_by_the_four_weeks_before_it(history: list[Collected | None]) -> None:
    days = [DAY + timedelta(days=number) for number in range(len(history))]
    collected = {("post", day): tried for day, tried in zip(days, history, strict=True) if tried is not None}
    health = health_by_day(collected, days, today=days[-1] + timedelta(days=1))
    for day in days:
        if health[day].watched:
            assert health[day].impaired.get("post") == plainly(collected, day)


@pytest.mark.parametrize(
    ("last", "share"),
    [
        pytest.param(WHOLE, 1.0, id="whole"),
        pytest.param(Collected(polls=96, articles=2), 1.0, id="little was printed, and all of it seen"),
        pytest.param(Collected(polls_failed=3), 0.0, id="nothing was seen"),
        pytest.param(Collected(polls=4, polls_failed=9, articles=4), 0.4, id="most polls failed"),
        pytest.param(Collected(polls=96, articles=10, fresh=10, missed=0.5), 10 / 10.5, id="half an entry, expected"),
        pytest.param(Collected(polls=96, articles=6, fresh=6, missed=2.0), 6 / 8, id="entries came and went"),
        pytest.param(Collected(polls=96, fetches=2, fetches_failed=3, articles=3), 0.3, id="pages out of reach"),
        pytest.param(Collected(polls=4, polls_failed=9, articles=12), 1.0, id="more than usual all the same"),
    ],
)
def test_a_day_is_as_complete_as_its_articles_are_many_by_habit(last: Collected, share: float) -> None:
    assert complete([health_by_day(month(last), [DAY], today=TODAY)[DAY]]) == pytest.approx(share)


def test_days_and_outlets_are_complete_together_by_their_articles() -> None:
    collected = month(Collected(polls_failed=3)) | {
        ("blog", day): Collected(polls=96, articles=30) for _, day in month(WHOLE)
    }
    days = health_by_day(collected, [DAY - timedelta(days=1), DAY], today=TODAY).values()
    assert complete(days) == pytest.approx((40 + 30) / (40 + 40))
    assert complete(days, "blog") == 1.0
    assert complete(days, "post") == 0.5


def test_nothing_is_known_of_a_day_that_is_not_over() -> None:
    assert complete([health_by_day(month(WHOLE), [DAY], today=DAY)[DAY]]) is None


def test_nothing_is_known_of_an_outlet_that_never_was_whole() -> None:
    collected = {("post", DAY - timedelta(days=back)): Collected(polls_failed=3) for back in range(5)}
    assert complete(health_by_day(collected, [DAY], today=TODAY).values()) is None


def test_a_long_failure_does_not_become_the_habit() -> None:
    collected = month(WHOLE) | {("post", DAY - timedelta(days=back)): Collected(polls_failed=3) for back in range(10)}
    assert complete(health_by_day(collected, [DAY], today=TODAY).values()) == 0.0


def test_nothing_is_known_where_nobody_was_watched() -> None:
    assert complete([DayHealth()]) is None
    assert complete(health_by_day(month(WHOLE), [DAY], today=TODAY).values(), "blog") is None


def test_an_outlet_that_printed_nothing_and_was_whole_is_complete() -> None:
    quiet = {("post", DAY - timedelta(days=back)): Collected(polls=96) for back in range(29)}
    assert complete(health_by_day(quiet, [DAY], today=TODAY).values()) == 1.0


@given(
    st.lists(
        st.builds(
            Collected, polls=st.integers(0, 20), polls_failed=st.integers(0, 9), articles=st.integers(0, 20),
            fetches=st.integers(0, 9), fetches_failed=st.integers(0, 9),
        ),
        min_size=1, max_size=40,
    )
)  # fmt: skip
def test_a_share_is_a_share_and_only_impaired_days_lack_anything(history: list[Collected]) -> None:
    days = [DAY + timedelta(days=number) for number in range(len(history))]
    health = health_by_day({("post", day): tried for day, tried in zip(days, history, strict=True)}, days, today=TODAY)
    share = complete(health.values())
    assert share is None or 0.0 <= share <= 1.0
    assert all(
        day.missed.keys() <= day.impaired.keys() and day.missed.keys() <= day.seen.keys() for day in health.values()
    )
