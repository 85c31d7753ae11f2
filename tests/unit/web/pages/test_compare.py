"""The page that compares: shares of voice, two ranges of days, and a form that says what is wrong in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from samplestore import Sample, empty_store, fill
from seen_pages import NOW, count_behind, load_names, open_page, read_csv, read_json, read_links, read_tags, read_words

from db.engine import Database
from db.enums.coverage import CoverageLevel
from db.models import Base
from web.app import build_application
from web.pages.compare import ComparePage
from web.statistics.comparing import CompareParameters, read_comparison
from worker.coverage.comparisons import compare_ranges, comparison_record

SAYS = (("CSTO", "csto"), ("Kazakhstan", "kazakhstan"))
HOSTILE = '"><script>alert(1)</script>'


def sample(number: int, day: int, text: str, source: str = "steppe-herald", language: str = "en") -> Sample:
    at = datetime(2022, 1, day, 8, 30, tzinfo=UTC)
    url = f"https://{source}.example/{number}"
    return Sample(url, source=source, text=text, says=SAYS, published_at=at, language=language)


SAMPLES = (
    sample(1, 2, "CSTO."),
    sample(2, 5, "CSTO and Kazakhstan."),
    sample(3, 5, "CSTO.", "oasis-wire", "ru"),
    sample(4, 6, "Kazakhstan.", "oasis-wire", "kk"),
    sample(5, 6, "Kazakhstan.", "meadow.example", "kk-Latn"),
)
ALL = "since=2022-01-01&until=2022-01-08"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    load_names(database)
    fill(database, SAMPLES)
    yield database
    database.close()


def test_the_share_of_voice_of_entities(store: Database) -> None:
    known = read_json(store, f"/compare?entity=ОДКБ&entity=kazakhstan&{ALL}")
    assert known["entities"] == ["csto", "kazakhstan"]
    voices = {(row["period"], row["entity"]): (row["articles"], row["voice"]) for row in known["series"]}
    assert voices["2022-01-05", "csto"] == (2, 0.666667)
    assert voices["2022-01-05", "kazakhstan"] == (1, 0.333333)
    assert voices["2022-01-03", "csto"] == (0, None)
    words = read_words(open_page(store, f"/compare?entity=csto&entity=kazakhstan&{ALL}").text)
    assert "50%" in words
    assert "An article that names several of them counts for each." in words


def test_the_parts_of_one_entity(store: Database) -> None:
    rows = read_csv(store, f"/compare?entity=kazakhstan&split=lang&{ALL}&by=month")
    assert {(row["lang"], row["articles"], row["voice"]) for row in rows} == {
        ("en", "1", "0.333333"),
        ("kk", "1", "0.333333"),
        ("kk-Latn", "1", "0.333333"),
    }


@pytest.mark.parametrize("level", ["all", "name"])
@pytest.mark.parametrize("split", ["all", "source", "lang", "country", "genre"])
def test_every_number_leads_to_as_many_articles(store: Database, split: str, level: str) -> None:
    more = "" if split != "all" else "&entity=kazakhstan"
    ranges = "first=2022-01-01..2022-01-04&second=2022-01-05..2022-01-08"
    address = f"/compare?entity=csto{more}&split={split}&level={level}&{ALL}&{ranges}"
    page = open_page(store, address)
    assert page.status == 200
    numbered = [(href, int(words)) for href, words in read_links(page.text) if words.isdigit()]
    assert len(numbered) >= 4
    for href, number in numbered:
        assert count_behind(store, href) == number, href


def test_the_chart_has_the_numbers_of_the_csv(store: Database) -> None:
    address = f"/compare?entity=csto&entity=kazakhstan&{ALL}&first=2022-01-02&second=2022-01-05..2022-01-08"
    asked = CompareParameters(
        entity=["csto", "kazakhstan"],
        since="2022-01-01",
        until="2022-01-08",
        first="2022-01-02",
        second="2022-01-05..2022-01-08",
    )
    with store.reading() as conn:
        app_store = build_application(store, lambda: NOW).state.store
        page = ComparePage(asked, read_comparison(conn, asked, store=app_store))
    drawn = {(row["period"], row["key"]): row["articles"] for row in page.spec["data"]["values"]}
    points = read_json(store, address)["series"]
    shown = {(row["period"], row["entity"]): (row["articles"], row["voice"]) for row in points}
    assert {place: articles for place, (articles, _) in shown.items() if articles} == {
        place: articles for place, articles in drawn.items() if articles
    }
    for row in page.spec["data"]["values"]:
        assert row.get("share") == shown[row["period"], row["key"]][1]
    changes = {row["key"]: (row["before"], row["after"]) for row in page.change_spec["data"]["values"]}
    rows = read_csv(store, address)
    assert changes == {row["entity"]: (int(row["articles_first"]), int(row["articles_second"])) for row in rows}
    assert changes == {"csto": (1, 2), "kazakhstan": (0, 3)}


def test_two_ranges_are_compared_as_the_command_does(store: Database) -> None:
    ranges = ((date(2022, 1, 1), date(2022, 1, 4)), (date(2022, 1, 5), date(2022, 1, 8)))
    known = read_json(store, "/compare?entity=csto&first=2022-01-01..2022-01-04&second=2022-01-05..2022-01-08")
    with store.reading() as conn:
        expected = [comparison_record(one) for one in compare_ranges(conn, ["csto"], ranges, CoverageLevel.ALL)]
    assert known["comparisons"] == json.loads(json.dumps(expected))


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("entity=csto&entity=kazakstan", "entity", "did you mean"),
        ("entity=csto&since=someday", "since", "is not a day"),
        ("entity=csto&until=9999", "until", "choose a year"),
        ("entity=csto&entity=kazakhstan&split=source", "split", "only one entity can be split"),
        ("entity=csto&first=2022-01", "second", "name both ranges"),
        ("entity=csto&first=soon&second=2022-01", "first", "is not a day"),
        ("entity=csto&first=2022-02..2022-01&second=2022", "first", "no day lies between"),
        ("entity=csto&first=1900..2022&second=2022", "first", "choose a shorter range"),
    ],
)
def test_what_is_wrong_stands_at_its_field(store: Database, query: str, field: str, words: str) -> None:
    answer = open_page(store, f"/compare?{query}")
    assert answer.status == 422
    assert words in read_words(answer.text)
    described = [
        tag for tag, attributes in read_tags(answer.text) if attributes.get("aria-describedby") == f"wrong-{field}"
    ]
    assert described
    assert ("span", {"class": "wrong", "id": f"wrong-{field}", "role": "alert"}) in read_tags(answer.text)
    problem = open_page(store, f"/compare?{query}&format=json")
    assert problem.status == 422
    assert json.loads(problem.text)["parameter"] == field


def test_hostile_names_come_back_inert(store: Database) -> None:
    page = open_page(store, f"/compare?entity={HOSTILE}&first={HOSTILE}").text
    assert "<script>alert" not in page
    values = [attributes.get("value") for tag, attributes in read_tags(page) if tag == "input"]
    assert values.count(HOSTILE) == 2


def test_without_a_question_the_page_suggests_one(store: Database, tmp_path: Path) -> None:
    links = [href for href, _ in read_links(open_page(store, "/compare").text)]
    assert "/compare?entity=kazakhstan&split=source" in links
    assert read_json(store, "/compare")["series"] == []
    bare = Database(f"sqlite:///{tmp_path / 'bare.db'}")
    Base.metadata.create_all(bare.engine)
    assert "No vocabulary is loaded yet" in read_words(open_page(bare, "/compare").text)
    bare.close()


def test_days_without_articles_say_so(store: Database) -> None:
    words = read_words(open_page(store, "/compare?entity=csto&since=2021-01&until=2021-02").text)
    assert "No article from 1 Jan 2021 to 28 Feb 2021" in words
