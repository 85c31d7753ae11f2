"""When a burst begins: after a week of usual days; how long it goes on changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from worker.coverage.stats.bursts import DayJudgement
from worker.matching.burst import LONGEST, find_burst

DAY = date(2022, 3, 20)
UNUSUAL, FEW, USUAL = DayJudgement(1, 9, 1.0, 1e-6), DayJudgement(1, 2, 0.01, 1e-6), DayJudgement(1, 3, 2.5, 0.4)


@pytest.mark.parametrize(
    ("days_ago", "began"),
    [
        ({0}, 0),
        ({0, 1, 2}, 2),
        ({0, 3, 9}, 9),
        ({0, 8}, 0),
        ({1}, None),
        (set(range(200)), LONGEST),
    ],
)
def test_the_first_day_of_a_burst(days_ago: set[int], began: int | None) -> None:
    unusual = {DAY - timedelta(days=days) for days in days_ago}
    found = find_burst(lambda day: UNUSUAL if day in unusual else USUAL, DAY)
    assert (found and (DAY - found.since).days) == began


@pytest.mark.parametrize("judged", [None, FEW, USUAL])
def test_no_burst(judged: DayJudgement | None) -> None:
    assert find_burst(lambda day: judged, DAY) is None
