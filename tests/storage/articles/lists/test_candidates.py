"""Candidates of queries: in the order of the list, none missing, wherever a reader goes on, whatever is indexed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from samplestore import NOON, Sample, fill, store_of
from sqlalchemy import Connection, delete, select, update

from db.articles.filters import Filters
from db.articles.lists import candidates
from db.articles.lists.candidates import iter_candidates
from db.articles.lists.holders import find_few
from db.articles.lists.positions import Position, find_position
from db.articles.word_index import AllOf, AnyOf, HasEntity, HasWord, Need, record_words
from db.changes import note_changes
from db.dialect import is_sqlite
from db.dialect.word_index import ask_word, has_many
from db.engine import Database
from db.models import Article, Revision
from worker.matching.word_index import index_terms

# Invented: none of this was ever published.
CSTO = (("CSTO", "csto"),)
COUNT = 40


def sample(number: int) -> Sample:
    """Return an article; many are of one instant or one day, and every third names the alliance."""
    at = datetime(2022, 1, 1 + number % 5, tzinfo=UTC) + timedelta(hours=number % 3)
    words = ["bridge"] * (number % 2) + ["river"] * (number % 4 == 0) + ["CSTO"] * (number % 3 == 0)
    return Sample(
        f"https://herald.example/{number}",
        source=("steppe-herald", "oasis-wire")[number % 2],
        text=f"Number {number}: {' '.join(words)}.",
        says=CSTO,
        published_at=None if number % 7 == 0 else at,
        language=("en", "ru")[number % 4 == 3],
    )


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, [sample(number) for number in range(COUNT)], by_migrations=True)
    database.write(lambda conn: index_all(conn, range(1, COUNT - 5)))
    yield database
    database.close()


def index_all(conn: Connection, articles: Sequence[int]) -> None:
    words = {number: index_terms("A quiet week", sample(number - 1).text, "en") for number in articles}
    record_words(conn, words)


NEEDS: list[Need | None] = [
    None,
    HasWord("bridge"),
    HasWord("riv", is_prefix=True),
    HasWord("nowhere"),
    HasEntity("csto"),
    AllOf((HasWord("bridge"), HasWord("riv", is_prefix=True))),
    AllOf((HasWord("bridge"), HasEntity("csto"), AnyOf((HasWord("river"), HasWord("number"))))),
    AllOf((HasEntity("csto"), AnyOf((HasEntity("csto"), HasWord("nowhere"))))),
    AnyOf((HasWord("river"), HasEntity("csto"), AllOf((HasWord("bridge"), HasWord("number"))))),
]


def holds(need: Need | None, text: str) -> bool:
    """Return what the index says of a text that it has."""
    match need:
        case None:
            return True
        case HasWord(word, is_prefix):
            words = index_terms("A quiet week", text, "en")
            return any(one.startswith(word) for one in words) if is_prefix else word in words
        case HasEntity():
            return "CSTO" in text
        case AllOf(parts):
            return all(holds(part, text) for part in parts)
        case AnyOf(parts):
            return any(holds(part, text) for part in parts)


def has_word(need: Need | None) -> bool:
    return isinstance(need, HasWord)


def listed(
    conn: Connection, need: Need | None, *, oldest_first: bool = False, after: Position | None = None
) -> list[int]:
    found: list[int] = []
    for batch in iter_candidates(conn, Filters(), need, after=after, oldest_first=oldest_first):
        found += [place.article_id for _, place in batch.found]
    return found


@pytest.mark.parametrize("few", [0, 10_000], ids=["walked", "sorted"])
@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_candidates_are_those_of_the_list_in_its_order(
    store: Database, need: Need | None, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "_FEW", few)
    monkeypatch.setattr(candidates, "_FIRST_BATCH", 7)
    with store.reading() as conn:
        everything = listed(conn, None)
        assert sorted(everything) == list(range(1, COUNT + 1))
        places = [find_position(conn, article_id) for article_id in everything]
        assert all(one > other for one, other in pairwise(places))
        found = listed(conn, need)
        wanted = [one for one in everything if holds(need, sample(one - 1).text)]
        unindexed = set(range(COUNT - 5, COUNT + 1))
        assert [one for one in found if one not in unindexed] == [one for one in wanted if one not in unindexed]
        assert set(wanted) <= set(found)
        if has_word(need):
            assert unindexed <= set(found)
        assert listed(conn, need, oldest_first=True) == found[::-1]
        for place in places:
            at = everything.index(place.article_id)
            assert listed(conn, need, after=place) == [one for one in found if everything.index(one) > at]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(entities=["csto"]),
        Filters(entities=["csto", "turan"], languages=["ru"]),
        Filters(sources=["oasis-wire"], since=date(2022, 1, 2), until=date(2022, 1, 3)),
    ],
)
def test_filters(store: Database, filters: Filters) -> None:
    with store.reading() as conn:
        found = [place.article_id for batch in iter_candidates(conn, filters, None) for _, place in batch.found]
    wanted = [
        number + 1
        for number in range(COUNT)
        if ("CSTO" in sample(number).text or not filters.entities)
        and (sample(number).language in filters.languages or not filters.languages)
        and (sample(number).source in filters.sources or not filters.sources)
        and filters.covers((sample(number).published_at or NOON).date())
    ]
    assert sorted(found) == wanted
    assert found


def test_a_list_goes_on_where_an_article_was(store: Database) -> None:
    with store.reading() as conn:
        everything = listed(conn, None)
        place = find_position(conn, everything[10])
    store.write(lambda conn: conn.execute(delete(Article).where(Article.id == everything[10])))
    with store.reading() as conn:
        assert listed(conn, None, after=place) == everything[11:]
    fill(store, [sample(COUNT + number) for number in range(9)])
    with store.reading() as conn:
        known = set(everything[11:])
        assert [one for one in listed(conn, None, after=place) if one in known] == everything[11:]


def test_articles_that_come_later_are_candidates_until_they_are_indexed(store: Database) -> None:
    need = HasWord("nowhere")
    with store.reading() as conn:
        assert len(listed(conn, need)) == 6
    store.write(lambda conn: index_all(conn, range(COUNT - 5, COUNT + 1)))
    with store.reading() as conn:
        assert listed(conn, need) == []
    fill(store, [sample(COUNT)])
    with store.reading() as conn:
        assert listed(conn, need) == [COUNT + 1]


def test_a_text_from_before_the_index_is_a_candidate_when_it_comes_back(store: Database) -> None:
    former = Sample("https://herald.example/1", text="A former text.", collected_at=NOON)
    fill(store, [former])  # of the second article, whose first text is indexed
    need = HasWord("nowhere")
    store.write(lambda conn: index_all(conn, range(COUNT - 5, COUNT + 1)))
    with store.reading() as conn:
        revision = conn.execute(select(Revision.id).where(Revision.text == former.text)).scalar_one()
        assert listed(conn, need) == [2]
    store.write(lambda conn: show_revision(conn, 2))
    with store.reading() as conn:
        assert listed(conn, need) == []
    store.write(lambda conn: show_revision(conn, revision))
    with store.reading() as conn:
        assert listed(conn, need) == [2]


def show_revision(conn: Connection, revision_id: int) -> None:
    """Make a text the current one of the second article."""
    conn.execute(update(Article).where(Article.id == 2).values(revision_id=revision_id))
    note_changes(conn, [2])


def test_what_many_texts_have_is_known_without_reading_them(store: Database) -> None:
    fill(store, [sample(COUNT + number) for number in range(200)])
    store.write(lambda conn: index_all(conn, range(COUNT - 5, COUNT + 201)))
    frequent, rare = HasWord("number"), HasWord("nowhere")
    with store.reading() as conn:
        if not is_sqlite(conn):
            conn.exec_driver_sql("ANALYZE word_index")
        assert find_few(conn, frequent, limit=50) is None
        assert find_few(conn, AnyOf((frequent, rare)), limit=50) is None
        assert find_few(conn, AllOf((frequent, rare)), limit=50) == set()
        assert find_few(conn, rare, limit=50) == set()
        assert is_sqlite(conn) or has_many(conn, ask_word(conn, "number", is_prefix=False), words=1, limit=50)
        several = AnyOf(tuple(HasWord(f"nowhere{number}") for number in range(60)))
        assert find_few(conn, several, limit=50) == set(), "words that nobody knows are not taken for frequent ones"
