"""Coverage cells equal a recount after any history, with any number of workers, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recounted import recounted, stored
from sqlalchemy import Connection, delete, select, update
from templates import migrated

from db.articles.mentions import MentionIn, record_mentions
from db.collection.sources.book import SourceIn, record_source
from db.coverage import cells
from db.coverage import recount as rollups
from db.dialect import insert
from db.engine import Database
from db.models import (
    Article,
    CoverageCell,
    CoverageDirty,
    CoverageFact,
    CoverageMark,
    CoverageSeries,
    MentionRow,
    Revision,
    StoryDecision,
)
from db.vocabulary import versions
from worker.coverage.recount import recount
from worker.setup import move_to_zone
from worker.stories import edits

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
FIRST_DAY = date(2021, 12, 20)
ENTITIES = ("csto", "kazakhstan", "turkey")
OUTLETS = ("lake-post", "pass-herald")
DATINGS = ("dated", "dated", "first sight", "no day")
"""By what an article counts: its date, the day of its first sight, or on no day."""
_COUNT = count()
DERIVED = (CoverageCell, CoverageSeries, CoverageFact, CoverageMark, CoverageDirty)

numbers = st.integers(0, 5)
days = st.integers(0, 40).map(lambda n: FIRST_DAY + timedelta(days=n))
tags = st.lists(
    st.tuples(st.sampled_from(ENTITIES), st.sampled_from(cells.LEVELS), st.sampled_from(("title", "text"))),
    max_size=4,
)
events = st.one_of(
    st.tuples(st.just("write"), numbers, days, tags, st.sampled_from(OUTLETS), st.sampled_from(DATINGS)),
    st.tuples(st.just("write"), numbers, days, tags, st.sampled_from(OUTLETS), st.sampled_from(DATINGS)),
    st.tuples(st.just("retag"), numbers, tags),
    st.tuples(st.just("describe"), numbers, st.sampled_from([None, "opinion"]), st.sampled_from([None, False, True])),
    st.tuples(st.just("merge"), numbers, numbers),
    st.tuples(st.just("split"), numbers),
    st.tuples(st.just("undo"), numbers),
    st.tuples(st.just("remove"), numbers),
    st.tuples(st.just("recount")),
)


@pytest.fixture
def database(database_url: str) -> Database:
    opened = migrated(database_url)

    def fill(conn: Connection) -> None:
        for number, outlet in enumerate(OUTLETS):
            row = SourceIn(id=outlet, name=outlet, domains=[f"{outlet}.example"], origin="person", country=f"C{number}")
            record_source(conn, row, now=NOW)
        rows = [
            {"id": e, "type": "state", "label": e, "wikidata": None, "description": None, "in_seed": True}
            for e in ENTITIES
        ]
        versions.record_version(conn, version="v", content="{}", entities=rows, aliases=0, now=NOW)

    opened.write(fill)
    return opened


def write(
    conn: Connection, number: int, day: date, tagged: list[tuple[str, str, str]], outlet: str, dating: str = "dated"
) -> None:
    """Make article `number` say something new, on another day perhaps, with a date or without."""
    at = datetime.combine(day, datetime.min.time(), UTC)
    url = f"https://{outlet}.example/{number}"
    values = {"collected_at": at, "counts_on": day, "published_at": at if dating == "dated" else None}
    values |= {"source_id": outlet, "is_undated": dating == "no day"}
    article = {"id": number + 1, "canonical_url": url, "url": url, "cluster_id": number + 1, "published_is_day": False}
    # an update locks the row, so that nobody removes the article meanwhile
    row = insert(conn, Article).values(article | values)
    conn.execute(row.on_conflict_do_update(index_elements=["id"], set_={"url": url}))
    revision_id = conn.execute(
        insert(conn, Revision)
        .values(
            article_id=number + 1,
            content_hash=f"{next(_COUNT)}",
            observed_at=at,
            text="",
            published_is_day=False,
            stage="done",
        )
        .returning(Revision.id)
    ).scalar_one()
    conn.execute(update(Article).where(Article.id == number + 1).values(values | {"revision_id": revision_id}))
    _tag(conn, revision_id, tagged)
    cells.mark_articles(conn, [number + 1])


def retag(conn: Connection, number: int, tagged: list[tuple[str, str, str]]) -> None:
    revision_id = conn.scalar(select(Article.revision_id).where(Article.id == number + 1).with_for_update())
    if revision_id is not None:
        _tag(conn, revision_id, tagged)
    cells.mark_articles(conn, [number + 1])


def _tag(conn: Connection, revision_id: int, tagged: list[tuple[str, str, str]]) -> None:
    found = [
        MentionIn(
            revision_id=revision_id,
            field=field,
            start=place,
            end=place + 1,
            entity_id=entity,
            surface="x",
            alias="x",
            language="en",
            rule="exact",
            level=level,
            metonym_of=None,
        )
        for place, (entity, level, field) in enumerate(tagged)
    ]
    record_mentions(conn, [revision_id], found, vocabulary_version="v")


def describe(conn: Connection, number: int, genre: str | None, in_scope: bool | None) -> None:
    conn.execute(update(Article).where(Article.id == number + 1).values(genre=genre, in_scope=in_scope))
    cells.mark_articles(conn, [number + 1])


def merge(conn: Connection, one: int, other: int) -> None:
    if len(existing(conn, one, other)) == 2:
        with suppress(edits.NotPossible):  # one story already
            edits.merge(conn, one + 1, other + 1, note=None, now=NOW)


def split(conn: Connection, number: int) -> None:
    with suppress(edits.NotPossible):  # alone
        edits.split(conn, number + 1, note=None, now=NOW)


def undo(conn: Connection, latest: int) -> None:
    decisions = list(conn.scalars(select(StoryDecision.id).order_by(StoryDecision.id.desc())))
    with suppress(edits.NotPossible):  # undone already
        if len(decisions) > latest:
            edits.undo(conn, decisions[latest], now=NOW)


def existing(conn: Connection, *numbers: int) -> set[int]:
    return set(conn.scalars(select(Article.id).where(Article.id.in_([number + 1 for number in numbers]))))


def remove(conn: Connection, number: int) -> None:
    edits.remove(conn, number + 1)


DEEDS: dict[str, Callable[..., None]] = {
    "write": write,
    "retag": retag,
    "describe": describe,
    "merge": merge,
    "split": split,
    "undo": undo,
    "remove": remove,
}


def empty(conn: Connection) -> None:
    for table in (*DERIVED, StoryDecision, MentionRow, Revision, Article):
        conn.execute(delete(table))


def live(database: Database, history: list[tuple[object, ...]]) -> None:
    for name, *arguments in history:
        if name == "recount":
            recount(database, wait=False)
        else:
            database.write(lambda conn, name=name, arguments=arguments: DEEDS[str(name)](conn, *arguments))


def assert_counted(database: Database) -> None:
    with database.reading() as conn:
        assert stored(conn) == recounted(conn)
        assert cells.count_marks(conn) == 0
        assert read_first_days(conn) == find_first_days(conn)


def read_first_days(conn: Connection) -> dict[tuple[str, ...], date]:
    """Return the first days that are stored, by entity, grain, split, level and part."""
    series = CoverageSeries
    query = select(series.entity_id, series.grain, series.split, series.level, series.part, series.first_on)
    return {tuple(key): first_on for *key, first_on in conn.execute(query) if first_on is not None}


def find_first_days(conn: Connection) -> dict[tuple[str, ...], date]:
    """Return the first days of entities and pairs by day, from a recount."""
    found: dict[tuple[str, ...], date] = {}
    for *key, day in recounted(conn):
        if tuple(key[1:4]) in {("day", "all", "all"), ("day", "entity", "name")} and day > "0001-01-01":
            found[tuple(key)] = min(found.get(tuple(key), date.max), date.fromisoformat(day))
    return found


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(events, max_size=14))
def test_cells_equal_a_recount_after_any_history(database: Database, history: list[tuple[object, ...]]) -> None:
    database.write(empty)
    live(database, history)
    recount(database)
    assert_counted(database)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=st.lists(st.lists(events, min_size=4, max_size=10), min_size=3, max_size=3))
def test_cells_equal_a_recount_when_several_write_and_recount_at_once(
    database: Database, histories: list[list[tuple[object, ...]]]
) -> None:
    database.write(empty)
    with ThreadPoolExecutor(3) as workers:
        list(workers.map(lambda history: live(database, history), histories))
    recount(database)
    assert_counted(database)


def test_days_begin_by_the_time_zone_of_the_store(database: Database) -> None:
    late = datetime(2022, 1, 5, 22, tzinfo=UTC)
    for number in range(3):
        database.write(
            lambda conn, number=number: write(
                conn, number * 2, date(2022, 1, 5), [("csto", "name", "text")], OUTLETS[0]
            )
        )
    dates = {1: (late, False), 3: (late, True), 5: (None, False)}

    def date_anew(conn: Connection) -> None:
        for article_id, (published_at, is_day) in dates.items():
            values = {"published_at": published_at, "published_is_day": is_day, "collected_at": late}
            conn.execute(update(Article).where(Article.id == article_id).values(values))

    database.write(date_anew)
    move_to_zone(database, "Asia/Almaty")
    recount(database)
    assert_counted(database)
    by_day = {cell.bucket_on.day: cell.articles for cell in database.read(lambda conn: list(cells.iter_cells(conn)))}
    assert by_day == {5: 1, 6: 2}, "a day without a time is that day everywhere"
    move_to_zone(database, "UTC")
    recount(database)
    assert_counted(database)
    assert [cell.articles for cell in database.read(lambda conn: list(cells.iter_cells(conn)))] == [3]


def test_a_recount_whose_turn_ran_out_writes_nothing(database: Database) -> None:
    later = NOW + timedelta(seconds=rollups.LEASE_S + 1)
    mine = database.write(lambda conn: rollups.acquire_recount_lease(conn, now=NOW))
    assert mine is not None
    assert database.write(lambda conn: rollups.acquire_recount_lease(conn, now=NOW)) is None
    assert database.write(lambda conn: rollups.acquire_recount_lease(conn, now=later)) == mine + 1
    with pytest.raises(rollups.LeaseLost):
        database.write(lambda conn: rollups.renew_recount_lease(conn, mine, now=later))


def test_an_article_counts_within_one_recount_and_a_second_one_changes_nothing(database: Database) -> None:
    day = date(2022, 1, 5)
    database.write(
        lambda conn: write(conn, 0, day, [("csto", "name", "title"), ("turkey", "name", "text")], OUTLETS[0])
    )
    assert recount(database) == 1
    assert recount(database) == 0
    with database.reading() as conn:
        [cell] = cells.iter_cells(conn, entities=["csto"])
        [pair] = cells.iter_cells(conn, entities=["csto"], split="entity", level="name")
    assert (cell.articles, cell.stories, cell.mentions, cell.in_title, cell.undated) == (1, 1, 1, 1, 0)
    assert (pair.part, pair.articles) == ("turkey", 1)


def test_only_the_entities_that_an_article_names_most_often_are_paired(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "PAIRED", 2)
    tagged = [("turkey", "name", "text")] * 3 + [("kazakhstan", "name", "text")] * 2 + [("csto", "name", "text")]
    database.write(lambda conn: write(conn, 0, date(2022, 1, 5), tagged, OUTLETS[0]))
    recount(database)
    with database.reading() as conn:
        pairs = cells.iter_cells(conn, split="entity", level="name")
        assert [(pair.entity_id, pair.part) for pair in pairs] == [("kazakhstan", "turkey")]


def test_postgresql_neither_compiles_nor_shares_out_what_a_short_answer_needs(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.reading() as conn:
        told = [conn.exec_driver_sql(f"SHOW {name}").scalar() for name in ("jit", "max_parallel_workers_per_gather")]
    database.close()
    assert told == ["off", "0"]
