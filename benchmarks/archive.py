"""Is what the archive finds what arrival found, and how much does the index of words save?

    python -m benchmarks.archive ../shared/data [--texts 1000] [--queries 500] [--database URL]

Every text of the folder, or so many drawn by lot, goes through the whole chain with all queries subscribed. Then each
query is asked of the archive, and the articles it finds are compared with the matches that arrival stored. Some are
asked without the index, too.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select

from benchmarks.queries import Writer
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.engine import Database
from db.models import Article, MatchRow, Subscription
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.chain.service import batches, utc_now
from worker.matching import backtest
from worker.query.query import parse
from worker.setup import prepare
from worker.subscriptions.references import load_query_names

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
_TITLES, _TEXTS = ("title", "headline"), ("text", "body", "content", "article_text")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Compared:
    """How the two compare."""

    articles: int
    queries: int
    matches: int
    unequal: list[str]
    arrival_s: float
    archive_s: float
    scan_s: float
    scanned: int
    """Queries that were asked without the index, too: `scan_s` is for them, `narrowed_s` with it."""
    narrowed_s: float


def every_text(folder: Path) -> Iterator[tuple[str | None, str]]:
    """Yield (title, text) of all articles in the folders of material that hold some."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".txt" and path.stat().st_size < 2_000_000:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            is_bsnlp = len(lines) > 5 and lines[3].startswith("http")
            yield (lines[4], "\n".join(lines[5:])) if is_bsnlp else (None, "\n".join(lines))
        elif path.suffix in (".csv", ".jsonl"):
            yield from _records(path)


def _records(path: Path) -> Iterator[tuple[str | None, str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        records = map(json.loads, lines) if path.suffix == ".jsonl" else csv.DictReader(lines)
        for record in records:
            if isinstance(record, dict):
                title = next((str(record[key]) for key in _TITLES if record.get(key)), None)
                text = next((str(record[key]) for key in _TEXTS if record.get(key)), "")
                if title or text:
                    yield title, text


def documents(texts: Sequence[tuple[str | None, str]]) -> Iterator[Document]:
    """Yield a document for each text."""
    for number, (title, text) in enumerate(texts):
        url = f"https://outlet{number % 40}.example/{number}"
        yield Document(
            subject=url,
            url=url,
            title=title,
            text=text[:_LONGEST],
            author=None,
            language=None,
            published_at=NOW,
            published_is_day=False,
            observed_at=NOW,
        )


def compare(chain: Pipeline, texts: Sequence[tuple[str | None, str]], count: int, *, seed: int, scans: int) -> Compared:
    """Take texts through the chain with `count` queries subscribed, then ask its archive the same."""
    database = chain.database
    with database.reading() as conn:
        names = load_query_names(conn)
    assert names is not None
    writer = Writer([f"{title or ''} {text}" for title, text in texts], sorted(names.entities), seed)
    queries: dict[str, str] = {}
    while len(queries) < count:
        text = writer.query()
        parse(text, {}, names)
        queries[f"q{len(queries)}"] = text
    for name, text in queries.items():
        database.write(partial(record_subscription, new=SubscriptionIn(name=name, query=text), now=NOW))
    begun = time.process_time()
    for batch in batches(documents(texts), 50):
        chain.process(batch)
    arrival_s = time.process_time() - begun
    arrived = _arrived(database)
    unequal, archive_s, found_by = [], 0.0, {}
    for name, text in queries.items():
        begun = time.process_time()
        found = {hit.row.revision_id for hit in backtest.search(database, parse(text, {}, names))}
        found_by[name] = found
        archive_s += time.process_time() - begun
        if found != arrived.get(name, set()):
            unequal.append(text)
    scan_s, narrowed_s = 0.0, 0.0
    for name in random.Random(seed).sample(sorted(queries), scans):
        query = parse(queries[name], {}, names)
        begun = time.process_time()
        whole = {hit.row.revision_id for hit in backtest.search(database, query, narrowed=False)}
        scan_s += time.process_time() - begun
        begun = time.process_time()
        narrowed = {hit.row.revision_id for hit in backtest.search(database, query)}
        narrowed_s += time.process_time() - begun
        if whole != narrowed:
            unequal.append(queries[name])
    matches = sum(map(len, arrived.values()))
    return Compared(len(texts), count, matches, unequal, arrival_s, archive_s, scan_s, scans, narrowed_s)


def _arrived(database: Database) -> dict[str, set[int]]:
    """Return the current revisions that each subscription matched at arrival."""
    query = (
        select(Subscription.name, MatchRow.revision_id)
        .join(Subscription, Subscription.id == MatchRow.subscription_id)
        .join(Article, Article.revision_id == MatchRow.revision_id)
    )
    found: defaultdict[str, set[int]] = defaultdict(set)
    with database.reading() as conn:
        for name, revision_id in conn.execute(query):
            found[name].add(revision_id or 0)
    return found


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("material", type=Path)
    parser.add_argument("--texts", type=int, help="so many of them, drawn by lot; else all")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--scans", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    texts = list(dict.fromkeys(every_text(options.material)))
    random.Random(options.seed).shuffle(texts)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(options.database or f"sqlite:///{folder}/archive.db")
        prepare(database, now=NOW)
        chain = Pipeline(database, clock=utc_now)
        compared = compare(chain, texts[: options.texts], options.queries, seed=options.seed, scans=options.scans)
        database.close()
    print(f"{database.engine.dialect.name}: {compared.articles:,} of {len(texts):,} texts, {compared.queries} queries")
    print(f"{compared.matches:,} matches at arrival; unequal answers of the archive: {len(compared.unequal)}")
    for text in compared.unequal[:10]:
        print(f"  {text}")
    print(f"arrival {compared.arrival_s:.1f} s CPU, all queries of the archive {compared.archive_s:.1f} s CPU")
    each = compared.scanned or 1
    narrowed_ms, scan_ms = 1000 * compared.narrowed_s / each, 1000 * compared.scan_s / each
    print(f"one query: {narrowed_ms:.0f} ms CPU with the index, {scan_ms:.0f} ms without")


if __name__ == "__main__":
    main()
