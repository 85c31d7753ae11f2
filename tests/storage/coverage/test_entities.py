"""Lists behind the pages of statistics, on both databases: entities by coverage, pairs, weeks, parts of two ranges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from samplestore import Sample, store_of
from seen_pages import open_page

from db.coverage.first_seen import first_appearances, newest_articles
from db.coverage.pairs import find_companions, read_pair_days
from db.coverage.rankings import count_types, rank_entities
from db.engine import Database
from db.enums.coverage import CoverageLevel, CoverageSplit
from worker.coverage.comparisons import compare_parts
from worker.coverage.profile import find_bursts
from worker.coverage.week import measure_certainty, read_week

FIRST = datetime(2022, 1, 3, 12, tzinfo=UTC)
"""A Monday."""
CSTO, KAZAKHSTAN, TASHKENT = ("CSTO", "csto"), ("Kazakhstan", "kazakhstan"), ("Tashkent", "tashkent")
LAST = 62


def sample(number: int, back: int, text: str, source: str = "steppe-herald") -> Sample:
    at = FIRST + timedelta(days=LAST - back)
    says = (CSTO, KAZAKHSTAN, TASHKENT)
    return Sample(f"https://{source}.example/{back}/{number}", source=source, text=text, says=says, published_at=at)


# Invented: one article about Kazakhstan a day; nine on the last one, and Tashkent for the first time.
SAMPLES = [
    *(sample(0, back, "Kazakhstan.") for back in range(1, LAST + 1)),
    *(sample(number, 0, f"Kazakhstan {number}.") for number in range(9)),
    sample(20, 3, "CSTO with Kazakhstan."),
    sample(21, 1, "Kazakhstan and CSTO, CSTO.", "oasis-wire"),
    sample(22, 1, "Tashkent.", "oasis-wire"),
    sample(23, 40, "CSTO.", "oasis-wire"),
]
NOW = FIRST + timedelta(days=LAST, hours=6)
TODAY = NOW.date()


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, SAMPLES, by_migrations=True)
    yield database
    database.close()


def day(back: int) -> date:
    return TODAY - timedelta(days=back)


def test_entities_are_ranked_by_their_articles_and_continue_by_key(store: Database) -> None:
    monday = day(TODAY.weekday())
    with store.reading() as conn:
        ranked = rank_entities(conn, monday, TODAY, limit=9)
        assert [(one.id, one.articles) for one in ranked] == [
            ("kazakhstan", 17),
            ("csto", 2),
            ("tashkent", 1),
            ("turan", 0),
        ]
        after = [rank_entities(conn, monday, TODAY, limit=9, after=one.id) for one in ranked]
        assert [len(rest) for rest in after] == [3, 2, 1, 0]
        some = rank_entities(conn, monday, TODAY, limit=9, among=["turan", "csto"], type="alliance")
        assert [one.id for one in some] == ["csto"]
        with pytest.raises(LookupError, match="nobody"):
            rank_entities(conn, monday, TODAY, limit=9, after="nobody")
        assert count_types(conn) == [("alliance", 1), ("concept", 1), ("place", 1), ("state", 1)]


def test_companions_are_found_in_both_directions(store: Database) -> None:
    with store.reading() as conn:
        for entity, other in (("csto", "kazakhstan"), ("kazakhstan", "csto")):
            (companion,) = find_companions(conn, entity, day(10), TODAY, limit=5)
            assert (companion.entity, companion.articles, companion.first_on) == (other, 2, day(3))
            assert read_pair_days(conn, entity, other, day(10), TODAY) == {day(3): 1, day(1): 1}
        assert find_companions(conn, "csto", day(0), TODAY, limit=5) == []


def test_first_appearances_are_those_without_an_earlier_day(store: Database) -> None:
    with store.reading() as conn:
        assert first_appearances(conn, day(6), TODAY) == [(day(1), "tashkent", 1)]
        assert first_appearances(conn, day(50), day(30)) == [(day(40), "csto", 1)]


def test_the_newest_articles_of_an_entity(store: Database) -> None:
    with store.reading() as conn:
        assert len(newest_articles(conn, "csto", day(10), TODAY, limit=9)) == 2
        assert len(newest_articles(conn, "kazakhstan", day(90), TODAY, limit=5)) == 5


def test_bursts_and_the_report_of_a_week(store: Database) -> None:
    with store.reading() as conn:
        (burst,) = find_bursts(conn, "kazakhstan", day(20), TODAY, today=TODAY)
        assert burst.day == TODAY
        assert burst.articles >= 9
        week = read_week(conn, TODAY, now=NOW)
    assert [one.entity for one in week.bursts] == ["kazakhstan"]
    assert [(one.entity, one.articles) for one in week.firsts] == [("tashkent", 1)]
    assert [(one.entity, one.other, sum(one.course)) for one in week.pairs] == [("csto", "kazakhstan", 2)]
    assert week.totals.articles == 9 + 6 + 3
    assert week.totals.outlets == 2
    assert week.course[-1] == 9
    changes = [*week.rising, *week.falling]
    assert changes == sorted(changes, key=lambda change: -measure_certainty(change.comparison))


def test_parts_of_two_ranges_are_compared(store: Database) -> None:
    ranges = ((day(41), day(39)), (day(3), day(1)))
    with store.reading() as conn:
        records = compare_parts(conn, "csto", ranges, CoverageLevel.ALL, CoverageSplit.SOURCE)
    assert {record["part"]: record["articles"] for record in records} == {"oasis-wire": [1, 1], "steppe-herald": [0, 1]}


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?until=2022-02-20",
        "/entities",
        "/entities?q=cst&type=alliance",
        "/entities?after=csto",
        "/entities/csto",
        "/entities/kazakhstan?split=source&by=week",
        "/entities/kazakhstan?split=country&level=name&since=2021",
        "/compare?entity=csto&entity=kazakhstan",
        "/compare?entity=kazakhstan&split=lang&first=2022-01&second=2022-02",
        "/compare?entity=kazakhstan&entity=csto&first=2022-01&second=2022-02..2022-03-06",
    ],
)
def test_the_pages_of_statistics_are_served(store: Database, address: str) -> None:
    for format in ("html", "json", "csv"):
        answer = open_page(store, f"{address}{'&' if '?' in address else '?'}format={format}", now=NOW)
        assert answer.status == 200, answer.text
        assert ("<h1" if format == "html" else "articles") in answer.text
