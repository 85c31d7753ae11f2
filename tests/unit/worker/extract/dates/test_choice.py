"""Which of several dates is that of publication, and in which zone its clock was read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from db.text.dates import ParsedDate, parse_date
from worker.extract.dates.choice import Beside, DatedBy, DateEvidence, date_article


def read(*texts: str) -> tuple[ParsedDate, ...]:
    moments = [parse_date(text) for text in texts]
    assert all(moments)
    return tuple(moment for moment in moments if moment)


def dated(*, feed: str | None = None, zone: str | None = None, latest: str | None = None, **told: list[str]) -> DatedBy:
    evidence = DateEvidence(**{"declared": (), **{name: read(*texts) for name, texts in told.items()}})
    until = read(latest)[0].at if latest else None
    found = date_article(evidence, Beside(read(feed)[0] if feed else None, zone, until))
    assert found is not None
    return found


def shown(found: DatedBy) -> str:
    return found.at.strftime("%Y-%m-%d" if found.is_day else "%Y-%m-%dT%H:%M:%SZ")


def test_what_is_declared_counts_before_the_feed_and_the_feed_before_what_is_shown() -> None:
    told = {"beside": ["2022-01-08T10:00Z"], "elsewhere": ["2022-01-09T10:00Z"]}
    feed = "2022-01-07T10:00Z"
    assert shown(dated(feed=feed, declared=["2022-01-06T10:00Z"], **told)) == "2022-01-06T10:00:00Z"
    assert shown(dated(feed=feed, **told)) == "2022-01-07T10:00:00Z"
    assert shown(dated(**told)) == "2022-01-08T10:00:00Z"
    assert shown(dated(elsewhere=told["elsewhere"])) == "2022-01-09T10:00:00Z"
    assert date_article(DateEvidence(declared=()), Beside()) is None


CLOCK = "06.01.2022 23:30"


@pytest.mark.parametrize(
    ("feed", "zone", "expected"),
    [
        pytest.param("Thu, 06 Jan 2022 23:30:00 +0600", None, "2022-01-06T17:30:00Z", id="the feed's same clock"),
        pytest.param("Thu, 06 Jan 2022 17:30:12 GMT", None, "2022-01-06T17:30:12Z", id="the feed in GMT"),
        pytest.param("Thu, 06 Jan 2022 20:30:00 +0300", None, "2022-01-06T17:30:00Z", id="the feed in Moscow"),
        pytest.param("Thu, 06 Jan 2022 17:45:00 GMT", None, "2022-01-06T17:45:00Z", id="Nepal's quarter"),
        pytest.param("Thu, 06 Jan 2022 19:00:00 GMT", None, "2022-01-06T19:00:00Z", id="half an hour"),
        pytest.param("Fri, 07 Jan 2022 04:30:00 GMT", None, "2022-01-07T04:30:00Z", id="west of Greenwich"),
        pytest.param("Thu, 06 Jan 2022 23:41:00 +0600", None, "2022-01-06T17:30:00Z", id="another minute, its zone"),
        pytest.param("Thu, 06 Jan 2022 17:41:00 GMT", None, "2022-01-06T17:41:00Z", id="another minute in GMT"),
        pytest.param("Thu, 06 Jan 2022 17:41:00 GMT", "Asia/Bishkek", "2022-01-06T17:30:00Z", id="the outlet's zone"),
        pytest.param("2022-01-06", "Asia/Bishkek", "2022-01-06T17:30:00Z", id="the feed has a day"),
        pytest.param("2022-01-06", None, "2022-01-06", id="the feed has a day, nobody a zone"),
        pytest.param("06.01.2022 23:30", None, "2022-01-06", id="neither has a zone"),
        pytest.param("Thu, 06 Jan 2022 23:30:00 XYZT", None, "2022-01-06", id="a zone that nobody knows"),
        pytest.param("Thu, 06 Jan 2022 23:30:00 XYZT", "Asia/Almaty", "2022-01-06T17:30:00Z", id="but the outlet"),
        pytest.param(None, "Asia/Tashkent", "2022-01-06T18:30:00Z", id="no feed, the outlet's zone"),
        pytest.param(None, "Europe/Kyiv", "2022-01-06T21:30:00Z", id="winter"),
        pytest.param(None, None, "2022-01-06", id="nobody knows"),
    ],
)
def test_a_clock_without_zone_takes_the_feeds_or_the_outlets(feed: str | None, zone: str | None, expected: str) -> None:
    assert shown(dated(feed=feed, zone=zone, declared=[CLOCK])) == expected


def test_a_clock_that_is_shown_fills_what_the_feed_leaves_open() -> None:
    assert shown(dated(feed="2022-01-06T17:41:00Z", beside=[CLOCK])) == "2022-01-06T17:41:00Z"
    assert shown(dated(feed="2022-01-06", beside=[CLOCK], zone="Asia/Bishkek")) == "2022-01-06T17:30:00Z"
    assert shown(dated(feed="2022-01-05", beside=[CLOCK], zone="Asia/Bishkek")) == "2022-01-05"


def test_a_clock_whose_zone_nobody_knows_is_kept_beside_its_day() -> None:
    found = dated(beside=[CLOCK])
    assert (found.at, found.is_day) == (datetime(2022, 1, 6, tzinfo=UTC), True)
    assert found.clock == datetime(2022, 1, 6, 23, 30)  # noqa: DTZ001 (nobody knows its zone)


def test_a_zone_that_this_machine_does_not_know_leaves_the_day() -> None:
    assert shown(dated(beside=[CLOCK], zone="Asia/Nowhere")) == "2022-01-06"
    assert shown(dated(declared=["2022-01-06"], feed="2022-01-05T20:00Z", zone="../x")) == "2022-01-05T20:00:00Z"


def test_summer_time_is_the_outlets_of_that_day() -> None:
    assert shown(dated(beside=["06.07.2022 23:30"], zone="Europe/Kyiv")) == "2022-07-06T20:30:00Z"
    assert shown(dated(beside=["06.07.2022 23:30"], zone="Europe/Moscow")) == "2022-07-06T20:30:00Z"
    assert shown(dated(beside=["06.07.2012 23:30"], zone="Europe/Moscow")) == "2012-07-06T19:30:00Z"


def test_the_page_may_tell_its_zone_with_the_last_change() -> None:
    assert shown(dated(beside=[CLOCK], changed=["2022-01-07T10:00:00+05:00"])) == "2022-01-06T18:30:00Z"
    assert shown(dated(beside=[CLOCK], changed=["2022-01-06T18:30:00Z"])) == "2022-01-06"


def test_a_change_whole_hours_later_is_not_the_publication() -> None:
    assert shown(dated(beside=["06.01.2022 10:00"], changed=["2022-01-06T15:00:00+06:00"])) == "2022-01-06T04:00:00Z"


def test_a_day_is_completed_by_an_instant_that_may_lie_on_it() -> None:
    assert shown(dated(declared=["2022-01-06"], feed="2022-01-05T20:00:00Z")) == "2022-01-05T20:00:00Z"
    assert shown(dated(declared=["2022-01-06"], feed="2022-01-07T03:00:00Z")) == "2022-01-07T03:00:00Z"
    assert shown(dated(declared=["2022-01-06"], feed="2022-01-05T20:00:00Z", zone="Europe/Berlin")) == "2022-01-06"
    assert shown(dated(declared=["2022-01-06"], feed="2022-01-05T09:00:00Z")) == "2022-01-06"
    assert shown(dated(declared=["2022-01-06"], beside=["06.01.2022 10:00"], zone="Asia/Almaty")) == (
        "2022-01-06T04:00:00Z"
    )


def test_a_date_that_contradicts_the_feed_loses_and_is_remarked() -> None:
    found = dated(feed="2022-01-06T10:00:00Z", beside=["2022-01-02"])
    assert shown(found) == "2022-01-06T10:00:00Z"
    assert found.remark is not None
    assert "2022-01-02" in found.remark
    assert "2022-01-06" in found.remark
    assert dated(feed="2022-01-06T10:00:00Z", elsewhere=["2023-05-02"]).remark is not None
    assert dated(feed="2022-01-06T10:00:00Z", beside=["2022-01-05"]).remark is None
    assert dated(beside=["2022-01-02"]).remark is None


def test_the_day_of_reading_in_the_head_of_a_page_is_no_contradiction() -> None:
    feed, latest = "2022-01-06T10:00:00Z", "2022-02-02T10:00:00Z"
    assert dated(feed=feed, latest=latest, elsewhere=["2022-02-01"]).remark is None
    assert dated(feed=feed, latest=latest, elsewhere=["2022-01-11"]).remark is not None
    assert dated(feed=feed, latest=latest, beside=["2022-02-01"]).remark is not None


def test_a_date_to_come_is_none() -> None:
    found = dated(latest="2022-01-08T00:00Z", declared=["2032-01-06"], beside=["06.01.2022"])
    assert shown(found) == "2022-01-06"
    assert date_article(DateEvidence(declared=read("2032-01-06")), Beside(latest=read("2022-01-08")[0].at)) is None
