"""Alarms about outlets that answer: collecting nothing, stale, another volume, short texts, suspect pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.coverage.stats.alarms import OutletDay, OutletRecord, find_alarms

NOW = datetime(2022, 1, 31, 12, tzinfo=UTC)


def days(count: int, fresh: int, articles: int | None = None, *, polls: int = 90) -> tuple[OutletDay, ...]:
    return (OutletDay(polls=polls, fresh=fresh, articles=fresh if articles is None else articles),) * count


SOUND = OutletRecord(
    recent=days(7, 10),
    habit=days(28, 10),
    newest_at=NOW,
    texts=70,
    mean_text=3_000,
    usual_text=3_100,
    pages=200,
    suspect=2,
)


def alarms(record: OutletRecord) -> list[str]:
    return [alarm.sentence for alarm in find_alarms(record, now=NOW)]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(SOUND, id="all as usual"),
        pytest.param(OutletRecord(recent=(), habit=()), id="never polled"),
        pytest.param(OutletRecord(recent=days(2, 3), habit=()), id="new"),
        pytest.param(replace(SOUND, recent=days(7, 0, polls=0), newest_at=NOW - timedelta(days=90)), id="out of reach"),
        pytest.param(replace(SOUND, recent=days(7, 15)), id="half as much again"),
        pytest.param(replace(SOUND, recent=days(7, 0), habit=days(28, 0), newest_at=None), id="always silent"),
        pytest.param(
            replace(SOUND, recent=(*days(6, 10), OutletDay(polls=90, fresh=60, articles=60))), id="a day of much news"
        ),
        pytest.param(replace(SOUND, texts=9, mean_text=100), id="few short texts"),
        pytest.param(replace(SOUND, pages=9, suspect=9), id="few pages"),
        pytest.param(replace(SOUND, recent=days(7, 1, 0)), id="few entries, no article"),
    ],
)
def test_no_alarm(record: OutletRecord) -> None:
    quiet = [alarm for alarm in alarms(record) if not alarm.startswith("its volume")]
    assert quiet == []
    assert record.recent[:1] == days(1, 1, 0) or alarms(record) == []


@pytest.mark.parametrize(
    ("record", "beginning"),
    [
        pytest.param(replace(SOUND, recent=days(7, 10, 0)), "it works but collects nothing: 70 new", id="silent zero"),
        pytest.param(replace(SOUND, newest_at=NOW - timedelta(days=8)), "stale: ", id="daily outlet, old items"),
        pytest.param(
            OutletRecord(recent=days(7, 0), habit=(), newest_at=NOW - timedelta(days=61)), "stale: ", id="never fresh"
        ),
        pytest.param(replace(SOUND, recent=days(7, 40)), "its volume has changed: 40.0", id="four times as much"),
        pytest.param(replace(SOUND, recent=days(7, 2)), "its volume has changed: 2.0", id="a fifth"),
        pytest.param(replace(SOUND, recent=days(7, 0)), "its volume has changed: 0.0", id="nothing"),
        pytest.param(replace(SOUND, mean_text=1_200), "its articles have become short: 1,200", id="short texts"),
        pytest.param(replace(SOUND, suspect=60), "60 of the last 200 pages were suspect", id="suspect pages"),
    ],
)
def test_an_alarm_says_what_is_wrong(record: OutletRecord, beginning: str) -> None:
    (alarm,) = alarms(record)
    assert alarm.startswith(beginning)


def test_a_rare_outlet_is_not_stale_after_a_week() -> None:
    monthly = (*days(27, 0), *days(1, 1))
    quiet = OutletRecord(recent=days(7, 0), habit=monthly, newest_at=NOW - timedelta(days=50))
    assert alarms(quiet) == []


DAYS = st.builds(OutletDay, polls=st.integers(0, 300), fresh=st.integers(0, 10_000), articles=st.integers(0, 10_000))


@given(st.lists(DAYS, max_size=7), st.lists(DAYS, max_size=28), st.integers(-10_000, 10_000))
def test_any_record_is_judged(recent: list[OutletDay], habit: list[OutletDay], days_ago: int) -> None:
    record = OutletRecord(recent=recent, habit=habit, newest_at=NOW - timedelta(days=days_ago))
    assert all(alarm.isprintable() for alarm in alarms(record))
