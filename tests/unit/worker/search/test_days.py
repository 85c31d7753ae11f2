"""What people call a day, a month, a year, and the days before today."""

from __future__ import annotations

from datetime import date

import pytest

from worker.search.days import FORMS, NoDay, parse_days

TODAY = date(2022, 3, 1)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2022-01-05", "2022-01-05", "2022-01-05"),
        ("2022-1-5", "2022-01-05", "2022-01-05"),
        ("2022-01", "2022-01-01", "2022-01-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2022-12", "2022-12-01", "2022-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("2022", "2022-01-01", "2022-12-31"),
        ("today", "2022-03-01", "2022-03-01"),
        (" Yesterday ", "2022-02-28", "2022-02-28"),
        ("90d", "2021-12-01", "2021-12-01"),
        ("90D", "2021-12-01", "2021-12-01"),
        ("90", "2021-12-01", "2021-12-01"),
        ("0d", "2022-03-01", "2022-03-01"),
        ("1000d", "2019-06-05", "2019-06-05"),
    ],
)
def test_what_is_a_day(written: str, first: str, last: str) -> None:
    assert parse_days(written, lambda: TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "written",
    ["", "1 January", "2022-02-30", "2022-13", "2022-00", "0000", "20220105", "2022-01-05T10:00", "-5d", "d", "5w",
     "999999d", "२०२२", "2022-01-", "tomorrow"],
)  # fmt: skip
def test_what_is_none_is_answered_with_the_forms(written: str) -> None:
    with pytest.raises(NoDay) as caught:
        parse_days(written, lambda: TODAY)
    assert str(caught.value) == f"{written!r} is not a day: use {FORMS}"
