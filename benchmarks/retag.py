"""Time of tagging an archive anew after one alias was added, and whether coverage is exact afterwards.

    python -m benchmarks.retag [--articles 100000] [--url postgresql+psycopg://…] [--kill]

Articles are invented and generated: paragraphs of news prose, numbered, each on one day of a year, two or three times
the length of a short report. With `--kill` the work is done by the command and ended (SIGKILL) half-way, then begun
again. The recount is a query of its own over articles and mentions.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, text

from db import migrate
from db.articles.mentions import record_mentions
from db.articles.revisions import record_scope
from db.collection.sources.book import SourceIn, record_source
from db.coverage import cells as coverage
from db.engine import Database
from db.models import Article, Revision
from db.vocabulary import retags
from worker.chain.batch.tag import RevisionTagger
from worker.chain.pipeline import Pipeline
from worker.chain.retag import retag_archive
from worker.chain.service import batches, utc_now
from worker.coverage.recount import recount
from worker.setup import load_vocabulary
from worker.vocabulary.entities import Alias, Vocabulary
from worker.vocabulary.loader import packaged_folder, read_vocabulary

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PARAGRAPHS = (
    "The ministers spent the morning on transit fees and the afternoon on the price of the new rolling stock. Nobody "
    "expected a result before spring, and the closing remarks of the host promised none.",
    "Kazakhstan’s delegation arrived late. Its deputy head said that talks with Turkey about the corridor would go on "
    "in Baku, and that Russia had been told of each step.",
    "Farmers in the valley have watched the river fall for eleven summers. The pumps, bought second-hand, run at night "
    "when power is cheap; the canals lose a third of what they carry.",
    "A retired officer who once served with CSTO-led peacekeepers called the exercise routine. Others in Bishkek read "
    "it as a message to Tashkent, where the announcement met with silence.",
    "Prices rose again in the bazaars. Traders blamed the weather, the currency and each other, in that order.",
    "The envoy of the European Union will visit Astana next week. President Tokayev’s office confirmed the date but "
    "not the agenda.",
)
"""Invented for this benchmark."""
OUTLETS = [f"outlet{number}.example" for number in range(40)]
RARE = "the toll keeper of the upper valley"

RECOUNT = """
    SELECT m.entity_id, a.counts_on, count(DISTINCT a.id), count(DISTINCT a.cluster_id), count(*)
    FROM mentions m JOIN articles a ON a.revision_id = m.revision_id GROUP BY 1, 2 ORDER BY 1, 2
"""
CELLS = """
    SELECT s.entity_id, c.bucket_on, c.articles, c.stories, c.mentions
    FROM coverage_cells c JOIN coverage_series s ON s.id = c.series_id
    WHERE s.grain = 'day' AND s.split = 'all' AND s.level = 'all' AND s.entity_id <> '' ORDER BY 1, 2
"""


def main() -> None:
    """Fill a store, add an alias, tag it anew, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument(
        "--url", help="SQLAlchemy address of an empty database; SQLite in a temporary folder if left out"
    )
    parser.add_argument("--kill", action="store_true", help="end the work half-way and begin again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(options.url or f"sqlite:///{Path(folder) / 'bench.db'}")
        packaged = read_vocabulary(packaged_folder())
        began = time.perf_counter()
        _fill(database, packaged, options.articles)
        _say("filled and counted", began, options.articles)
        vocabulary = _with_alias(packaged)
        database.write(lambda conn: load_vocabulary(conn, vocabulary, now=NOW))
        began, cpu = time.perf_counter(), time.process_time()
        if options.kill:
            _killed_and_again(database, options.articles)
        else:
            retag_archive(Pipeline(database, clock=utc_now))
            print(f"{'of which CPU here':28}{time.process_time() - cpu:8.1f} s")
        _say("tagged anew and counted", began, options.articles)
        _compare(database)
        database.close()


def _fill(database: Database, vocabulary: Vocabulary, articles: int) -> None:
    """Store articles, tagged and counted, as the chain would; a tenth of them are reprints."""
    migrate.upgrade(database)
    database.write(lambda conn: load_vocabulary(conn, vocabulary, now=NOW))
    for name in OUTLETS:
        database.write(
            partial(record_source, source=SourceIn(id=name, name=name, domains=[name], origin="person"), now=NOW)
        )
    spotter = RevisionTagger(vocabulary, vocabulary.version)
    for batch in batches(range(1, articles + 1), 1_000):
        _store(database, spotter, batch)
    recount(database)


def _store(database: Database, spotter: RevisionTagger, numbers: Sequence[int]) -> None:
    """Store a thousand articles in one transaction, tagged as the chain would."""
    texts = [
        retags.RetagText(id=number, title=f"Report {number}", text=_text(number), language="en") for number in numbers
    ]
    tagged = {text.id: spotter.tag(text) for text in texts}

    def write(conn: Connection) -> None:
        conn.execute(insert(Article), [_article(number) for number in numbers])
        conn.execute(insert(Revision), [_revision(text, spotter.version) for text in texts])
        found = [mention for one in tagged.values() for mention in one.mentions]
        record_mentions(conn, list(numbers), found, vocabulary_version=spotter.version)
        record_scope(conn, {number: one.in_scope for number, one in tagged.items()})
        coverage.mark_articles(conn, numbers)

    database.write(write)


def _article(number: int) -> dict[str, Any]:
    outlet, published = OUTLETS[number % len(OUTLETS)], NOW - timedelta(days=number % 365)
    return {
        "id": number,
        "canonical_url": f"https://{outlet}/{number}",
        "url": f"https://{outlet}/{number}",
        "source_id": outlet,
        "revision_id": number,
        "collected_at": NOW,
        "published_at": published,
        "counts_on": published.date(),
        "language": "en",
        "cluster_id": number - 1 if number % 10 == 0 else number,
    }


def _revision(text: retags.RetagText, version: str) -> dict[str, Any]:
    return {
        "id": text.id,
        "article_id": text.id,
        "content_hash": str(text.id),
        "observed_at": NOW,
        "title": text.title,
        "text": text.text,
        "language": "en",
        "stage": "done",
        "vocabulary_version": version,
    }


def _text(number: int) -> str:
    """Return five to nine paragraphs, one in twenty of which names what the new alias will find."""
    paragraphs = list(islice(cycle(PARAGRAPHS), number % 6, number % 6 + 5 + number % 5))
    rare = [f"Nobody asked {RARE}."] if number % 20 == 0 else []
    return "\n".join([f"Number {number}.", *paragraphs, *rare])


def _with_alias(vocabulary: Vocabulary) -> Vocabulary:
    alias = Alias(text=RARE, language="en", level="name")
    return replace(
        vocabulary,
        entities=tuple(
            replace(one, aliases=(*one.aliases, alias)) if one.id == "csto" else one for one in vocabulary.entities
        ),
    )


def _killed_and_again(database: Database, articles: int) -> None:
    """Let the command do it, end it half-way, and let it do the rest."""
    command = [sys.executable, "-m", "cli.main", "vocabulary", "retag", "--format", "json"]
    environment = {**os.environ, "STEPPEWATCH_DATABASE_URL": database.url}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while database.read(retags.count_outdated) > articles // 2 and process.poll() is None:
        time.sleep(0.2)
    process.kill()
    process.wait()
    print(f"{'killed, still to be done':28}{database.read(retags.count_outdated):8,}")
    print(f"{'begun again':28}", subprocess.check_output(command, env=environment, text=True).strip())


def _compare(database: Database) -> None:
    """Print whether the cells are what a recount of its own finds."""
    with database.reading() as conn:
        recounted, cells = conn.execute(text(RECOUNT)).all(), conn.execute(text(CELLS)).all()
        named = conn.scalar(text("SELECT count(*) FROM mentions WHERE alias = :alias"), {"alias": RARE})
        left = retags.count_outdated(conn)
    same = [tuple(map(str, row)) for row in cells] == [tuple(map(str, row)) for row in recounted]
    print(f"{'mentions by the new alias':28}{named:8,}, {left} revisions left with the old vocabulary")
    print(f"{'cells equal a recount':28}{same!s:>8} ({len(cells):,} cells by day)")
    if not same or left:
        raise SystemExit(1)


def _say(what: str, began: float, articles: int) -> None:
    spent = time.perf_counter() - began
    print(f"{what:28}{spent:8.1f} s {articles / spent:10,.0f} articles/s", flush=True)


if __name__ == "__main__":
    main()
