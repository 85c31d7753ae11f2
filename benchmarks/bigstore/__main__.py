"""Make a large store of invented articles: what three years of collecting would have come to.

    python -m benchmarks.bigstore --articles 100000 --into FOLDER
    python -m benchmarks.bigstore --articles 1000000 --url postgresql+psycopg://...

FOLDER becomes a data directory (STEPPEWATCH_DATA_DIR) with the embedded database. Outlets are those of the catalogue,
names those of the vocabulary, words are invented. Equal seeds and last days make equal stores. Coverage is counted in
arrays; `--check` lets the product recount every article of the last days and says whether any cell changed.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from benchmarks.bigstore import alerts, collecting
from benchmarks.bigstore.coverage import write_coverage
from benchmarks.bigstore.loading import Loader
from benchmarks.bigstore.material import ALIASES, Material, read_material
from benchmarks.bigstore.plan import DAYS, Plan, make_plan
from benchmarks.bigstore.rows import COLUMNS, RowWriter, WatchedMention
from db.coverage.cells import COUNTS, mark_articles
from db.engine import Database
from db.models import Article, CoverageCell, CoverageFact
from worker.coverage.recount import recount
from worker.setup import prepare
from worker.vocabulary.loader import packaged_folder, read_vocabulary

_BATCH = 10_000
_BEGAN = time.perf_counter()


def fill(database: Database, articles: int, *, last: date, seed: int = 1) -> dict[str, int]:
    """Fill an empty store with articles up to a day; return what it holds."""
    now = datetime.combine(last, datetime.min.time(), UTC) + timedelta(hours=20)
    first = last - timedelta(days=DAYS - 1)
    prepare(database, now=now - timedelta(days=DAYS))
    with database.reading() as conn:
        material = read_material(conn, read_vocabulary(packaged_folder()), seed=seed)
    plan = _plan(articles, material, seed)
    standing = database.write(lambda conn: alerts.add_subscriptions(conn, material, now))
    database.write(lambda conn: collecting.describe_feeds(conn, material, last, seed=seed))
    loader = Loader(database)
    hits = _write_articles(loader, plan, material, first, seed, set(standing))
    made = alerts.write_matches(loader, plan, hits, standing, last)
    loader.write("outcomes", collecting.OUTCOMES, collecting.outcome_rows(plan, material, first))
    loader.write("feed_days", collecting.FEED_DAYS, collecting.feed_day_rows(plan, material, first))
    _say("coverage")
    made |= write_coverage(loader, plan, material, first)
    _say("indexes")
    loader.finish()
    return {"articles": articles, "mentions": len(plan.entity), **made}


def _plan(articles: int, material: Material, seed: int) -> Plan:
    plan = make_plan(
        articles,
        seed=seed,
        languages=[outlet.languages for outlet in material.outlets],
        entities=len(material.entities),
        aliases=ALIASES,
    )
    return replace(plan, entity=material.by_rank[plan.entity])


def _write_articles(
    loader: Loader, plan: Plan, material: Material, first: date, seed: int, watched: set[int]
) -> list[WatchedMention]:
    changes = loader.use_numbers(len(plan.day) // 20 + 1)
    writer = RowWriter(plan, material, first=first, seed=seed, watched=watched)
    hits: list[WatchedMention] = []
    for number, batch in enumerate(writer.iter_batches(changes, _BATCH)):
        for table, rows in batch.tables.items():
            loader.write(table, COLUMNS[table], rows)
        loader.index_words(batch.words)
        hits += batch.hits
        if number % 10 == 0:
            _say(f"{number * _BATCH} articles")
    return hits


def _say(step: str) -> None:
    print(f"{time.perf_counter() - _BEGAN:7.1f} s: {step}", flush=True)


def check(database: Database, last: date, days: int = 2) -> bool:
    """Return whether the cells stay as they are when the articles of the last days are counted again."""

    def mark(conn: Connection) -> None:
        mark_articles(
            conn, conn.scalars(select(Article.id).where(Article.counts_on > last - timedelta(days=days))).all()
        )

    def sums(conn: Connection) -> list[tuple[int, ...]]:
        counted = [func.count(), *(func.sum(column) for column in COUNTS)]
        weighted = func.sum(CoverageCell.series_id % 9_973 * CoverageCell.articles)
        facts = conn.scalar(select(func.count()).select_from(CoverageFact)) or 0
        return [tuple(map(int, conn.execute(select(*counted, weighted)).one())), (facts,)]

    before = database.read(sums)
    database.write(mark)
    recount(database)
    return database.read(sums) == before


def main() -> None:
    """Make the store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--into", type=Path, help="a new data directory")
    place.add_argument("--url", help="address of an empty database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--last", type=date.fromisoformat, default=datetime.now(UTC).date(), help="last day; today")
    parser.add_argument("--check", action="store_true", help="recount the last days afterwards")
    asked = parser.parse_args()
    database = Database(asked.url or f"sqlite:///{asked.into / 'steppewatch.db'}")
    made = fill(database, asked.articles, last=asked.last, seed=asked.seed)
    _say(", ".join(f"{number:,} {name}" for name, number in made.items()))
    if asked.check and not check(database, asked.last):
        raise SystemExit("a recount comes to other cells")
    database.close()


if __name__ == "__main__":
    main()
