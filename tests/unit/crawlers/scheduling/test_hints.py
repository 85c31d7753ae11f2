"""A publisher's hints: each form of each header and element, and nonsense in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.parse import parse_feed
from crawlers.scheduling.hints import FeedHints, fresh_for_s, read_hints, retry_after_s, skip

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)  # a Thursday
DATE, LATER = "Thu, 06 Jan 2022 12:00:00 GMT", "Thu, 06 Jan 2022 18:00:00 GMT"
FRIDAY, SATURDAY = datetime(2022, 1, 7, tzinfo=UTC), datetime(2022, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"cache-control": "max-age=14400"}, 14_400, id="max-age"),
        pytest.param({"cache-control": "public, MAX-AGE=60, must-revalidate"}, 60, id="among others"),
        pytest.param({"cache-control": 'max-age="600"'}, 600, id="in quotes"),
        pytest.param({"cache-control": "max-age=600", "age": "200"}, 400, id="less its age"),
        pytest.param({"cache-control": "max-age=600", "age": "900"}, None, id="older than that"),
        pytest.param({"cache-control": "max-age=600, no-cache"}, None, id="no-cache"),
        pytest.param({"cache-control": "no-store", "expires": LATER}, None, id="no-store"),
        pytest.param({"cache-control": "max-age=0", "expires": LATER}, None, id="max-age wins"),
        pytest.param({"cache-control": "max-age=soon"}, None, id="no number"),
        pytest.param({"cache-control": "max-age=-5"}, None, id="negative"),
        pytest.param({"cache-control": "s-maxage=600"}, None, id="for shared caches only"),
        pytest.param({"cache-control": "max-age=" + "9" * 40}, 366 * 86_400, id="absurd"),
        pytest.param({"expires": "Thu, 06 Jan 2022 13:00:00 GMT", "date": DATE}, 3_600, id="Expires"),
        pytest.param({"expires": "Thu, 06 Jan 2022 13:00:00 GMT"}, 3_600, id="Expires without Date"),
        pytest.param(
            {"expires": "Thu, 06 Jan 2022 09:00:00 GMT", "date": "Thu, 06 Jan 2022 08:00:00 GMT"}, 3_600,
            id="a server whose clock is slow",
        ),
        pytest.param({"expires": "0", "date": DATE}, None, id="Expires: 0"),
        pytest.param({"expires": "-1"}, None, id="Expires: -1"),
        pytest.param({"expires": "Wed, 05 Jan 2022 12:00:00 GMT", "date": DATE}, None, id="expired"),
    ],
)  # fmt: skip
def test_freshness_is_that_of_the_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for_s(headers, NOW) == seconds


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


@pytest.mark.parametrize(
    ("elements", "seconds"),
    [
        ({}, None),
        ({"ttl": "240"}, 14_400),
        ({"ttl": "0"}, None),
        ({"ttl": "an hour"}, None),
        ({"period": "hourly"}, 3_600),
        ({"period": "hourly", "frequency": "4"}, 900),
        ({"period": " Daily ", "frequency": "2"}, 43_200),
        ({"frequency": "3"}, 28_800),
        ({"period": "weekly"}, 7 * 86_400),
        ({"period": "fortnightly"}, None),
        ({"period": "hourly", "frequency": "0"}, 3_600),
        ({"ttl": "30", "period": "hourly"}, 3_600),
        ({"ttl": "9" * 50}, 366 * 86_400),
    ],
)
def test_the_longest_pause_of_a_feed_counts(elements: dict[str, str], seconds: float | None) -> None:
    assert read_hints(**elements).pause_s == seconds  # type: ignore[arg-type]


def test_hours_and_days_to_skip_are_read_from_a_feed() -> None:
    rss = b"""<rss version="2.0"><channel><title>Courier</title><ttl>60</ttl>
      <skipHours><hour>0</hour><hour> 1 </hour><hour>24</hour><hour>25</hour><hour>noon</hour></skipHours>
      <skipDays><day>Saturday</day><day>sunday</day><day>Freeday</day></skipDays>
      <item><title>x</title></item></channel></rss>"""
    assert parse_feed(rss).hints == FeedHints(pause_s=3_600, skip_hours=frozenset({0, 1}), skip_days=frozenset({5, 6}))


def test_the_syndication_module_is_read_from_a_feed() -> None:
    rss = b"""<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>Courier</title>
      <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
      <item><title>x</title></item></channel></rss>"""
    assert parse_feed(rss).hints == FeedHints(pause_s=1_800)


@pytest.mark.parametrize("hours", [range(24), range(25), range(1, 25)])
def test_a_feed_that_skips_every_hour_skips_none(hours: range) -> None:
    assert read_hints(hours=map(str, hours)).skip_hours == frozenset()


@pytest.mark.parametrize(
    ("hints", "to"),
    [
        pytest.param(FeedHints(), NOW, id="none"),
        pytest.param(FeedHints(skip_hours=frozenset({11, 13})), NOW, id="other hours"),
        pytest.param(FeedHints(skip_hours=frozenset({12, 13})), NOW.replace(hour=14), id="this hour and the next"),
        pytest.param(FeedHints(skip_hours=frozenset(range(12, 24))), FRIDAY, id="to midnight"),
        pytest.param(FeedHints(skip_days=frozenset({3, 4})), SATURDAY, id="two days"),
        pytest.param(
            FeedHints(skip_days=frozenset({3}), skip_hours=frozenset({0})), FRIDAY.replace(hour=1), id="both"
        ),
    ],
)  # fmt: skip
def test_a_poll_moves_out_of_what_is_skipped(hints: FeedHints, to: datetime) -> None:
    assert skip(NOW, hints) == to


HINTS = st.builds(
    FeedHints,
    pause_s=st.none() | st.floats(1, 1e6),
    skip_hours=st.frozensets(st.integers(0, 23), max_size=23),
    skip_days=st.frozensets(st.integers(0, 6), max_size=6),
)


@given(HINTS, st.integers(0, 10_000_000))
def test_what_is_skipped_is_left_within_a_week(hints: FeedHints, seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    found = skip(at, hints)
    assert at <= found <= at + timedelta(days=7, hours=1)
    assert found.hour not in hints.skip_hours
    assert found.weekday() not in hints.skip_days


@given(HINTS)
def test_hints_come_back_as_they_were_stored(hints: FeedHints) -> None:
    assert FeedHints.from_json(json.loads(json.dumps(hints.to_json()))) == hints


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.fixed_dictionaries({}, optional={"pause_s": JSON, "hours": JSON, "days": JSON}) | JSON)
def test_stored_nonsense_is_no_hint_but_never_an_error(stored: object) -> None:
    hints = FeedHints.from_json(stored)
    assert hints.pause_s is None or hints.pause_s > 0
    assert skip(NOW, hints) >= NOW
