"""Articles over the API: lists with the filters of the commands, one article, and what clients are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from apiclient import ask, read, read_all
from samplestore import Sample, fill
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp
from templates import migrated

from db.engine import Database
from web.api.parts.answers import LIMIT_MAX
from web.app import create_app
from web.shared.cursors import write_cursor

CSTO = (("CSTO", "csto"),)
# Invented: none of this was ever published.
SAMPLES = [
    Sample("https://herald.example/1", title="Maps", text="CSTO holds a drill.", says=CSTO),
    Sample("https://oasis.example/1", "oasis-wire", title="Карты", text="Учения.", language="ru", genre="opinion"),
    Sample("https://oasis.example/2", "oasis-wire", title=None, text="CSTO drills on.", says=CSTO, published_at=None),
    Sample(
        "https://oasis.example/3",
        "oasis-wire",
        text="CSTO holds a drill.",
        says=CSTO,
        copies="https://herald.example/1",
    ),
]


@pytest.fixture(autouse=True)
def leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give searches more time than any machine needs for so few articles."""
    monkeypatch.setattr("web.api.parts.answers.SEARCH_S", 60)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Database]:
    database = stocked(sqlite_url)
    yield database
    database.close()


def stocked(url: str) -> Database:
    """Return a migrated store with the samples."""
    from samplestore import _prepare

    database = migrated(url)
    database.write(_prepare)
    fill(database, SAMPLES)
    return database


@pytest.fixture
def app(store: Database) -> ASGIApp:
    return create_app(store, now=lambda: datetime(2022, 1, 20, tzinfo=UTC))


def ids(app: ASGIApp, query: str = "") -> list[int]:
    return [article["article_id"] for article in read_all(app, f"/articles{query}", "articles")]


def test_the_last_collected_comes_first(app: ASGIApp) -> None:
    assert ids(app) == [4, 3, 2, 1]
    assert ids(app, "?limit=1") == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?source=oasis-wire", [4, 3, 2]),
        ("?source=Oasis+Wire&source=herald.example", [4, 3, 2, 1]),
        ("?entity=CSTO", [4, 3, 1]),
        ("?lang=ru", [2]),
        ("?genre=opinion", [2]),
        ("?scope=in", []),
        ("?since=2022-01-06", [3]),
        ("?until=2022-01-05", [4, 2, 1]),
        ("?since=12d", [3]),
        ("?query=drill*", [4, 3, 1]),
        ("?query=drill*&limit=1", [4, 3, 1]),
        ("?query=drill*+AND+maps", [1]),
        ("?query=drill*&lang=en&source=oasis-wire", [4, 3]),
        ("?since=&entity=&lang=&query=", [4, 3, 2, 1]),
    ],
)
def test_the_filters_are_those_of_the_commands(app: ASGIApp, query: str, found: list[int]) -> None:
    assert ids(app, query) == found


def test_an_article_has_the_columns_of_the_export(app: ASGIApp) -> None:
    [article] = read(app, "/articles?source=herald.example")["articles"]
    assert article == {
        "article_id": 1,
        "url": "https://herald.example/1",
        "source": "steppe-herald",
        "title": "Maps",
        "author": None,
        "language": "en",
        "published_at": "2022-01-05T08:30:00Z",
        "collected_at": "2022-01-10T12:00:00Z",
        "cluster_id": 1,
        "is_original": True,
        "source_name": "Steppe Herald",
        "counts_on": "2022-01-05",
        "date_is_assumed": False,
        "revisions": 1,
        "genre": "news",
        "in_scope": None,
        "canonical_url": "https://herald.example/1",
        "original_url": "https://herald.example/1",
        "is_undated": False,
    }


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("entity=cstoo", "entity", "csto (CSTO)"),
        ("source=oasiswire", "source", "oasis-wire (Oasis Wire)"),
        ("lang=zz", "lang", "no language"),
        ("genre=op-ed", "genre", "op-ed"),
        ("since=soon", "since", "2022-01-05"),
        ("since=2022-02&until=2022-01", "since", "no day"),
        ("query=drill+AND", "query", "query: at character 10: nothing stands after AND; write a word"),
        ("language=ru", "language", "there is no such parameter"),
        ("scope=in&scope=out", "scope", "it is given 2 times; give it once"),
        ("limit=5&limit=5&limit=", "limit", "it is given 3 times; give it once"),
        ("limit=501", "limit", "500"),
        ("limit=x", "limit", "integer"),
        ("cursor=!", "cursor", "no cursor"),
        ("changed_since=yesterday", "changed_since", "no place"),
        ("changed_since=0&cursor=x", "cursor", "not for changes"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(app: ASGIApp, query: str, parameter: str, words: str) -> None:
    answer = ask(app, f"/articles?{query}")
    problem = json.loads(answer.body)
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    assert problem["parameter"] == parameter
    assert words in problem["detail"]


def test_an_empty_parameter_counts_as_missing_and_a_name_may_be_repeated(app: ASGIApp) -> None:
    every = json.loads(ask(app, "/articles").body)["articles"]
    assert json.loads(ask(app, "/articles?scope=&level=&since=&source=").body)["articles"] == every
    both = json.loads(ask(app, "/articles?source=oasis-wire&source=steppe-herald").body)["articles"]
    assert {one["source"] for one in both} == {"oasis-wire", "steppe-herald"}


def test_the_place_of_a_fault_in_a_query_can_be_read_by_programs(app: ASGIApp) -> None:
    assert json.loads(ask(app, "/articles?query=drill+NEAR").body)["position"] == len("drill NEAR")


def test_candidates_for_an_unknown_name_can_be_read_by_programs(app: ASGIApp) -> None:
    assert json.loads(ask(app, "/articles?entity=cstoo").body)["candidates"] == ["csto"]
    assert json.loads(ask(app, "/articles?source=oasiswire").body)["candidates"] == ["oasis-wire"]


@pytest.mark.parametrize(
    "cursor",
    [
        write_cursor("articles", ["1"]),
        write_cursor("articles", [True]),
        write_cursor("articles", [2**63]),
        write_cursor("articles", [1.5]),
        write_cursor("articles", [1, 2]),
        write_cursor("mentions", [1]),
        "W" * 900,
        "ÿ",
    ],
)
def test_a_forged_cursor_is_refused(app: ASGIApp, cursor: str) -> None:
    assert ask(app, f"/articles?cursor={quote(cursor)}").status == 422


def test_a_next_page_is_linked_in_body_and_header_and_keeps_the_filters(app: ASGIApp) -> None:
    answer = ask(app, "/articles?limit=1&source=oasis-wire")
    following = json.loads(answer.body)["next"]
    assert answer.headers["link"] == f'<{following}>; rel="next"'
    assert "source=oasis-wire" in following
    last = ask(app, "/articles?limit=500")
    assert json.loads(last.body)["next"] is None
    assert "link" not in last.headers


def test_what_a_client_has_already_is_not_sent_again(app: ASGIApp) -> None:
    first = ask(app, "/articles/1")
    headers = [(b"host", b"127.0.0.1"), (b"if-none-match", first.headers["etag"].encode())]
    again = ask(app, "/articles/1", headers=headers)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"


def test_one_article_comes_with_its_text(app: ASGIApp) -> None:
    article = read(app, "/articles/3")
    assert article["text"] == "CSTO drills on."
    assert article["headline"] == "CSTO drills on."
    assert article["entities"] == {"csto": 1}


def test_an_article_that_does_not_exist_is_a_problem(app: ASGIApp) -> None:
    answer = ask(app, "/articles/99")
    assert answer.status == 404
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "There is no article 99.",
    }


def test_a_store_that_does_not_answer_is_a_problem(
    app: ASGIApp, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the disk is gone"))

    monkeypatch.setattr(Database, "snapshot", fail)
    answer = ask(app, "/articles")
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert "the disk is gone" not in answer.text


LISTS = {"articles": "article_id", "revisions": "revision_id", "mentions": "article_id", "clusters": "article_id"}


@pytest.mark.parametrize("things", LISTS)
def test_a_search_ends_with_what_it_has_and_goes_on_from_there(
    app: ASGIApp, things: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.exports.row_articles._FIRST_BATCH", 1)
    whole = read(app, f"/{things}?query=NOT+karten&limit=500")
    assert (whole["next"], whole["is_cut"]) == (None, False)
    assert len(whole[things]) > 1
    monkeypatch.setattr("web.api.parts.answers.SEARCH_S", 0)
    first = read(app, f"/{things}?query=NOT+karten&limit=500")
    assert first["is_cut"]
    assert len(first[things]) < len(whole[things])
    assert read_all(app, f"/{things}?query=NOT+karten&limit=500", things) == whole[things]


def test_a_search_without_a_hit_goes_on_to_the_end(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.api.parts.answers.SEARCH_S", 0)
    monkeypatch.setattr("db.exports.row_articles._FIRST_BATCH", 1)
    address = f"/articles?query={quote('NOT (drill* OR учения)')}"
    first = read(app, address)
    assert (first["articles"], first["is_cut"]) == ([], True)
    assert read_all(app, address, "articles") == []


def test_changes_are_cut_where_the_time_is_over(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "/articles?changed_since=0&query=drill*&limit=500"
    whole = read(app, query)
    assert ([one["article_id"] for one in whole["articles"]], whole["is_cut"]) == ([1, 3, 4], False)
    monkeypatch.setattr("web.api.parts.answers.SEARCH_S", 0)
    monkeypatch.setattr("worker.search.changed._AT_ONCE", 1)
    cut = read(app, query)
    assert (len(cut["articles"]), cut["is_cut"]) == (1, True)
    assert read_all(app, query, "articles") == whole["articles"]


def test_the_answer_is_bounded(app: ASGIApp, store: Database) -> None:
    samples = [replace(SAMPLES[0], url=f"https://herald.example/n{number}") for number in range(LIMIT_MAX + 3)]
    fill(store, samples)
    assert len(read(app, f"/articles?limit={LIMIT_MAX}")["articles"]) == LIMIT_MAX
    assert len(ids(app, f"?limit={LIMIT_MAX}")) == LIMIT_MAX + 7
