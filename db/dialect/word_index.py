"""The word index: FTS5 in SQLite, a tsvector with a GIN index in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from db.dialect import is_sqlite

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
    return 0 < _SURELY_FREQUENT * words * every < expected  # what was never analysed has -1 of them


def index_token(word: str) -> str:
    """Return a word in letters and digits that SQLite's tokenizer leaves alone; a prefix stays one."""
    return "x" + word.encode().hex()
