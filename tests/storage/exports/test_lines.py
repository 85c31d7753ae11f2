"""Lines of CSV as the database writes them: what the rules say, of one moment, and an error when it is lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import pytest
from exported import ALL, document, export
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samplestore import Sample, store_of
from sqlalchemy import Connection, func, literal, select, update
from sqlalchemy.exc import OperationalError

from db.dialect import csvtext
from db.engine import Database
from db.exports.read import iter_csv, iter_rows
from db.models import Article, MentionRow
from worker.export.formats.columns import COLUMNS
from worker.export.formats.csv_lines import stream_csv, unguard


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """Give a store with five articles."""
    database = store_of(database_url, [Sample(f"https://herald.example/{number}") for number in range(5)])
    yield database
    database.close()


def test_an_export_sees_one_moment(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvtext, "LINES", 2)
    with store.snapshot() as conn:
        lines = iter_csv(conn, "articles", ALL)
        _, first = next(lines)
        store.write(lambda other: other.execute(update(Article).values(title="of later")))
        rest = list(lines)
    assert (first, [count for _, count in rest]) == (2, [2, 1])
    assert not any(b"of later" in chunk for chunk, _ in rest)


def test_a_database_that_is_lost_half_way_is_an_error_like_that_of_any_query(store: Database) -> None:
    numbers = select(literal(1).label("n")).cte(recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 1_000_000))
    with store.snapshot() as conn:
        lines = csvtext.iter_csv(conn, select(numbers.c.n))
        assert next(lines)[0].startswith(b"1\r\n2\r\n")
        lose(store, conn)
        with pytest.raises(OperationalError):
            deque(lines, maxlen=0)


def lose(store: Database, conn: Connection) -> None:
    """End what a connection is doing, as a crash of the server or a failing disk would."""
    driver = conn.connection.driver_connection
    if conn.dialect.name == "sqlite":
        driver.interrupt()
    else:
        store.read(lambda other: other.execute(select(func.pg_terminate_backend(driver.info.backend_pid))))


HOSTILE = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.text(
    "=+-@'\t\r\n\",; %\\abÿ＝ＡАя😀\u200f"
)


@pytest.fixture
def one_article(database_url: str) -> Iterator[Database]:
    """Give a store with one article, whose texts each example changes."""
    store = store_of(database_url, [Sample("https://herald.example/1", says=(("Nothing", "csto"),))])
    yield store
    store.close()


@given(st.lists(st.tuples(st.none() | HOSTILE, HOSTILE, st.none() | st.booleans()), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_writes_what_the_rules_say(
    one_article: Database, texts: list[tuple[str | None, str, bool | None]]
) -> None:
    for title, surface, in_scope in texts:
        values = {"title": title, "author": surface, "in_scope": in_scope, "language": surface[:9] or None}
        one_article.write(lambda conn, values=values: conn.execute(update(Article).values(values)))
        one_article.write(lambda conn, words=surface: conn.execute(update(MentionRow).values(surface=words)))
        for kind in ("articles", "mentions"):
            with one_article.snapshot() as conn:
                ruled = "".join(stream_csv(COLUMNS[kind], iter_rows(conn, kind, ALL)))
            assert document(one_article, kind) == ruled
        [article], [mention] = export(one_article, "articles"), export(one_article, "mentions")
        assert unguard(article["title"]) == (title or "")
        assert unguard(article["author"]) == unguard(mention["surface"]) == surface
