"""When a feed or a page is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.jobs.schedule import PollPolicy, next_check, next_poll, next_retry, retry_after_s

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
POLICY = PollPolicy(every_s=900, at_least_every_s=86_400)
MIDDLE = 0.5
"""The jitter that neither shortens nor lengthens."""


def pause(then: datetime) -> float:
    return (then - NOW).total_seconds()


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 900), (1, 1_800), (2, 3_600), (6, 57_600), (7, 86_400), (8, 86_400), (10_000, 86_400)],
)
def test_a_failing_feed_is_polled_ever_more_rarely_but_never_not_at_all(failures: int, seconds: float) -> None:
    assert pause(next_poll(NOW, POLICY, failures=failures, jitter=MIDDLE)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        pytest.param(None, 1_800, id="no wish"),
        pytest.param(60.0, 1_800, id="a shorter wish does not count"),
        pytest.param(7_200.0, 7_200, id="a longer one does"),
        pytest.param(3 * 86_400.0, 3 * 86_400, id="even beyond our own longest pause"),
        pytest.param(1e12, 31 * 86_400, id="but not for ever"),
    ],
)
def test_what_the_server_asks_for_is_honoured(wish: float | None, seconds: float) -> None:
    assert pause(next_poll(NOW, POLICY, failures=1, jitter=MIDDLE, retry_after_s=wish)) == pytest.approx(seconds)
    assert pause(next_retry(NOW, failures=2, jitter=MIDDLE, retry_after_s=wish)) == pytest.approx(seconds)


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.floats(1, 1e6), st.floats(1, 1e6))
def test_no_pause_leaves_its_bounds(failures: int, jitter: float, every_s: float, cap_s: float) -> None:
    seconds = pause(next_poll(NOW, PollPolicy(every_s, cap_s), failures=failures, jitter=jitter))
    assert 0.9 * min(every_s, cap_s) - 1e-3 <= seconds <= max(every_s, cap_s) + 1e-3


@given(st.floats(0, 1, exclude_max=True))
def test_the_draw_moves_a_pause_by_a_tenth(jitter: float) -> None:
    assert 810 <= pause(next_poll(NOW, POLICY, failures=0, jitter=jitter)) <= 990


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        pytest.param(timedelta(0), 900, id="just changed"),
        pytest.param(timedelta(hours=2, minutes=59), 900, id="three hours"),
        pytest.param(timedelta(hours=3), 3_600, id="after that hourly"),
        pytest.param(timedelta(days=1), 12 * 3_600, id="after a day"),
        pytest.param(timedelta(days=7), 3 * 86_400, id="after a week"),
        pytest.param(timedelta(days=30), 30 * 86_400, id="after a month"),
        pytest.param(timedelta(days=365), None, id="after a year no more"),
        pytest.param(-timedelta(hours=1), 900, id="a clock that went back"),
    ],
)
def test_pages_are_looked_at_again_at_growing_intervals(age: timedelta, seconds: float | None) -> None:
    then = next_check(NOW, last_change=NOW - age, jitter=MIDDLE)
    assert (pause(then) if then else None) == (pytest.approx(seconds) if seconds else None)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 900), (2, 1_800), (5, 14_400), (100, 30 * 86_400)])
def test_a_page_that_cannot_be_had_is_asked_for_ever_more_rarely(failures: int, seconds: float) -> None:
    assert pause(next_retry(NOW, failures=failures, jitter=MIDDLE)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("120", 120, id="seconds"),
        pytest.param(" 120 ", 120, id="spaces"),
        pytest.param("Thu, 06 Jan 2022 13:00:00 GMT", 3_600, id="date"),
        pytest.param("Thursday, 06-Jan-22 13:00:00 GMT", 3_600, id="date of RFC 850"),
        pytest.param("Thu Jan  6 13:00:00 2022", 3_600, id="date of asctime"),
        pytest.param("Thu, 06 Jan 2022 11:00:00 GMT", None, id="date gone by"),
        pytest.param("0", None, id="zero"),
        pytest.param("-5", None, id="negative"),
        pytest.param("9" * 400, 31 * 86_400, id="eternity"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", 31 * 86_400, id="the end of time"),
        pytest.param("soon", None, id="words"),
        pytest.param("²", None, id="a digit that is none"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_retry_after_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


@given(st.text(max_size=60))
def test_any_retry_after_is_understood_or_ignored(header: str) -> None:
    seconds = retry_after_s(header, NOW)
    assert seconds is None or 0 < seconds <= 31 * 86_400
