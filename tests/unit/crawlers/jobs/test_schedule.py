"""When a feed or a page is asked for again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.jobs.schedule import next_check, next_retry

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
MIDDLE = 0.5
"""The jitter that neither shortens nor lengthens."""


def pause(then: datetime) -> float:
    return (then - NOW).total_seconds()


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
    assert pause(next_retry(NOW, failures=2, jitter=MIDDLE, retry_after_s=wish)) == pytest.approx(seconds)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_no_pause_leaves_its_bounds(failures: int, jitter: float) -> None:
    assert 810 <= pause(next_retry(NOW, failures=failures, jitter=jitter)) <= 33 * 86_400


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
