"""Coverage cells equal a recount after any history of articles, revisions, cluster moves and deletions."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select, update

from db import coverage, migrate, sources, vocabularies
from db.dialect import insert
from db.engine import Database
from db.mentions import MentionIn, record_mentions
from db.models import Article, CoverageCell, CoverageMark, MentionRow, Revision, Source

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
FIRST_DAY = date(2021, 12, 20)
ENTITIES = ("csto", "kazakhstan", "turkey")
OUTLETS = ("lake-post", "pass-herald")

days = st.integers(0, 30).map(lambda n: FIRST_DAY + timedelta(days=n))
tags = st.lists(st.tuples(st.sampled_from(ENTITIES), st.sampled_from(coverage.LEVELS)), max_size=4)
events = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 5), days, tags, st.sampled_from(OUTLETS)),
    st.tuples(st.just("join"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("remove"), st.integers(0, 5)),
    st.tuples(st.just("recount")),
)


@pytest.fixture
def database(database_url: str) -> Database:
    opened = Database(database_url)
    migrate.upgrade(opened)

    def fill(conn: Connection) -> None:
        for number, outlet in enumerate(OUTLETS):
            row = sources.SourceIn(outlet, outlet, [f"{outlet}.example"], "person", country=f"C{number}")
            sources.record_source(conn, row, now=NOW)
        rows = [
            {"id": e, "type": "state", "label": e, "wikidata": None, "description": None, "in_seed": True}
            for e in ENTITIES
        ]
        vocabularies.record_version(conn, version="v", content="{}", entities=rows, aliases=0, now=NOW)

    opened.write(fill)
    return opened


def write(conn: Connection, number: int, day: date, tagged: list[tuple[str, str]], outlet: str) -> None:
    """Make article `number` say something new, on another day perhaps."""
    at = datetime.combine(day, datetime.min.time(), UTC)
    url = f"https://{outlet}.example/{number}"
    conn.execute(
        insert(conn, Article)
        .values(
            id=number + 1,
            canonical_url=url,
            url=url,
            source_id=outlet,
            collected_at=at,
            published_is_day=False,
            counts_on=day,
            genre="opinion" if number % 2 else None,
            cluster_id=number + 1,
        )
        .on_conflict_do_nothing(index_elements=["id"])
    )
    coverage.mark_articles(conn, [number + 1])
    revision_id = conn.execute(
        insert(conn, Revision)
        .values(
            article_id=number + 1,
            content_hash=f"{conn.scalar(select(Revision.id).order_by(Revision.id.desc()))}",
            observed_at=at,
            text="",
            published_is_day=False,
            stage="done",
        )
        .returning(Revision.id)
    ).scalar_one()
    conn.execute(update(Article).where(Article.id == number + 1).values(revision_id=revision_id, counts_on=day))
    found = [
        MentionIn(revision_id, "text", place, place + 1, entity, "x", "x", "en", "exact", level, None)
        for place, (entity, level) in enumerate(tagged)
    ]
    record_mentions(conn, [revision_id], found, vocabulary_version="v")
    coverage.mark_articles(conn, [number + 1])


def join(conn: Connection, number: int, original: int) -> None:
    coverage.mark_articles(conn, [number + 1])
    conn.execute(update(Article).where(Article.id == number + 1).values(cluster_id=original + 1))
    coverage.mark_articles(conn, [number + 1])


def remove(conn: Connection, number: int) -> None:
    coverage.mark_articles(conn, [number + 1])
    conn.execute(delete(Article).where(Article.id == number + 1))


def by_hand(conn: Connection) -> dict[tuple[object, ...], tuple[int, int, int]]:
    """Count everything anew, in Python, from the facts alone."""
    facts = conn.execute(
        select(
            MentionRow.entity_id,
            MentionRow.level,
            Article.id,
            Article.cluster_id,
            Article.counts_on,
            Article.source_id,
            Source.country,
            Article.genre,
        )
        .join(Article, Article.revision_id == MentionRow.revision_id)
        .join(Source, Source.id == Article.source_id)
    ).all()
    cells: dict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
    for entity, level, article_id, cluster_id, day, outlet, country, genre in facts:
        starts = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}
        parts = {"all": "", "source": outlet, "lang": "", "country": country, "genre": genre or ""}
        for grain, start in starts.items():
            for split, part in parts.items():
                for counted_level in (level, "all"):
                    cells[grain, start, entity, split, part, counted_level].append((article_id, cluster_id))
    return {key: (len({a for a, _ in rows}), len({c for _, c in rows}), len(rows)) for key, rows in cells.items()}


def stored(conn: Connection) -> dict[tuple[object, ...], tuple[int, int, int]]:
    return {tuple(row[:6]): tuple(row[6:]) for row in conn.execute(select(CoverageCell.__table__))}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(events, max_size=14))
def test_cells_equal_a_recount_after_any_history(database: Database, history: list[tuple[object, ...]]) -> None:
    deeds = {"write": write, "join": join, "remove": remove}

    def run(conn: Connection) -> None:
        for table in (CoverageCell, CoverageMark, MentionRow, Revision, Article):
            conn.execute(delete(table))
        for name, *arguments in history:
            if name == "recount":
                coverage.recount(conn, limit=3)
            else:
                deeds[str(name)](conn, *arguments)  # type: ignore[operator]
        while coverage.recount(conn):
            pass

    database.write(run)
    with database.reading() as conn:
        assert stored(conn) == by_hand(conn)
        assert coverage.count_marks(conn) == 0
