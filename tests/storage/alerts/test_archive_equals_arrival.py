"""The backtest finds exactly what arrival found: generated queries over real texts.

More of them, and over all texts: `python -m benchmarks.archive`.
"""

from __future__ import annotations

import random
from itertools import islice

from alertdesk import small_store
from material import shared
from samples import chain_over, document, prepared_store
from sqlalchemy import delete

from benchmarks.archive import compare, every_text
from db import migrate
from db.articles import word_index
from db.engine import Database
from db.models import IndexedRevision
from worker.chain.service import utc_now
from worker.matching import backtest
from worker.matching.word_index import required_terms
from worker.query.query import parse

TEXTS, QUERIES = 40, 250


def test_the_archive_finds_what_arrival_found(database_url: str) -> None:
    folder = shared("data")
    database = prepared_store(database_url)
    texts = list(islice(every_text(folder / "news_kyrgyz_24kg"), 20))
    texts += list(islice(every_text(folder / "ner_bsnlp_ru"), 20))
    random.Random(1).shuffle(texts)
    seed = 1 if database_url.startswith("sqlite") else 2  # each database has queries of its own
    compared = compare(chain_over(database, utc_now), texts[:TEXTS], QUERIES, seed=seed, scans=10)
    assert compared.unequal == []
    assert compared.matches > 50, "too few matches to prove anything"
    with database.reading() as conn:
        assert word_index.find_unindexed(conn, limit=1) == []
    database.close()


def test_what_was_indexed_by_earlier_rules_is_indexed_again(database_url: str) -> None:
    database = prepared_store(database_url)
    text = "Some 1,000 men of the U.S. Army came to the lake, the ministry said, and 2\u00a0500 horses with them."
    chain_over(database).process([document(body=text)])
    migrate.downgrade(database, "0019")
    migrate.upgrade(database)
    assert len(database.read(lambda conn: word_index.find_unindexed(conn, limit=9))) == 1
    for _ in range(2):
        for query in ("1000 horses", "1.000 AND US", '"U.S. Army" 2,500', "2 500 NEAR/2 horses"):
            assert len(list(backtest.search(database, parse(query)))) == 1, query
        assert backtest.index_missing(database) in (0, 1)
    assert database.read(lambda conn: word_index.find_unindexed(conn, limit=9)) == []
    assert wordindex_narrows(database)
    database.close()


def wordindex_narrows(database: Database) -> bool:
    """Say whether the index knows that no article can hold a word."""
    need = required_terms(parse("submarine"))
    return database.read(lambda conn: word_index.find_candidates(conn, need)) == []


def test_what_was_stored_before_there_was_an_index_is_found_and_indexed(sqlite_url: str) -> None:
    database = small_store(sqlite_url)
    chain_over(database).process([document()])
    database.write(lambda conn: conn.execute(delete(IndexedRevision)))
    query = parse("entity:csto AND chair*")
    assert len(list(backtest.search(database, query))) == 1
    assert [backtest.index_missing(database) for _ in range(2)] == [1, 0]
    assert len(list(backtest.search(database, query))) == 1
    assert list(backtest.search(database, parse("poplar* AND submarine"))) == []
    database.close()
