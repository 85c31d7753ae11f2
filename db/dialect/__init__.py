"""The differences between SQLite and PostgreSQL, all in this package.

`functions` holds SQL functions with two spellings, `csvtext` the writing of CSV by the database.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import xxhash
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Engine,
    SQLColumnExpression,
    bindparam,
    cast,
    collate,
    event,
    func,
    literal_column,
    text,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

BUSY_TIMEOUT_MS = 10_000
WRITES = "steppewatch_writes"
"""Execution option of a connection that will write: SQLite then takes its lock at BEGIN, see `_begin`."""

CACHE_KB = 8_000
"""Page cache of SQLite for each connection."""
SMALL_CACHE_KB = 2_000
"""The same for long reads, and for a process whose many connections read little each."""

_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock: about a millisecond."""

_RETRYABLE = {"40001", "40P01", "55P03"}
"""PostgreSQL: serialization failure, deadlock, lock not available."""


def is_sqlite(bind: Connection | Engine) -> bool:
    """Return whether this is the embedded database."""
    return bind.dialect.name == "sqlite"


def insert(conn: Connection, table: Any) -> Any:
    """Return an INSERT which knows ON CONFLICT, for either database."""
    return insert_by(is_sqlite(conn), table)


def insert_by(is_embedded: bool, table: Any) -> Any:
    """Like `insert`, for statements that are built once for each database: to build one takes longer than to run it."""
    if is_embedded:
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # imported late: it loads five drivers

    return postgresql.insert(table)


def to_json(value: Any) -> str:
    """Return JSON in stored form: letters unescaped, two bytes instead of six for one of Cyrillic."""
    written = json.dumps(value, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can hold
        return json.dumps(value)
    return written


def is_away(error: Exception) -> bool:
    """Return whether an error means that the database is unreachable or unusable, for any query."""
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError, InternalError))


def is_retryable(error: DBAPIError) -> bool:
    """Return whether the same transaction may succeed if it is simply run again."""
    code = getattr(error.orig, "sqlstate", None)
    return code in _RETRYABLE or "database is locked" in str(error.orig)


def prepare(engine: Engine, *, cache_kb: int = CACHE_KB) -> None:
    """Configure a new engine: pragmas and explicit transactions for SQLite, simple plans for PostgreSQL."""
    if is_sqlite(engine):
        event.listen(engine, "connect", partial(_on_connect, cache_kb=cache_kb))
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _plan_for_short_answers)


def _on_connect(dbapi_connection: Any, _record: Any, *, cache_kb: int) -> None:
    dbapi_connection.isolation_level = None  # the driver must not open transactions by itself
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{cache_kb}")  # a negative number means kilobytes
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _plan_for_short_answers(dbapi_connection: Any, _record: Any) -> None:
    # Compiling takes longer than all the rows of most results: 160 ms instead of 5 for 4,800 cells of coverage.
    # Parallel plans make the planner read whole tables instead of an index: 44 ms instead of 2 for the same.
    dbapi_connection.execute("SET jit = off")
    dbapi_connection.execute("SET max_parallel_workers_per_gather = 0")
    # All rows of a cursor are read. By default it is planned for its first tenth, at the cost of the others: in 1.5 s
    # instead of 10 ms for the days of an outlet.
    dbapi_connection.execute("SET cursor_tuple_fraction = 1")
    dbapi_connection.commit()


def _begin(conn: Connection) -> None:
    # A deferred transaction that reads first and writes later fails at once if another wrote in between, regardless of
    # the timeout; so writers take the lock when they begin, and wait for it there.
    writes = conn.get_execution_options().get(WRITES, False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection with all queries on the database as it is now, for large reads with little memory."""
    if is_sqlite(engine):
        with engine.connect() as conn:
            settings = conn.connection.cursor()  # not the connection, which would begin the transaction
            (usual,) = settings.execute("PRAGMA cache_size").fetchone()
            settings.execute(f"PRAGMA cache_size = -{SMALL_CACHE_KB}")
            settings.execute("PRAGMA temp_store = FILE")  # sorted rows do not fit into little memory
            try:
                yield conn
            finally:
                conn.rollback()
                settings.execute(f"PRAGMA cache_size = {usual}")
                settings.execute("PRAGMA temp_store = MEMORY")
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as conn:
        conn.exec_driver_sql("SET LOCAL datestyle = 'ISO'")
        yield conn


@contextmanager
def time_limit(conn: Connection, seconds: float) -> Iterator[None]:
    """Let each query of a connection fail with OperationalError after its time; on SQLite all queries together."""
    if not is_sqlite(conn):
        conn.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        yield
        return
    driver = conn.connection.driver_connection
    assert driver is not None
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def utc_day(conn: Connection, column: Any) -> Any:
    """Return the UTC day of an instant as an SQL expression: a date, on SQLite as ISO 8601 text."""
    return func.date(column) if is_sqlite(conn) else cast(func.timezone("UTC", column), Date)


def upsert_rows(conn: Connection, table: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, each with a value for every column of the model; an existing key takes the new values.

    For many rows of numbers, days and texts: one statement over arrays on PostgreSQL, the driver's own loop on SQLite,
    three to five times faster than rows of named parameters.
    """
    if not rows:
        return
    columns = list(table.__table__.columns)
    names = ", ".join(_quoted(conn, column.name) for column in columns)
    keys = ", ".join(_quoted(conn, column.name) for column in columns if column.primary_key)
    rest = [_quoted(conn, column.name) for column in columns if not column.primary_key]
    again = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in rest) if rest else "NOTHING"
    into = f"INSERT INTO {table.__tablename__} ({names})"
    if is_sqlite(conn):
        days = [place for place, column in enumerate(columns) if isinstance(column.type, Date)]
        values = ", ".join("?" * len(columns))
        statement = f"{into} VALUES ({values}) ON CONFLICT ({keys}) DO {again}"
        conn.exec_driver_sql(statement, _with_iso_days(rows, days))
        return
    arrays = ", ".join(f"CAST(%s AS {column.type.compile(conn.dialect)}[])" for column in columns)
    statement = f"{into} SELECT * FROM unnest({arrays}) ON CONFLICT ({keys}) DO {again}"
    conn.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))


def _quoted(conn: Connection, name: str) -> str:
    return conn.dialect.identifier_preparer.quote(name)


def _with_iso_days(rows: Sequence[Sequence[Any]], days: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the rows with their days in SQLite's form; the driver's own conversion is deprecated."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    for place in days:
        text_of = {day: day.isoformat() for day in set(columns[place])}
        columns[place] = [text_of[day] for day in columns[place]]
    return list(zip(*columns, strict=True))


_SUBSCRIPTIONS_KEY = 7_309_531_006


def lock_for_subscriptions(conn: Connection) -> None:
    """Lock out other changes of subscriptions until the end of this transaction."""
    if not is_sqlite(conn):
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SUBSCRIPTIONS_KEY})


def lock_names(conn: Connection, names: Iterable[str]) -> None:
    """Lock these names until the end of this transaction. Without effect in SQLite, which has one writer."""
    if not is_sqlite(conn):
        keys = sorted({xxhash.xxh3_64_intdigest(name.encode()) - 2**63 for name in names})
        conn.execute(text("SELECT pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) AS k"), {"keys": keys})


_COMMONPLACES_KEY = 7_309_531_007


def lock_commonplaces(conn: Connection, *, alone: bool) -> None:
    """Lock the commonplaces until the end of this transaction: shared, or exclusively with `alone`."""
    if not is_sqlite(conn):
        shared = "" if alone else "_shared"
        conn.execute(text(f"SELECT pg_advisory_xact_lock{shared}(:key)"), {"key": _COMMONPLACES_KEY})


def change_number(conn: Connection) -> int | ColumnElement[int]:
    """Return the number of this transaction, see `db.changes`."""
    if is_sqlite(conn):
        first = "INSERT INTO change_clock (id, last, server) VALUES (1, 1, '')"
        count = f"{first} ON CONFLICT (id) DO UPDATE SET last = last + 1 RETURNING last"
        return int(conn.execute(text(count)).scalar_one())
    return literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)", BigInteger)


def server_of(conn: Connection) -> str:
    """Return the PostgreSQL cluster that issues the change numbers; empty if the database itself counts."""
    if is_sqlite(conn):
        return ""
    return str(conn.execute(text("SELECT system_identifier FROM pg_control_system()")).scalar_one())


def settled_number(conn: Connection) -> int:
    """Return the highest number below all transactions that still run, see `db.changes`."""
    if is_sqlite(conn):
        return int(conn.scalar(text("SELECT last FROM change_clock")) or 0)
    query = "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint) - 1"
    return int(conn.execute(text(query)).scalar_one())


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


WORD_INDEX = "word_index"
"""The full-text index: FTS5 in SQLite, a tsvector with a GIN index in PostgreSQL. It has no model because of that."""


_SURELY_FREQUENT = 0.0075
"""A share of all texts that PostgreSQL expects of no word that it does not know as frequent."""


def create_word_index(conn: Connection) -> None:
    """Create the word index.

    SQLite stores no texts in it and no positions, so deleted revisions stay as candidates that match no article.
    """
    if is_sqlite(conn):
        conn.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {WORD_INDEX}"
            " USING fts5(words, content='', detail=none, columnsize=0, tokenize=ascii)"
        )
        return
    conn.exec_driver_sql(
        f"CREATE TABLE {WORD_INDEX} ("
        "revision_id bigint PRIMARY KEY REFERENCES revisions (id) ON DELETE CASCADE, words tsvector NOT NULL)"
    )
    conn.exec_driver_sql(f"CREATE INDEX ix_{WORD_INDEX}_words ON {WORD_INDEX} USING gin (words)")


def drop_word_index(conn: Connection) -> None:
    """Remove the word index."""
    conn.exec_driver_sql(f"DROP TABLE {WORD_INDEX}")


def index_words(conn: Connection, words: Mapping[int, Sequence[str]]) -> None:
    """Add revisions that are not in the word index yet."""
    if is_sqlite(conn):
        statement = text(f"INSERT INTO {WORD_INDEX} (rowid, words) VALUES (:id, :words)")
        rows: list[dict[str, object]] = [
            {"id": revision_id, "words": " ".join(map(index_token, found))} for revision_id, found in words.items()
        ]
    else:
        statement = text(
            f"INSERT INTO {WORD_INDEX} (revision_id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"
            " ON CONFLICT DO NOTHING"
        )
        rows = [{"id": revision_id, "words": list(found)} for revision_id, found in words.items()]
    conn.execute(statement, rows)


def ask_word(conn: Connection, word: str, *, is_prefix: bool) -> str:
    """Return an expression of the word index for the revisions that have a word, or one with this prefix."""
    if is_sqlite(conn):
        return index_token(word) + ("*" if is_prefix else "")
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'" + (":*" if is_prefix else "")


def ask_words(conn: Connection, asked: Sequence[str], *, every: bool) -> str:
    """Return an expression of the word index for the revisions of every one of these, or of any of them."""
    operator = ("AND" if every else "OR") if is_sqlite(conn) else ("&" if every else "|")
    return f"({f' {operator} '.join(asked)})" if len(asked) > 1 else asked[0]


def find_in_word_index(
    conn: Connection, asked: str, *, among: Collection[int] | None = None, limit: int | None = None
) -> Any:
    """Return a SELECT of the revisions of an expression, of those of interest `among` them, at most `limit`."""
    end = f" LIMIT {limit}" if limit else ""
    if is_sqlite(conn):
        query = f"SELECT rowid FROM {WORD_INDEX} WHERE {WORD_INDEX} MATCH '{asked}'"
        if among:
            # the range is read once; without the sign each number would be looked up by itself
            query += f" AND rowid BETWEEN {min(among)} AND {max(among)} AND +rowid IN ({', '.join(map(str, among))})"
        return text(query + end)
    query = f"SELECT revision_id FROM {WORD_INDEX} WHERE words @@ CAST(:asked AS tsquery)"
    bound: list[BindParameter[Any]] = [bindparam("asked", asked, unique=True)]
    if among:
        query += " AND revision_id = ANY(CAST(:among AS bigint[]))"
        bound.append(bindparam("among", list(among), unique=True))
    elif limit:
        # planned as if all were read: for few of many the planner would read row by row, and unpack the words of each
        query = f"WITH every AS MATERIALIZED ({query}) SELECT revision_id FROM every"
    return text(query + end).bindparams(*bound)


def has_many(conn: Connection, asked: str, *, words: int, limit: int) -> bool:
    """Return whether it is known without reading that more than `limit` revisions have an expression of some words.

    SQLite stops at a limit by itself. PostgreSQL collects all revisions before the first; but it knows how many have
    the most frequent words, and takes each other word for one of half a percent of the texts.
    """
    if is_sqlite(conn):
        return False
    query = f"EXPLAIN (FORMAT JSON) SELECT revision_id FROM {WORD_INDEX} WHERE words @@ CAST(:asked AS tsquery)"
    [told] = conn.execute(text(query), {"asked": asked}).scalar_one()
    expected = int(told["Plan"]["Plan Rows"])
    if expected <= limit:
        return False
    every = conn.scalar(text(f"SELECT reltuples FROM pg_class WHERE oid = CAST('{WORD_INDEX}' AS regclass)")) or 0
    return expected > _SURELY_FREQUENT * words * every


def index_token(word: str) -> str:
    """Return a word in letters and digits that SQLite's tokenizer leaves alone; a prefix stays one."""
    return "x" + word.encode().hex()


def bytewise(conn: Connection, column: Any) -> SQLColumnExpression[Any]:
    """Return the column sorted by code point: PostgreSQL would sort by the rules of its locale."""
    return column if is_sqlite(conn) else collate(column, "C")
