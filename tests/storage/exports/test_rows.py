"""Exported rows: complete, in an order that ids do not decide, filtered as asked, equal to a plain query."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from exported import document, export
from samplestore import Sample, fill, store_of
from sqlalchemy import delete, select, update

from db.engine import Database
from db.exports.read import Filters
from db.models import Article, CoverageCell, CoverageSeries

EARLY = datetime(2022, 1, 2, 0, 0, tzinfo=UTC)
LATE = datetime(2022, 1, 7, 23, 59, 59, tzinfo=UTC)

# Invented: none of this was ever published.
SAMPLES = [
    Sample(
        "https://herald.example/b?utm_source=x",
        title="CSTO leaves, Kazakhstan stays",
        text="The CSTO left. Kazakhstan stays where it is; the CSTO does not.",
        says=(("CSTO", "csto"), ("Kazakhstan", "kazakhstan")),
        author="A. Invented",
    ),
    Sample(
        "https://oasis.example/b",
        source="oasis-wire",
        title="CSTO leaves, Kazakhstan stays",
        text="The CSTO left. Kazakhstan stays where it is.",
        says=(("CSTO", "csto"), ("Kazakhstan", "kazakhstan")),
        language="ru",
        published_at=LATE,
        copies="https://herald.example/b?utm_source=x",
    ),
    Sample(
        "https://meadow.example/turan",
        source="meadow.example",
        title=None,
        text="=Turan() is no formula.",
        says=(("Turan", "turan"),),
        published_at=None,
        language="kk-Latn",
    ),
    Sample(
        "https://herald.example/A",
        title="Of Tashkent",
        says=(("Tashkent", "tashkent"),),
        published_at=EARLY,
        is_day=True,
    ),
    Sample("https://herald.example/a", title="Nothing", published_at=EARLY, is_day=True, language="kk"),
    Sample("https://herald.example/a", title="Nothing much", published_at=EARLY, is_day=True, language="kk"),
]


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    yield database
    database.close()


def test_articles_come_by_day_and_address(store: Database) -> None:
    assert [(row["counts_on"], row["canonical_url"]) for row in export(store, "articles")] == [
        ("2022-01-02", "https://herald.example/A"),
        ("2022-01-02", "https://herald.example/a"),
        ("2022-01-05", "https://herald.example/b"),
        ("2022-01-07", "https://oasis.example/b"),
        ("2022-01-10", "https://meadow.example/turan"),
    ]


def test_an_article_in_full(store: Database) -> None:
    row = export(store, "articles")[2]
    article_id = row.pop("article_id")
    assert row.pop("cluster_id") == article_id
    assert row == {
        "url": "https://herald.example/b?utm_source=x",
        "source": "steppe-herald",
        "source_name": "Steppe Herald",
        "title": "CSTO leaves, Kazakhstan stays",
        "author": "A. Invented",
        "language": "en",
        "published_at": "2022-01-05T08:30:00Z",
        "collected_at": "2022-01-10T12:00:00Z",
        "counts_on": "2022-01-05",
        "date_is_assumed": "false",
        "is_original": "true",
        "revisions": "1",
        "canonical_url": "https://herald.example/b",
        "original_url": "https://herald.example/b",
        "is_undated": "false",
        "genre": "news",
        "in_scope": "",
    }


def test_a_reprint_names_its_original(store: Database) -> None:
    original, copy = export(store, "articles")[2:4]
    assert (copy["is_original"], copy["cluster_id"]) == ("false", original["article_id"])
    assert copy["original_url"] == original["canonical_url"]


def test_what_nobody_dated_says_so(store: Database) -> None:
    row = export(store, "articles")[4]
    assert (row["published_at"], row["counts_on"], row["date_is_assumed"]) == ("", "2022-01-10", "true")
    assert row["title"] == ""


def test_a_day_without_time_is_exported_as_a_day(store: Database) -> None:
    assert export(store, "articles")[0]["published_at"] == "2022-01-02"


def test_revisions_are_counted_and_the_last_one_is_shown(store: Database) -> None:
    row = export(store, "articles")[1]
    assert (row["revisions"], row["title"]) == ("2", "Nothing much")


def test_an_article_not_yet_compared_has_no_cluster(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Article).values(cluster_id=None)))
    row = export(store, "articles")[0]
    assert (row["cluster_id"], row["is_original"], row["original_url"]) == ("", "", "")


def test_mentions_in_order_titles_first(store: Database) -> None:
    rows = [row for row in export(store, "mentions") if row["url"].startswith("https://herald.example/b")]
    assert [(row["field"], row["start"], row["end"], row["surface"], row["entity"]) for row in rows] == [
        ("title", "0", "4", "CSTO", "csto"),
        ("title", "13", "23", "Kazakhstan", "kazakhstan"),
        ("text", "4", "8", "CSTO", "csto"),
        ("text", "15", "25", "Kazakhstan", "kazakhstan"),
        ("text", "49", "53", "CSTO", "csto"),
    ]


def test_a_mention_in_full(store: Database) -> None:
    row = export(store, "mentions", Filters(entities=["turan"]))[0]
    assert row.pop("article_id") == export(store, "articles")[4]["article_id"]
    assert row == {
        "field": "text",
        "start": "1",
        "end": "6",
        "surface": "Turan",
        "entity": "turan",
        "type": "concept",
        "level": "concept",
        "alias": "Turan",
        "language": "kk-Latn",
        "rule": "plain",
        "vocabulary_version": "0a1b2c",
        "url": "https://meadow.example/turan",
        "source": "meadow.example",
        "counts_on": "2022-01-10",
        "metonym_of": "",
    }


def test_mentions_of_an_old_revision_are_not_exported(store: Database) -> None:
    said = Sample("https://oasis.example/c", "oasis-wire", text="Turan here.", says=(("Turan", "turan"),))
    fill(store, [said, Sample("https://oasis.example/c", "oasis-wire", title="z", text="Nothing here.")])
    assert not [row for row in export(store, "mentions") if row["url"] == said.url]


def test_coverage_by_day_entity_and_source(store: Database) -> None:
    columns = ("day", "entity", "source", "articles", "stories", "mentions", "entity_label", "source_name")
    assert [tuple(row[name] for name in columns) for row in export(store, "coverage")] == [
        ("2022-01-02", "tashkent", "steppe-herald", "1", "1", "1", "Tashkent", "Steppe Herald"),
        ("2022-01-05", "csto", "steppe-herald", "1", "1", "3", "CSTO", "Steppe Herald"),
        ("2022-01-05", "kazakhstan", "steppe-herald", "1", "1", "2", "Kazakhstan", "Steppe Herald"),
        ("2022-01-07", "csto", "oasis-wire", "1", "1", "2", "CSTO", "Oasis Wire"),
        ("2022-01-07", "kazakhstan", "oasis-wire", "1", "1", "2", "Kazakhstan", "Oasis Wire"),
        ("2022-01-10", "turan", "meadow.example", "1", "1", "1", "Turan", "Meadow, a blog"),
    ]


def test_coverage_equals_a_count_over_the_exported_mentions(store: Database) -> None:
    counted: dict[tuple[str, str, str], int] = {}
    for row in export(store, "mentions"):
        key = (row["counts_on"], row["entity"], row["source"])
        counted[key] = counted.get(key, 0) + 1
    exported = {(r["day"], r["entity"], r["source"]): int(r["mentions"]) for r in export(store, "coverage")}
    assert exported == counted


def test_filters(store: Database) -> None:
    expected = {
        Filters(since=date(2022, 1, 5)): (3, 10, 5),
        Filters(until=date(2022, 1, 5)): (3, 6, 3),
        Filters(since=date(2022, 1, 3), until=date(2022, 1, 5)): (1, 5, 2),
        Filters(since=date(2023, 1, 1)): (0, 0, 0),
        Filters(until=date.max): (5, 11, 6),
        Filters(entities=("csto",)): (2, 5, 2),
        Filters(entities=("csto", "turan")): (3, 6, 3),
        Filters(sources=("oasis-wire",)): (1, 4, 2),
        Filters(sources=("oasis-wire", "meadow.example")): (2, 5, 3),
        Filters(entities=("turan",), sources=("oasis-wire",)): (0, 0, 0),
    }
    counted = {
        filters: tuple(len(export(store, kind, filters)) for kind in ("articles", "mentions", "coverage"))
        for filters in expected
    }
    assert counted == expected


def test_a_language_includes_its_scripts_and_is_no_pattern(store: Database) -> None:
    expected = {("ru",): 1, ("kk",): 2, ("kk-Latn",): 1, ("ru", "en"): 3, ("k%",): 0, ("k_",): 0}
    counted = {languages: len(export(store, "articles", Filters(languages=languages))) for languages in expected}
    assert counted == expected


def test_articles_of_a_genre_and_of_the_scope(store: Database) -> None:
    fill(store, [Sample("https://herald.example/o", title="I think", genre="opinion")])
    store.write(lambda conn: conn.execute(update(Article).where(Article.genre == "opinion").values(in_scope=True)))
    assert [row["title"] for row in export(store, "articles", Filters(genres=["opinion"]))] == ["I think"]
    assert [row["title"] for row in export(store, "articles", Filters(in_scope=True))] == ["I think"]
    assert export(store, "articles", Filters(in_scope=False)) == []


@pytest.mark.parametrize("filters", [Filters(languages=["kk"]), Filters(genres=["news"]), Filters(in_scope=True)])
def test_coverage_cannot_be_asked_for_by_what_cells_are_not_kept_by(store: Database, filters: Filters) -> None:
    with pytest.raises(ValueError, match="language"):
        document(store, "coverage", filters)


def test_cells_of_other_grains_splits_and_levels_stay_out(store: Database) -> None:
    kept = len(export(store, "coverage"))
    series = CoverageSeries
    others = (series.grain != "day") | (series.split != "source") | (series.level != "all") | (series.entity_id == "")
    ids = select(series.id).where(others)
    store.write(lambda conn: conn.execute(delete(CoverageCell).where(CoverageCell.series_id.in_(ids))))
    assert len(export(store, "coverage")) == kept
