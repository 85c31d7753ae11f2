"""A store of a given size for the export benchmark: invented articles of two years, in 150 outlets."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, insert

from db import migrate
from db.dialect import is_sqlite
from db.engine import Database
from db.models import EntityRow, Source, VocabularyVersion

FIRST = datetime(2021, 1, 1, tzinfo=UTC)
OUTLETS, ENTITIES, DAYS = 150, 400, 730
_ROWS = 10_000
_WORDS = """
    Совет министров обсудил учения у озера, сказал baker from the harbour; 'tis a quiet week, "again"
""".split()  # noqa: SIM905 - reads like the headlines it makes

_COLUMNS = {
    "articles": (
        "id, canonical_url, url, source_id, revision_id, collected_at, published_at, published_is_day, counts_on,"
        " language, cluster_id, title, author"
    ),
    "revisions": (
        "id, article_id, content_hash, observed_at, title, author, language, published_at, published_is_day, stage,"
        " vocabulary_version, text"
    ),
    "mentions": (
        'revision_id, field, start, "end", entity_id, surface, alias, language, rule, level, vocabulary_version'
    ),
}
Row = tuple[object, ...]


def fill(url: str, articles: int, *, mentions: int, letters: int) -> None:
    """Make a store of that many articles with `letters` of text and `mentions` each; a tenth are reprints."""
    database = Database(url)
    migrate.upgrade(database)
    database.write(_prepare)
    numbers = iter(range(1, articles + 1))
    while batch := list(islice(numbers, _ROWS)):
        both = [_article(number, articles, letters) for number in batch]
        rows: dict[str, list[Row]] = {
            "articles": [article for article, _ in both],
            "revisions": [revision for _, revision in both],
            "mentions": [row for number in batch for row in _mentions(number, mentions)],
        }
        with database.engine.begin() as conn:
            for table, lines in rows.items():
                _insert(conn, table, lines)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql("ANALYZE" if is_sqlite(conn) else "VACUUM ANALYZE")
    database.close()


def _insert(conn: Connection, table: str, rows: list[Row]) -> None:
    """Insert quickly: by COPY where there is one."""
    cursor = conn.connection.cursor()
    if is_sqlite(conn):
        places = ", ".join("?" * (_COLUMNS[table].count(",") + 1))
        cursor.executemany(f"INSERT INTO {table} ({_COLUMNS[table]}) VALUES ({places})", rows)
        return
    with cursor.copy(f"COPY {table} ({_COLUMNS[table]}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _prepare(conn: Connection) -> None:
    outlets = [
        {"id": f"outlet-{n}", "name": f"Outlet {n}, Ltd", "languages": [], "origin": "catalogue", "added_at": FIRST}
        for n in range(OUTLETS)
    ]
    conn.execute(insert(Source), outlets)
    version = {"version": "0a1b2c", "loaded_at": FIRST, "entities": ENTITIES, "aliases": 0, "content": b""}
    conn.execute(insert(VocabularyVersion), [version])
    entities = [{"id": f"entity-{n}", "type": "state", "label": f"Entity {n}"} for n in range(ENTITIES)]
    conn.execute(insert(EntityRow), entities)


def _article(number: int, articles: int, letters: int) -> tuple[Row, Row]:
    """Return an article and its revision; articles come in the order of their days, as they do in life."""
    dice = random.Random(number)
    at = FIRST + timedelta(days=DAYS * number / articles, seconds=dice.randrange(3_600))
    written, collected = f"{at:%Y-%m-%d %H:%M:%S.%f}", f"{at + timedelta(minutes=10):%Y-%m-%d %H:%M:%S.%f}"
    url = f"https://outlet-{dice.randrange(OUTLETS)}.example/{at:%Y/%m}/{dice.getrandbits(80):020x}-a-quiet-week.html"
    language = dice.choice(("ru", "en", "kk", "tr"))
    title, author = " ".join(dice.choices(_WORDS, k=9)), "A. Invented" if number % 3 else None
    text = (" ".join(dice.choices(_WORDS, k=40)) * (letters // 200 + 1))[:letters]
    cluster = number - 1 if number % 10 == 5 else number
    source, is_day, day = f"outlet-{dice.randrange(OUTLETS)}", number % 10 == 0, f"{at:%Y-%m-%d}"
    article = (
        number, url, url, source, number, collected, written, is_day, day, language, cluster, title, author,
    )  # fmt: skip
    revision = (
        number, number, f"{number:032x}", written, title, author, language, written, is_day, "done", "0a1b2c", text,
    )  # fmt: skip
    return article, revision


def _mentions(number: int, count: int) -> Iterator[Row]:
    for place in range(count):
        entity = f"entity-{(number * 7 + place * 31) % ENTITIES}"
        field, start = "title" if place == 0 else "text", place * 40
        yield number, field, start, start + 9, entity, "Казахстан", "Казахстан", "ru", "plain", "name", "0a1b2c"
