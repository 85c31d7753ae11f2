"""How long coverage takes to answer, from ten million generated mentions: two years, 150 outlets, 416 entities.

    python -m benchmarks.coverage --sqlite coverage.db
    python -m benchmarks.coverage --postgresql postgresql+psycopg://user@host/empty_database

The store is generated (seeds fixed), its cells by the product's own counting, and asked. Each answer is timed three
ways: in the database alone, as rows of the driver, and as rows of SQLAlchemy. Beside it the same numbers counted from a
covering index over the mentions (entity, day, outlet). Times are of the processor, for PostgreSQL that of its session,
planning included, so it has to run on this machine. Needs some 8 GB and a quarter of an hour; `--mentions` makes it
smaller.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, text

from benchmarks.coveragestore import DAYS, FIRST, NAMED, TIMES, entity_name, fill
from db.coverage.cells import TOTAL, cells_query, mark_articles
from db.dialect import is_sqlite
from db.engine import Database
from worker.coverage.recount import recount

ASKED = 60


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
        return [entity_name(number) for number in chance.sample(range(60), count)]

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
            answers = [_in_database(conn, cells_query(**arguments)) for arguments in wanted]
            times = [spent for spent, _ in answers]
            inside = [spent / max(cells, 1) * 1e3 for spent, cells in answers]
            cells = int(np.median([cells for _, cells in answers]))
            plain = [_compiled(conn, cells_query(**arguments)) for arguments in wanted]
            driver = [_timed(partial(_driver_rows, conn, sql)) for sql in plain]
            rows = [_timed(partial(_rows, conn, arguments)) for arguments in wanted]
            covering = [_covered(conn, COVERED[name], a["entities"]) for a in wanted[:8]] if name in COVERED else []
        print(
            f"{name:26} {cells:9,} | {_percentiles(times)}  {np.median(inside):7.2f} | {_percentiles(driver)} |"
            f" {_percentiles(rows)} | " + (f"{np.median(covering):8.1f}" if covering else "")
        )


def _driver_rows(conn: Connection, sql: str) -> Any:
    return conn.connection.cursor().execute(sql).fetchall()


def _rows(conn: Connection, arguments: dict[str, Any]) -> Any:
    return conn.execute(cells_query(**arguments)).all()


def _percentiles(times: Sequence[float]) -> str:
    return f"{np.percentile(times, 50):10.2f} {np.percentile(times, 95):6.2f}"


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e3


def _compiled(conn: Connection, query: Select[*tuple[Any, ...]]) -> str:
    return str(query.compile(conn, compile_kwargs={"literal_binds": True}))


def _in_database(conn: Connection, query: Select[*tuple[Any, ...]]) -> tuple[float, int]:
    """Return milliseconds that the database alone takes, the least of three, and how many cells it finds."""
    return min(_once_in_database(conn, query) for _ in range(3))


def _once_in_database(conn: Connection, query: Select[*tuple[Any, ...]]) -> tuple[float, int]:
    sql = _compiled(conn, query)
    if is_sqlite(conn):
        summed = f"SELECT count(*), sum(articles), sum(stories), sum(mentions), max(bucket_on) FROM ({sql})"
        cursor = conn.connection.cursor()
        began = time.process_time()  # it runs in this process; a busy machine does not count
        [row] = cursor.execute(summed).fetchall()
        return (time.process_time() - began) * 1e3, row[0]
    return _explained(conn, sql)


def _explained(conn: Connection, sql: str) -> tuple[float, int]:
    """Return milliseconds of the processor that a PostgreSQL session on this machine takes, and how many rows."""
    session = Path("/proc") / str(conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()) / "schedstat"
    began = int(session.read_text().split()[0])
    plan = conn.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql.replace('%', '%%')}").scalar_one()
    spent = int(session.read_text().split()[0]) - began
    return spent / 1e6, plan[0]["Plan"]["Actual Rows"]


def _covered(conn: Connection, keys: str, entities: Sequence[str]) -> float:
    names = ", ".join(f"'{entity}'" for entity in entities)
    query = f"SELECT {keys}, count(*) FROM covering WHERE entity_id IN ({names}) GROUP BY {keys}"
    if is_sqlite(conn):
        return _timed(lambda: conn.exec_driver_sql(f"SELECT count(*) FROM ({query})").all())
    return _explained(conn, query)[0]


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
        ("generate, count and load", lambda: fill(database, count)),
        ("covering index", lambda: add_covering_index(database)),
        ("statistics", lambda: _analyze(database)),
        ("recount of one day", lambda: _recount(database, _mark_a_day)),
        ("recount of one article", lambda: _recount(database, lambda conn: mark_articles(conn, [count // 2]))),
    ]
    for name, step in steps:
        before = _sums(database) if name.startswith("recount") else None
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        print(
            f"{name}: {time.perf_counter() - wall:.1f} s ({time.process_time() - cpu:.1f} s of this process)",
            flush=True,
        )
        if before and _sums(database) != before:
            raise SystemExit("the recount came to other cells")
    with database.reading() as conn:
        for table in ("articles", "mentions", "coverage_facts", "coverage_series", "coverage_cells"):
            print(f"{table}: {conn.exec_driver_sql(f'SELECT count(*) FROM {table}').scalar_one():,} rows", flush=True)


def _analyze(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("ANALYZE" if is_sqlite(conn) else "VACUUM ANALYZE")


def _sums(database: Database) -> Sequence[Any]:
    with database.reading() as conn:
        return conn.exec_driver_sql(
            "SELECT count(*), sum(articles), sum(stories), sum(mentions), sum(in_title), sum(scope_stories)"
            " FROM coverage_cells"
        ).one()


def _recount(database: Database, mark: Callable[[Connection], None]) -> None:
    database.write(mark)
    recount(database)


def _mark_a_day(conn: Connection) -> None:
    day = FIRST + timedelta(days=DAYS // 2)
    mark_articles(conn, list(conn.exec_driver_sql(f"SELECT id FROM articles WHERE counts_on = '{day}'").scalars()))


if __name__ == "__main__":
    main()
