"""Writing rows in bulk, past all checks: without indexes, which are made afterwards, and without foreign keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from benchmarks.bigstore.cells import CellSeries
from benchmarks.bigstore.plan import Numbers
from db.dialect import is_sqlite
from db.dialect.word_index import WORD_INDEX, index_token
from db.engine import Database

Row = Sequence[Any]
CELL = "series_id, bucket_on, articles, stories, mentions, in_title, scope_articles, scope_stories, undated"
LARGE = (
    "articles", "revisions", "mentions", "pages", "sightings", "cluster_links", "coverage_facts", "coverage_cells",
    "matches", "deliveries", "outbox_entries", "outcomes", "feed_days",
)  # fmt: skip
"""Tables whose indexes are made anew."""


class Loader:
    """A connection of the driver that writes in bulk; `finish` makes the store usable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._conn = database.engine.connect()
        self.is_lite = is_sqlite(self._conn)
        raw: Any = self._conn.connection.driver_connection
        self.raw = raw
        self._tables: set[str] = set()
        if self.is_lite:
            pragmas = "foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF", "cache_size = -300000"
            for pragma in pragmas:
                self.raw.execute(f"PRAGMA {pragma}")
            self._set_word_index(hashsize=64_000_000)
        else:
            self.raw.commit()
            self.raw.execute("SET session_replication_role = replica")
            self.raw.execute("SET TIME ZONE 'UTC'")
            self.raw.execute("SET maintenance_work_mem = '512MB'")
            self.raw.execute("SET synchronous_commit = off")
        self._tokens = _Tokens()
        self._indexes = self._drop_indexes()

    def write(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        """Write rows of a table by its columns, in a transaction of its own."""
        self._tables.add(table)
        if self.is_lite:
            places = ", ".join("?" * (columns.count(",") + 1))
            self.raw.execute("BEGIN")
            self.raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
            self.raw.execute("COMMIT")
            return
        with self.raw.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self.raw.commit()

    def copy_binary(self, table: str, columns: str, chunks: Iterable[bytes]) -> None:
        """Write rows that are in PostgreSQL's binary form already, without its header."""
        with self.raw.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for chunk in chunks:
                copy.write(chunk)
            copy.write(b"\xff\xff")
        self.raw.commit()

    def index_words(self, words: Mapping[int, Collection[str]]) -> None:
        """Put the words of revisions into the word index."""
        self.write("indexed_revisions", "revision_id", zip(words))
        if self.is_lite:
            token = self._tokens.__getitem__
            rows = ((revision, " ".join(map(token, found))) for revision, found in words.items())
            self.write(WORD_INDEX, "rowid, words", rows)
            return
        self.write(
            "word_index", "revision_id, words", ((revision, _vector(found)) for revision, found in words.items())
        )

    def write_cells(self, ids: Numbers, series: CellSeries) -> None:
        """Write cells of coverage, of the series with these ids."""
        days = list(series.buckets)
        if self.is_lite:
            names = [day.isoformat() for day in days]
            numbers = ids.tolist(), *(column.tolist() for column in series.counts)
            buckets = [names[bucket] for bucket in series.bucket.tolist()]
            self.write("coverage_cells", CELL, zip(numbers[0], buckets, *numbers[1:], strict=True))
            return
        since_2000 = np.array([day.toordinal() - date(2000, 1, 1).toordinal() for day in days])[series.bucket]
        columns = (ids, since_2000, *series.counts)
        rows = np.empty(len(ids), dtype=[("n", ">i2"), *((f"{part}{n}", ">i4") for n in range(9) for part in "sv")])
        rows["n"] = len(columns)
        for place, column in enumerate(columns):
            rows[f"s{place}"], rows[f"v{place}"] = 4, column
        self.copy_binary(
            "coverage_cells", CELL, (rows[at : at + 50_000].tobytes() for at in range(0, len(rows), 50_000))
        )

    def use_numbers(self, number: int) -> list[int]:
        """Return that many numbers of changes, as transactions of the store would have used them."""
        if self.is_lite:
            self.raw.execute(f"INSERT OR REPLACE INTO change_clock (id, last, server) VALUES (1, {number}, '')")
            return list(range(1, number + 1))
        self.raw.commit()
        count = "SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
        first = self.raw.execute(count).fetchone()[0]
        self.raw.commit()
        step = "PERFORM pg_current_xact_id(); COMMIT"
        self.raw.autocommit = True
        self.raw.execute(f"DO $$ BEGIN FOR n IN 1..{number} LOOP {step}; END LOOP; END $$")
        self.raw.autocommit = False
        return list(range(first + 1, first + number + 1))

    def finish(self) -> None:
        """Make the indexes, bring the counters of ids up to date, and leave the store as the product opens it."""
        for statement in self._indexes:
            self.raw.execute(statement)
            self.raw.commit()
        if self.is_lite:
            self._set_word_index(hashsize=1_048_576)
            self.raw.execute("PRAGMA journal_mode = WAL")
        else:
            self._set_counters()
            self.raw.autocommit = True
            self.raw.execute("VACUUM (FREEZE, ANALYZE)")
        self._conn.connection.detach()
        self.raw.close()

    def _set_word_index(self, **values: int) -> None:
        for name, value in values.items():
            self.raw.execute(f"INSERT INTO {WORD_INDEX}({WORD_INDEX}, rank) VALUES ('{name}', {value})")

    def _drop_indexes(self) -> list[str]:
        """Drop the indexes of large tables that are no keys; return the statements that make them again."""
        names = ", ".join(f"'{name}'" for name in LARGE)
        if self.is_lite:
            query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({names})"
        else:
            query = (
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT EXISTS (SELECT 1 FROM"
                " pg_constraint WHERE conindid = CAST(quote_ident(indexname) AS regclass))"
                f" AND (tablename IN ({names}) OR indexname = 'ix_word_index_words')"
            )
        found = list(self.raw.execute(query).fetchall())
        for name, _ in found:
            self.raw.execute(f"DROP INDEX {name}")
        self.raw.commit()
        return [statement for _, statement in found]

    def _set_counters(self) -> None:
        for table in sorted(self._tables):
            counter = f"pg_get_serial_sequence('{table}', 'id')"
            has_id = "SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = 'id'"
            if self.raw.execute(has_id, (table,)).fetchone() and self.raw.execute(f"SELECT {counter}").fetchone()[0]:
                self.raw.execute(f"SELECT setval({counter}, (SELECT coalesce(max(id), 1) FROM {table}))")
        self.raw.commit()


class _Tokens(dict[str, str]):
    """The tokens of words in SQLite's index, each made once."""

    def __missing__(self, word: str) -> str:
        token = self[word] = index_token(word)
        return token


def _vector(words: Collection[str]) -> str:
    """Return words as PostgreSQL reads a tsvector."""
    return " ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words)
