"""The page of an entity: the numbers of the command, the articles behind each, and nothing that others wrote runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from samplestore import Sample, empty_store, fill
from seen_pages import NOW, count_behind, load_names, open_page, read_csv, read_json, read_links, read_tags, read_words

from db.engine import Database
from db.enums.coverage import CoverageSplit, Grain
from web.pages.entity import EntityPage
from web.statistics.profiles import read_profile
from web.statistics.series import SeriesLinks, SeriesParameters
from worker.coverage.series import SeriesQuestion, ShownSeries, load_series, point_record
from worker.coverage.stats.health import DayHealth, Impairment

HOSTILE = "<script>alert(1)</script>"


def day(number: int) -> datetime:
    return datetime(2022, 1, number, 8, 30, tzinfo=UTC)


SAYS = (("CSTO", "csto"), ("Kazakhstan", "kazakhstan"), ("Turan", "turan"))
SAMPLES = (
    Sample("https://herald.example/1", text="CSTO and Kazakhstan.", says=SAYS, published_at=day(3)),
    Sample("https://herald.example/2", text="CSTO, CSTO.", says=SAYS, published_at=day(5), genre="opinion"),
    Sample(
        "https://oasis.example/1",
        source="oasis-wire",
        text="CSTO again.",
        says=SAYS,
        published_at=day(5),
        language="ru",
        copies="https://herald.example/2",
    ),
    Sample("https://meadow.example/1", source="meadow.example", title=HOSTILE, text="CSTO, Turan.", says=SAYS),
    Sample("https://herald.example/3", text="Kazakhstan alone.", says=SAYS, published_at=day(8)),
)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


@pytest.fixture
def store(empty: Database) -> Database:
    load_names(empty)
    fill(empty, SAMPLES)
    return empty


def test_the_json_holds_the_series_of_the_command(store: Database) -> None:
    for split in ("all", "source", "lang", "country", "genre"):
        known = read_json(store, f"/entities/csto?since=2022-01-01&until=2022-01-08&split={split}")
        with store.reading() as conn:
            since, until = day(1).date(), day(8).date()
            question = SeriesQuestion(entities=["csto"], split=split, since=since, until=until)  # type: ignore[arg-type]
            shown = load_series(conn, question, now=NOW)
        expected = [point_record(shown, point) for point in (*shown.points, *shown.undated)]
        assert known["series"] == json.loads(json.dumps(expected))
        assert sum(point["articles"] for point in known["series"]) == 4


def test_csv_and_chart_have_the_same_numbers(store: Database) -> None:
    rows = read_csv(store, "/entities/csto?since=2022-01-01&until=2022-01-08")
    with store.reading() as conn:
        from db.vocabulary.versions import find_entity
        from web.app import build_application

        entity = find_entity(conn, "csto")
        assert entity is not None
        asked = SeriesParameters(since="2022-01-01", until="2022-01-08")
        page = EntityPage(read_profile(conn, entity, asked, store=build_application(store, lambda: NOW).state.store))
    drawn = [(row["period"], row["articles"], row["stories"]) for row in page.spec["data"]["values"]]
    assert drawn == [(row["period"], int(row["articles"]), int(row["stories"])) for row in rows]
    assert [number for _, number, _ in drawn] == [0, 0, 1, 0, 3, 0, 0, 0]
    cells = page.heat_spec["data"]["values"]
    assert sum(cell["articles"] for cell in cells if cell["articles"]) == 4
    for row in (*page.spec["data"]["values"], *cells):
        if "href" in row:
            assert count_behind(store, row["href"]) == row["articles"]


def test_every_number_leads_to_as_many_articles(store: Database) -> None:
    for address in ("/entities/csto", "/entities/csto?split=lang", "/entities/csto?by=month", "/entities/turan"):
        page = open_page(store, address)
        assert page.status == 200
        numbered = [(href, int(words)) for href, words in read_links(page.text) if words.isdigit()]
        assert len(numbered) >= 5
        for href, number in numbered:
            assert count_behind(store, href) == number, href


def test_any_name_leads_to_the_entity(store: Database) -> None:
    answer = open_page(store, "/entities/Kazakhstan?by=week")
    assert answer.status == 307
    assert answer.headers["location"] == "/entities/kazakhstan?by=week"


def test_a_name_in_another_language_leads_to_it_too(store: Database) -> None:
    assert open_page(store, "/entities/ОДКБ").headers["location"] == "/entities/csto"
    words = read_words(open_page(store, "/entities/csto").text)
    assert "kk ҰҚШҰ" in words
    assert "About CSTO" in words


def test_an_unknown_name_has_candidates(store: Database) -> None:
    answer = open_page(store, "/entities/kazakstan")
    assert answer.status == 404
    assert "kazakhstan" in answer.text
    problem = open_page(store, "/entities/kazakstan?format=json")
    assert problem.headers["content-type"] == "application/problem+json"


def test_hostile_titles_are_inert(store: Database) -> None:
    page = open_page(store, "/entities/csto").text
    assert HOSTILE not in page
    assert HOSTILE in read_words(page)
    assert all("style" not in attributes for _, attributes in read_tags(page))


def test_an_entity_without_articles_says_what_to_do(empty: Database) -> None:
    for address in ("/entities/csto", "/entities/csto?split=source", "/entities/csto?since=1700&until=1701"):
        page = open_page(empty, address)
        assert page.status == 200
        assert "No article about this entity" in read_words(page.text)
    fill(empty, [replace(SAMPLES[0], published_at=day(3) - timedelta(days=4_000))])
    assert "show all years" in read_words(open_page(empty, "/entities/csto?since=2022-01-01").text)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2022-02&until=2022-01", "no day lies between them"),
        ("since=yesteryear", "is not a day"),
        ("since=1990&by=day", "choose longer ones"),
        ("since=1500", "choose a shorter range"),
        ("until=9999", "choose a year"),
        ("by=hour", "by:"),
    ],
)
def test_what_cannot_be_shown_is_said(store: Database, query: str, words: str) -> None:
    answer = open_page(store, f"/entities/csto?{query}")
    assert answer.status == 422
    assert words in read_words(answer.text)


@pytest.mark.parametrize(("since", "grain"), [("2021-03", "day"), ("2019-03", "week"), ("1995", "month")])
def test_the_length_of_periods_fits_the_range(store: Database, since: str, grain: str) -> None:
    assert read_json(store, f"/entities/csto?since={since}&until=2022-01-08")["by"] == grain


def test_empty_fields_of_a_form_are_usual_values(store: Database) -> None:
    answer = open_page(store, "/entities/csto?since=&until=&by=&split=&level=")
    assert answer.status == 200
    assert "Articles a day" in read_words(answer.text)


def test_the_latest_articles_are_a_feed(store: Database) -> None:
    feed = open_page(store, "/entities/csto?format=atom")
    assert feed.headers["content-type"] == "application/atom+xml"
    assert feed.text.count("<entry>") == 4


def test_articles_without_a_date_are_told(store: Database) -> None:
    fill(store, [Sample("https://herald.example/9", text="CSTO, some day.", says=SAYS, published_at=None)])
    assert "1 article without a date: counted on the day" in read_words(open_page(store, "/entities/csto").text)


def test_a_chart_is_shaded_where_so_much_is_missing_that_it_explains_a_fall() -> None:
    few = DayHealth(100, {"a": Impairment.POLLS}, {"a": 1, "b": 99}, {})
    many = DayHealth(4, {"a": Impairment.POLLS}, {"a": 1}, {})
    lost = DayHealth(100, {"a": Impairment.LOSS}, {"a": 90}, {"a": 10.0})
    well = DayHealth(100, {}, {"a": 9}, {})
    health = {f"2022-01-0{number}": [one] for number, one in enumerate((few, many, lost, well), 1)}
    begins = {label: date.fromisoformat(label) for label in health}
    shown = ShownSeries(points=(), health=health, totals={}, voices={}, split=CoverageSplit.ALL, begins=begins)
    periods = SeriesLinks(shown, Grain.DAY).periods()
    assert [period.is_impaired for period in periods] == [False, True, True, False]
