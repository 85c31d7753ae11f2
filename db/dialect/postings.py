"""The newest articles of each hash of a sketch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from db.dialect import is_sqlite

_POSTINGS_CHUNK = 200
"""SQLite accepts at most 500 parts in one UNION."""


def count_newest_postings(conn: Connection, hashes: Sequence[int], newest: int) -> list[tuple[int, int]]:
    """Return (article id, number of its hashes), reading only the newest articles of each hash.

    A window function would read all articles of a common hash; a limit for each hash stops early on both databases. The
    numbers are integers of our own, written into the statement so that it is planned quickly.
    """
    if not is_sqlite(conn):
        statement = text(
            "SELECT found.article_id, count(*) FROM unnest(CAST(:hashes AS bigint[])) AS wanted(hash), LATERAL ("
            " SELECT article_id FROM sketch_hashes WHERE sketch_hashes.hash = wanted.hash"
            " ORDER BY article_id DESC LIMIT :newest) AS found GROUP BY found.article_id"
        )
        return [(a, n) for a, n in conn.execute(statement, {"hashes": list(hashes), "newest": newest})]
    counts: dict[int, int] = {}
    for first in range(0, len(hashes), _POSTINGS_CHUNK):
        parts = " UNION ALL ".join(
            "SELECT * FROM (SELECT article_id FROM sketch_hashes "
            f"WHERE hash = {int(value)} ORDER BY article_id DESC LIMIT {int(newest)})"
            for value in hashes[first : first + _POSTINGS_CHUNK]
        )
        for article_id, shared in conn.exec_driver_sql(f"SELECT article_id, count(*) FROM ({parts}) GROUP BY 1"):
            counts[article_id] = counts.get(article_id, 0) + shared
    return list(counts.items())
