"""The page of an entity: the numbers of the command, the articles behind each, and nothing that others wrote runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from samplestore import Sample, empty_store, fill
from seen_pages import NOW, count_behind, load_names, open_page, read_csv, read_json, read_links, read_tags, read_words
from sqlalchemy import Connection, select, update

from db.coverage.cells import mark_articles
from db.engine import Database
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.enums.vocabulary import MentionLevel
from db.models import Article, MentionRow, Source
from db.vocabulary.versions import find_entity
from web.app import build_application
from web.pages.entity import EntityPage
from web.statistics.profiles import read_profile
from web.statistics.series import SeriesLinks, SeriesParameters
from worker.coverage.recount import recount
from worker.coverage.series import SeriesQuestion, ShownSeries, load_series, point_record
from worker.coverage.stats.health import DayHealth, Impairment
from worker.coverage.stats.outlet_counts import OutletCounts

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
    page = page_of(store, SeriesParameters(since="2022-01-01", until="2022-01-08"))
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
        assert len(check_numbers(store, address)) >= 5


@pytest.mark.parametrize("split", ["all", "source", "lang", "country", "genre"])
@pytest.mark.parametrize("level", ["name", "demonym", "concept"])
def test_numbers_of_one_level_lead_to_the_articles_of_that_level(store: Database, level: str, split: str) -> None:
    add_demonym(store)
    links = check_numbers(store, f"/entities/csto?level={level}&split={split}&since=2022-01-01&until=2022-01-08")
    of_level = [link for link in links if "together=" not in link]  # those named together are counted by name
    assert all(parse_qs(urlsplit(link).query)["level"] == [level] for link in of_level)
    assert len(of_level) >= (0 if level == "concept" else 4)


def test_the_cells_of_outlets_lead_to_the_articles_of_the_level(store: Database) -> None:
    add_demonym(store)
    page = page_of(store, SeriesParameters(since="2022-01-01", until="2022-01-08", level=CoverageLevel.NAME))
    cells = [row for row in page.heat_spec["data"]["values"] if row["articles"]]
    assert sum(row["articles"] for row in cells) == 4
    for row in (*cells, *(row for row in page.spec["data"]["values"] if "href" in row)):
        assert count_behind(store, row["href"]) == row["articles"]


def test_an_outlet_of_two_countries_is_of_neither_alone(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Source).where(Source.id == "meadow.example").values(country="KZ/UZ")))
    store.write(lambda conn: mark_articles(conn, list(conn.scalars(select(Article.id)))))
    recount(store)
    links = check_numbers(store, "/entities/csto?split=country&since=2022-01-01&until=2022-01-08")
    countries = {parse_qs(urlsplit(link).query).get("country", [""])[0] for link in links}
    assert {"KZ", "UZ", "KZ/UZ"} <= countries


@pytest.mark.parametrize("split", ["lang", "genre", "country"])
def test_what_is_unknown_leads_to_the_articles_without_it(store: Database, split: str) -> None:
    unknown = {"language": None, "genre": None, "source": "meadow.example"}
    fill(store, [Sample(f"https://meadow.example/{n}", text="CSTO.", says=SAYS, **unknown) for n in (7, 8)])
    address = f"/entities/csto?split={split}&since=2022-01-01&until=2022-01-08"
    links = [link for link in check_numbers(store, address) if f"lacks={split}" in link]
    assert links


def test_articles_without_a_date_are_listed(store: Database) -> None:
    never = Sample("https://herald.example/never", text="CSTO.", says=SAYS, published_at=None)
    fill(store, [never, replace(never, url="https://herald.example/first-seen")])
    store.write(lambda conn: conn.execute(update(Article).where(Article.url == never.url).values(is_undated=True)))
    store.write(lambda conn: mark_articles(conn, list(conn.scalars(select(Article.id)))))
    recount(store)
    page = open_page(store, "/entities/csto?since=2022-01-01&until=2022-01-10")
    links = dict(read_links(page.text))
    day, date = (next(link for link in links if f"lacks={lack}" in link) for lack in ("day", "date"))
    assert [count_behind(store, day), count_behind(store, date)] == [1, 1]
    check_numbers(store, "/entities/csto?since=2022-01-01&until=2022-01-10")


def test_numbers_of_mentions_lead_to_the_tables_of_them(store: Database) -> None:
    page = open_page(store, "/entities/csto?since=2022-01-01&until=2022-01-08")
    tables = [(link, int(words)) for link, words in read_links(page.text) if link.startswith("/exports?kind=")]
    assert [number for _, number in tables] == [5, 4, 1]
    for address, number in tables:
        table = open_page(store, address.replace("/exports?kind=mentions&", "/api/v1/exports/mentions?"))
        assert len(list(csv.DictReader(io.StringIO(table.text)))) == number


def page_of(store: Database, asked: SeriesParameters) -> EntityPage:
    with store.reading() as conn:
        entity = find_entity(conn, "csto")
        assert entity is not None
        return EntityPage(read_profile(conn, entity, asked, store=build_application(store, lambda: NOW).state.store))


def check_numbers(store: Database, address: str) -> list[str]:
    """Return the links of a page to lists of articles, after seeing that each list is as long as the link says."""
    page = open_page(store, address)
    assert page.status == 200
    numbered = [(href, int(words)) for href, words in read_links(page.text) if words.isdigit() and "/search" in href]
    for href, number in numbered:
        assert count_behind(store, href) == number, href
    return [href for href, _ in numbered]


def add_demonym(store: Database) -> None:
    """Add an article that mentions the entity by a people only."""
    url = "https://herald.example/people"
    fill(store, [Sample(url, text="CSTO, Turan.", says=SAYS, published_at=day(6))])

    def change(conn: Connection) -> None:
        article, revision = conn.execute(select(Article.id, Article.revision_id).where(Article.url == url)).one()
        conn.execute(update(MentionRow).where(MentionRow.revision_id == revision).values(level=MentionLevel.DEMONYM))
        mark_articles(conn, [article])

    store.write(change)
    recount(store)


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


def test_an_unknown_name_leads_to_those_that_may_be_meant(store: Database) -> None:
    page = open_page(store, "/entities/cstoo")
    assert page.status == 404
    assert {"/entities/csto", "/entities", "/"} <= {link for link, _ in read_links(page.text)}


def test_a_value_that_cannot_be_used_leads_to_the_page_without_it(store: Database) -> None:
    page = open_page(store, "/entities/csto?since=soon&split=lang")
    assert page.status == 422
    assert ("/entities/csto?split=lang", "the page without it") in read_links(page.text)


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


def test_lines_beside_each_other_have_fewer_points(store: Database) -> None:
    year = "since=2021-01-08&until=2022-01-08"
    assert read_json(store, f"/entities/csto?{year}")["by"] == "day"
    assert read_json(store, f"/entities/csto?{year}&split=lang")["by"] == "week"
    assert read_json(store, f"/entities/csto?{year}&split=lang&by=day")["by"] == "day"
    assert read_json(store, "/entities/csto?since=2021-12-01&split=lang")["by"] == "day"


def test_a_new_collection_is_shown_from_its_first_day_on(store: Database) -> None:
    shown = read_json(store, "/entities/csto")
    assert (shown["since"], shown["until"]) == ("2021-12-26", "2022-01-08")  # two weeks at least
    fill(store, [Sample("https://herald.example/old", published_at=datetime(2021, 12, 1, 8, tzinfo=UTC))])
    assert read_json(store, "/entities/csto")["since"] == "2021-12-01"
    fill(store, [Sample("https://herald.example/older", published_at=datetime(2001, 1, 1, 8, tzinfo=UTC))])
    assert read_json(store, "/entities/csto")["since"] == "2021-10-11"


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
    few = DayHealth(100, {"a": Impairment.POLLS}, OutletCounts({"a": 1, "b": 99}), {})
    many = DayHealth(4, {"a": Impairment.POLLS}, OutletCounts({"a": 1}), {})
    lost = DayHealth(100, {"a": Impairment.LOSS}, OutletCounts({"a": 90}), {"a": 10.0})
    well = DayHealth(100, {}, OutletCounts({"a": 9}), {})
    health = {f"2022-01-0{number}": [one] for number, one in enumerate((few, many, lost, well), 1)}
    begins = {label: date.fromisoformat(label) for label in health}
    shown = ShownSeries(points=(), health=health, totals={}, voices={}, split=CoverageSplit.ALL, begins=begins)
    periods = SeriesLinks(shown, Grain.DAY).periods()
    assert [period.is_impaired for period in periods] == [False, True, True, False]
