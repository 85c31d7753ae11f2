"""Lists that read in steps of days hold what one look at everything finds, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from samplestore import Sample, store_of
from sqlalchemy import Connection, delete, select, update

from db.articles.filters import Filters
from db.articles.lists import steps
from db.coverage.cells import mark_articles
from db.engine import Database
from db.models import Article, MentionRow
from db.vocabulary.versions import record_version
from worker.coverage.recount import recount
from worker.search.hits import list_newest
from worker.vocabulary.entities import Entity, Vocabulary

FIRST = datetime(2022, 1, 1, 9, tzinfo=UTC)
ENTITIES = ("csto", "tashkent")
OUTLETS = ("steppe-herald", "oasis-wire", "meadow.example")
WORDS = ("river", "bridge", "harbour", "market", "meadow")
LANGUAGES = ("en", "ru", "kk", "kk-Latn")
VOCABULARY = Vocabulary(
    entities=tuple(Entity(id=name, type="place", label=name, description="", aliases=()) for name in ENTITIES)
)


def invented(number: int) -> Sample:
    says = [(f"The {name}", name) for place, name in enumerate(ENTITIES) if number % (place + 2) == 0]
    text = " ".join(word for place, word in enumerate(WORDS) if number % (place + 1) == 0)
    return Sample(
        f"https://{number % 3}.example/{number}",
        OUTLETS[number % 3],
        title=f"Number {number}",
        text=f"{text} {number}. " + " ".join(surface for surface, _ in says),
        says=tuple(says),
        language=LANGUAGES[number * 7 % 11 % len(LANGUAGES)],
        published_at=None if number % 13 == 4 else FIRST + timedelta(hours=number * 17 % 400),
        genre="opinion" if number % 5 else None,
    )


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, [invented(number) for number in range(45)], by_migrations=True)
    content = VOCABULARY.to_json()
    database.write(lambda conn: record_version(conn, version="1b", content=content, entities=[], aliases=0, now=FIRST))
    recount(database)
    yield database
    database.close()


FILTERS = [
    Filters(),
    Filters(entities=["csto"]),
    Filters(entities=["tashkent", "csto"], languages=["kk"]),
    Filters(sources=["oasis-wire"]),
    Filters(sources=["oasis-wire", "meadow.example"], genres=["opinion"]),
    Filters(languages=["kk"]),
    Filters(languages=["kk-Latn", "ru"]),
    Filters(languages=["de"]),
    Filters(since=date(2022, 1, 4), until=date(2022, 1, 9), entities=["tashkent"]),
]


def listed(database: Database, filters: Filters, limit: int) -> list[int]:
    """Return the ids of all pages of a list."""
    found: list[int] = []
    while True:
        after = found[-1] if found else None
        with database.reading() as conn:
            hits = list_newest(conn, filters, after=after, limit=limit)
        found += [hit.article.article_id for hit in hits]
        if len(hits) < limit:
            return found


def everything(database: Database) -> list[list[int]]:
    return [listed(database, filters, 4) for filters in FILTERS]


def test_steps_of_any_size_find_the_same(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = everything(store)
    assert len(at_once[0]) == 45
    assert sum(map(len, at_once)) > 150
    for first, growth in ((1, 2), (3, 4), (5, 1)):
        monkeypatch.setattr(steps, "_FIRST", first)
        monkeypatch.setattr(steps, "_GROWTH", growth)
        assert everything(store) == at_once


def test_articles_that_changed_since_the_last_count_are_found(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_FIRST", 2)
    filters = Filters(entities=["csto"])
    before = listed(store, filters, 4)
    moved, silent = before[0], before[1]

    def change(conn: Connection) -> None:
        conn.execute(update(Article).where(Article.id == moved).values(counts_on=date(2020, 5, 5)))
        text = select(Article.revision_id).where(Article.id == silent).scalar_subquery()
        conn.execute(delete(MentionRow).where(MentionRow.revision_id == text))
        mark_articles(conn, [moved, silent])

    store.write(change)
    assert listed(store, filters, 4) == [*before[2:], moved]
    recount(store)
    assert listed(store, filters, 4) == [*before[2:], moved]
