"""How long coverage takes to answer, from ten million generated mentions: two years, 150 outlets, 416 entities.

    python -m benchmarks.coverage --sqlite coverage.db
    python -m benchmarks.coverage --postgresql postgresql+psycopg://user@host/empty_database

The store is generated (seeds fixed), counted by the product's own recount, and asked. Each answer is timed three ways:
in the database alone, as rows of the driver, and as rows of SQLAlchemy. Beside it the same numbers counted from a
covering index over the mentions (entity, day, outlet). Times are of the processor, but PostgreSQL's own, which are of
the clock. Needs some 6 GB and half an hour; `--mentions` makes it smaller.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, text

from db import migrate
from db.coverage import TOTAL, cells_query, mark_articles, mark_everything
from db.dialect import is_sqlite
from db.engine import Database
from db.models import Article, MentionRow, Source
from worker.recount import recount

FIRST, DAYS, OUTLETS, ENTITIES = date(2022, 1, 1), 730, 150, 416
NAMED, TIMES = 4, 2
"""Entities an article names, and mentions of each, on average."""
LANGUAGES, COUNTRIES, GENRES = 12, 20, 4
ASKED = 60


def articles(count: int) -> Iterator[dict[str, Any]]:
    """Yield articles by day: outlets differ in size, weekends are quiet, one in five is a reprint."""
    chance = np.random.default_rng(1)
    weights = np.array([0.6 if (FIRST + timedelta(days=n)).weekday() >= 5 else 1.0 for n in range(DAYS)])
    days = np.sort(chance.choice(DAYS, count, p=weights / weights.sum()))
    sizes = 1 / np.arange(1, OUTLETS + 1) ** 0.7
    outlets = chance.choice(OUTLETS, count, p=sizes / sizes.sum())
    copies = chance.random(count) < 0.2
    for number, (day, outlet, is_copy) in enumerate(
        zip(days.tolist(), outlets.tolist(), copies.tolist(), strict=True), 1
    ):
        at = datetime(FIRST.year, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
        yield {
            "id": number,
            "canonical_url": f"https://outlet{outlet}.example/{number}",
            "url": f"https://outlet{outlet}.example/{number}",
            "source_id": f"outlet-{outlet}",
            "revision_id": number,
            "collected_at": at,
            "published_at": at,
            "published_is_day": False,
            "counts_on": at.date(),
            "language": f"l{outlet % LANGUAGES}",
            "genre": f"genre-{number % GENRES}",
            "in_scope": number % 3 > 0,
            "cluster_id": max(1, number - number % 7) if is_copy else number,
        }


def mentions(count: int) -> Iterator[tuple[Any, ...]]:
    """Yield mentions by article, in the order of the columns: a few entities are everywhere, most are rare (Zipf)."""
    chance = np.random.default_rng(2)
    weights = 1 / np.arange(1, ENTITIES + 1) ** 0.9
    weights /= weights.sum()
    names = np.array([f"entity-{entity:03}" for entity in range(ENTITIES)], dtype=object)
    levels = np.array(["demonym" if entity % 10 == 9 else "name" for entity in range(ENTITIES)], dtype=object)
    for begin in range(1, count + 1, 10_000):
        size = min(10_000, count + 1 - begin)
        named = chance.choice(ENTITIES, (size, NAMED), p=weights)
        times = 1 + chance.poisson(TIMES - 1, (size, NAMED))
        entities, per_article = np.repeat(named.ravel(), times.ravel()), times.sum(axis=1)
        first = np.repeat(np.cumsum(per_article) - per_article, per_article)
        place = np.arange(len(entities)) - first
        yield from zip(
            np.repeat(np.arange(begin, begin + size), per_article).tolist(),
            np.where(place == 0, "title", "text").tolist(),
            place.tolist(),
            (place + 1).tolist(),
            names[entities].tolist(),
            *(repeat(value) for value in ("x", "x", "en", "exact")),
            levels[entities].tolist(),
            repeat(None),
            repeat("v"),
            strict=False,
        )


def load(database: Database, count: int) -> None:
    """Fill a store with that many articles and their mentions, past all checks."""
    migrate.upgrade(database)
    with database.engine.connect() as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        outlets = (
            {
                "id": f"outlet-{n}",
                "name": f"Outlet {n}",
                "country": f"c{n % COUNTRIES}",
                "languages": "[]",
                "kind": None,
                "homepage": None,
                "bias_note": None,
                "paywall": None,
                "origin": "person",
                "added_at": datetime(2022, 1, 1, tzinfo=UTC),
            }
            for n in range(OUTLETS)
        )
        fill = _fill_sqlite if is_sqlite(conn) else _fill_postgresql
        if is_sqlite(conn):
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute("PRAGMA synchronous = OFF")
        else:
            raw.execute("SET session_replication_role = replica")
        for table, rows in ((Source, _in_order(Source, outlets)), (Article, _in_order(Article, articles(count)))):
            fill(raw, table, rows)
        fill(raw, MentionRow, mentions(count))


def _in_order(table: Any, rows: Iterator[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    names = [column.name for column in table.__table__.columns]
    return (tuple(row[name] for name in names) for row in rows)


def _fill_sqlite(raw: Any, table: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.__table__.columns]
    marks = ", ".join("?" * len(names))
    quoted = ", ".join(f'"{name}"' for name in names)
    raw.execute("BEGIN")
    plain = rows if table is MentionRow else (tuple(map(_plain, row)) for row in rows)
    while batch := list(islice(plain, 50_000)):
        raw.executemany(f"INSERT INTO {table.__tablename__} ({quoted}) VALUES ({marks})", batch)
    raw.execute("COMMIT")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    return value.isoformat() if isinstance(value, date) else value


def _fill_postgresql(raw: Any, table: Any, rows: Iterator[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.__table__.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.__tablename__} ({quoted}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    raw.commit()


def add_covering_index(database: Database) -> None:
    """Make what one would count from instead: the mentions by (entity, day, outlet), in numbers."""
    with database.engine.begin() as conn:
        conn.execute(
            text(
                "CREATE TABLE covering AS SELECT m.entity_id, a.counts_on, a.source_id, a.id AS article_id"
                " FROM mentions m JOIN articles a ON a.revision_id = m.revision_id"
            )
        )
        conn.execute(text("CREATE INDEX ix_covering ON covering (entity_id, counts_on, source_id, article_id)"))


def questions() -> Iterator[tuple[str, Callable[[random.Random], dict[str, Any]]]]:
    """Yield what is asked: a name, and arguments of `cells_query` by chance."""

    def some(chance: random.Random, count: int) -> list[str]:
        return [f"entity-{number:03}" for number in chance.sample(range(60), count)]

    yield "one entity by day", lambda chance: {"entities": some(chance, 1)}
    yield "ten by day", lambda chance: {"entities": some(chance, 10)}
    yield "totals by day", lambda chance: {"entities": [TOTAL]}
    yield "one by week and language", lambda chance: {"entities": some(chance, 1), "grain": "week", "split": "lang"}
    yield (
        "ten by month and country",
        lambda chance: {"entities": some(chance, 10), "grain": "month", "split": "country"},
    )
    yield "one by day and outlet", lambda chance: {"entities": some(chance, 1), "split": "source"}
    yield "ten by day and outlet", lambda chance: {"entities": some(chance, 10), "split": "source"}


COVERED = {
    "one entity by day": "counts_on",
    "ten by day": "entity_id, counts_on",
    "one by day and outlet": "counts_on, source_id",
    "ten by day and outlet": "entity_id, counts_on, source_id",
}


def measure(database: Database) -> None:
    """Print the 50th and 95th percentile of each question, in milliseconds."""
    print(
        f"{'ms':26} {'cells':>9} | database p50   p95  µs/cell | driver p50  p95 | SQLAlchemy p50  p95 | covering index"
    )
    for name, draw in questions():
        chance = random.Random(name)
        rounds = ASKED if "outlet" not in name else 12
        wanted = [draw(chance) for _ in range(rounds)]
        with database.reading() as conn:
            inside, cells = [], 0
            for arguments in wanted:
                spent, cells = _in_database(conn, cells_query(**arguments))
                inside.append(spent / max(cells, 1) * 1e3)
            times = [_in_database(conn, cells_query(**arguments))[0] for arguments in wanted]
            plain = [_compiled(conn, cells_query(**arguments)) for arguments in wanted]
            driver = [_timed(lambda sql=sql: conn.connection.cursor().execute(sql).fetchall()) for sql in plain]  # type: ignore[misc]
            rows = [_timed(lambda a=arguments: conn.execute(cells_query(**a)).all()) for arguments in wanted]  # type: ignore[misc]
            covering = [_covered(conn, COVERED[name], a["entities"]) for a in wanted[:8]] if name in COVERED else []
        print(
            f"{name:26} {cells:9,} | {_percentiles(times)}  {np.median(inside):7.2f} | {_percentiles(driver)} |"
            f" {_percentiles(rows)} | " + (f"{np.median(covering):8.1f}" if covering else "")
        )


def _percentiles(times: Sequence[float]) -> str:
    return f"{np.percentile(times, 50):10.2f} {np.percentile(times, 95):6.2f}"


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e3


def _compiled(conn: Connection, query: Select[*tuple[Any, ...]]) -> str:
    return str(query.compile(conn, compile_kwargs={"literal_binds": True}))


def _in_database(conn: Connection, query: Select[*tuple[Any, ...]]) -> tuple[float, int]:
    """Return milliseconds that the database alone takes, and how many cells it finds."""
    sql = _compiled(conn, query)
    if is_sqlite(conn):
        summed = f"SELECT count(*), sum(articles), sum(stories), sum(mentions), max(bucket_on) FROM ({sql})"
        cursor = conn.connection.cursor()
        began = time.process_time()  # it runs in this process; a busy machine does not count
        [row] = cursor.execute(summed).fetchall()
        return (time.process_time() - began) * 1e3, row[0]
    plan = conn.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql.replace('%', '%%')}").scalar_one()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]
    return top["Execution Time"], top["Plan"]["Actual Rows"]


def _covered(conn: Connection, keys: str, entities: Sequence[str]) -> float:
    names = ", ".join(f"'{entity}'" for entity in entities)
    query = f"SELECT {keys}, count(*) FROM covering WHERE entity_id IN ({names}) GROUP BY {keys}"
    if is_sqlite(conn):
        return _timed(lambda: conn.exec_driver_sql(f"SELECT count(*) FROM ({query})").all())
    plan = conn.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}").scalar_one()
    return float((json.loads(plan) if isinstance(plan, str) else plan)[0]["Execution Time"])


def main() -> None:
    """Generate, count, ask."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sqlite", type=Path, help="file to create")
    parser.add_argument("--postgresql", help="address of an empty database")
    parser.add_argument("--mentions", type=int, default=10_000_000)
    parser.add_argument("--asked-only", action="store_true", help="the store is there from an earlier run")
    arguments = parser.parse_args()
    urls = [f"sqlite:///{arguments.sqlite}"] if arguments.sqlite else []
    for url in [*urls, *([arguments.postgresql] if arguments.postgresql else [])]:
        database = Database(url)
        if not arguments.asked_only:
            _build(database, arguments.mentions // (NAMED * TIMES))
        measure(database)
        database.close()


def _build(database: Database, count: int) -> None:
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("generate and load", lambda: load(database, count)),
        ("recount of everything", lambda: _recount(database, mark_everything)),
        ("covering index", lambda: add_covering_index(database)),
        ("recount of one day", lambda: _recount(database, _mark_a_day)),
        ("recount of one article", lambda: _recount(database, lambda conn: mark_articles(conn, [count // 2]))),
    ]
    for name, step in steps:
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        print(
            f"{name}: {time.perf_counter() - wall:.1f} s ({time.process_time() - cpu:.1f} s of this process)",
            flush=True,
        )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("ANALYZE")
        for table in ("articles", "mentions", "coverage_facts", "coverage_series", "coverage_cells"):
            print(f"{table}: {conn.exec_driver_sql(f'SELECT count(*) FROM {table}').scalar_one():,} rows", flush=True)


def _recount(database: Database, mark: Callable[[Connection], None]) -> None:
    database.write(mark)
    recount(database)


def _mark_a_day(conn: Connection) -> None:
    day = FIRST + timedelta(days=DAYS // 2)
    mark_articles(conn, list(conn.exec_driver_sql(f"SELECT id FROM articles WHERE counts_on = '{day}'").scalars()))


if __name__ == "__main__":
    main()
