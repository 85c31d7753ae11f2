"""Digests at local times: one for each day, whatever the clocks do."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.lib.cadence import Cadence, CadenceKind, next_due, parse_cadence


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("at once", "at once"),
        ("At-Once", "at once"),
        (" hourly ", "hourly"),
        ("daily 8:05", "daily 08:05 UTC"),
        ("daily at 08:00 asia/almaty", "daily 08:00 Asia/Almaty"),
        ("weekly on Monday at 18:30 Asia/Bishkek", "weekly mon 18:30 Asia/Bishkek"),
    ],
)
def test_a_cadence_is_read_as_people_write_it(written: str, stored: str) -> None:
    assert str(parse_cadence(written)) == stored
    assert str(parse_cadence(stored)) == stored


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("sometimes", "is not like"),
        ("daily 25:00", "time of day"),
        ("daily 08:00 Mars/Olympus", "time zone"),
        ("weekly 08:00", "is not like"),
        ("weekly someday 08:00", "not one of mon"),
    ],
)
def test_what_is_no_cadence_is_refused_with_a_reason(written: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_cadence(written)


@pytest.mark.parametrize(
    ("cadence", "after", "due"),
    [
        ("hourly", "2026-11-22T10:00:00", "2026-11-22T11:00:00"),
        ("daily 08:00 Asia/Almaty", "2026-11-22T02:59:59", "2026-11-22T03:00:00"),
        ("daily 08:00 Asia/Almaty", "2026-11-22T03:00:00", "2026-11-23T03:00:00"),
        ("weekly mon 08:00 UTC", "2026-11-22T10:00:00", "2026-11-23T08:00:00"),
        ("weekly mon 08:00 UTC", "2026-11-23T08:00:00", "2026-11-30T08:00:00"),
        # Kyiv: clocks go from 03:00 to 04:00 on 29 March and back from 04:00 to 03:00 on 25 October 2026
        ("daily 03:30 Europe/Kyiv", "2026-03-28T12:00:00", "2026-03-29T01:30:00"),
        ("daily 03:30 Europe/Kyiv", "2026-03-29T01:30:00", "2026-03-30T00:30:00"),
        ("daily 03:30 Europe/Kyiv", "2026-10-24T12:00:00", "2026-10-25T00:30:00"),
        ("daily 03:30 Europe/Kyiv", "2026-10-25T00:30:00", "2026-10-26T01:30:00"),
    ],
)
def test_the_next_digest_is_due_at_the_local_time(cadence: str, after: str, due: str) -> None:
    assert next_due(parse_cadence(cadence), utc(after)) == utc(due)


def test_what_is_sent_at_once_has_no_digest() -> None:
    assert next_due(Cadence(CadenceKind.AT_ONCE), utc("2026-11-22T10:00:00")) is None


@settings(max_examples=60)
@given(
    zone=st.sampled_from(["Asia/Almaty", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    first=st.dates(date(2011, 1, 1), date(2030, 1, 1)),
)
def test_there_is_one_digest_for_each_local_day(zone: str, at: time, first: date) -> None:
    cadence = parse_cadence(f"daily {at:%H:%M} {zone}")
    instant, days = datetime.combine(first, time(), UTC), []
    for _ in range(400):
        due = next_due(cadence, instant)
        assert due is not None
        assert due > instant
        days.append(due.astimezone(ZoneInfo(zone)).date())
        instant = due
    gaps = {later - earlier for earlier, later in itertools.pairwise(days)}
    # Apia had no 30 December 2011 at all: what was due then came with the next day's
    assert gaps <= {timedelta(days=1), timedelta(days=2)}
    assert len(days) == len(set(days))
