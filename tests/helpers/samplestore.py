"""A small store with invented articles, filled the way the product fills its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import xxhash
from sqlalchemy import Connection, ScalarSelect, func, insert, select, update
from templates import copied, migrated

from db.articles.mentions import MentionIn, record_mentions
from db.collection.sources.book import SourceIn, record_source
from db.coverage.cells import mark_articles
from db.engine import Database
from db.models import Article, Base, Revision
from db.net.urls import canonical_url
from db.vocabulary.versions import record_version
from worker.coverage.recount import recount

NOON = datetime(2022, 1, 10, 12, 0, tzinfo=UTC)
VERSION = "0a1b2c"
ENTITIES = {
    "kazakhstan": ("state", "Kazakhstan"),
    "csto": ("alliance", "CSTO"),
    "turan": ("concept", "Turan"),
    "tashkent": ("place", "Tashkent"),
}
OUTLETS = (
    SourceIn(
        id="steppe-herald",
        name="Steppe Herald",
        domains=("herald.example",),
        origin="catalogue",
        country="KZ",
        languages=("en", "kk"),
        kind="newspaper",
    ),
    SourceIn(
        id="oasis-wire",
        name="Oasis Wire",
        domains=("oasis.example",),
        origin="catalogue",
        country="UZ",
        languages=("ru",),
        kind="agency",
    ),
    SourceIn(id="meadow.example", name="Meadow, a blog", domains=("meadow.example",), origin="document"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """An invented article. `says`: (words, entity) for its mentions; `copies`: the URL of its original."""

    url: str
    source: str = "steppe-herald"
    title: str | None = "A quiet week"
    text: str = "Nothing happened."
    says: Sequence[tuple[str, str]] = ()
    published_at: datetime | None = datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
    is_day: bool = False
    collected_at: datetime = NOON
    language: str | None = "en"
    author: str | None = None
    copies: str | None = None
    genre: str | None = "news"


def empty_store(url: str) -> Database:
    """Return a store with outlets and entities, and nothing written. Makes the tables that are not there."""
    return copied(url, _make_empty)


def _make_empty(database: Database) -> None:
    Base.metadata.create_all(database.engine)
    database.write(_prepare)


def store_of(url: str, samples: Sequence[Sample], *, by_migrations: bool = False) -> Database:
    """Return a new store that holds these articles, compared, tagged and counted.

    `by_migrations` gives it all that a user's store has, else it has the tables of the models.
    """

    def make(database: Database) -> None:
        if by_migrations:
            migrated(database.url).close()
        empty_store(database.url).close()
        fill(database, samples)

    return copied(url, make, name=f"{by_migrations} {samples!r}")


def fill(database: Database, samples: Sequence[Sample]) -> None:
    """Add articles. A URL that comes again with another text is a revision."""
    database.write(lambda conn: _fill(conn, samples))
    recount(database)


def _prepare(conn: Connection) -> None:
    entities = [
        {"id": key, "type": kind, "label": label, "wikidata": None, "description": None, "in_seed": False}
        for key, (kind, label) in ENTITIES.items()
    ]
    record_version(conn, version=VERSION, content='{"entities": []}', entities=entities, aliases=7, now=NOON)
    for outlet in OUTLETS:
        record_source(conn, outlet, now=NOON)


def _fill(conn: Connection, samples: Sequence[Sample]) -> None:
    ids = {url: article_id for url, article_id in conn.execute(select(Article.url, Article.id))}
    for sample in samples:
        if sample.url not in ids:
            ids[sample.url] = conn.execute(insert(Article).values(_article(sample)).returning(Article.id)).scalar_one()
        article_id = ids[sample.url]
        revision = _revision(sample) | {"article_id": article_id}
        revision_id = conn.execute(insert(Revision).values(revision).returning(Revision.id)).scalar_one()
        record_mentions(conn, [revision_id], list(_mentions(sample, revision_id)), vocabulary_version=VERSION)
        original = ids[sample.copies] if sample.copies else article_id
        current = {
            "revision_id": revision_id,
            "cluster_id": original,
            "title": sample.title,
            "author": sample.author,
            "revisions": _revisions_of(article_id),
        }
        conn.execute(update(Article).where(Article.id == article_id).values(current))
    mark_articles(conn, list(ids.values()))


def _revisions_of(article_id: int) -> ScalarSelect[int]:
    query = select(func.count()).select_from(Revision).where(Revision.article_id == article_id)
    return query.scalar_subquery()


def _article(sample: Sample) -> dict[str, Any]:
    return {
        "canonical_url": canonical_url(sample.url),
        "url": sample.url,
        "source_id": sample.source,
        "collected_at": sample.collected_at,
        "published_at": sample.published_at,
        "published_is_day": sample.is_day,
        "counts_on": (sample.published_at or sample.collected_at).date(),
        "language": sample.language,
        "genre": sample.genre,
        "title": sample.title,
        "author": sample.author,
    }


def _revision(sample: Sample) -> dict[str, Any]:
    words = f"{sample.title}\n{sample.text}"
    return {
        "content_hash": xxhash.xxh3_128_hexdigest(words.encode()),
        "observed_at": sample.collected_at,
        "title": sample.title,
        "text": sample.text,
        "author": sample.author,
        "language": sample.language,
        "published_at": sample.published_at,
        "published_is_day": sample.is_day,
        "stage": "done",
        "vocabulary_version": VERSION,
    }


def _mentions(sample: Sample, revision_id: int) -> Iterator[MentionIn]:
    """Yield a mention for each place where the words stand, in the title and in the text."""
    for field, content in (("title", sample.title or ""), ("text", sample.text)):
        for words, entity in sample.says:
            start = content.find(words)
            while start >= 0:
                end = start + len(words)
                level = "concept" if ENTITIES[entity][0] == "concept" else "name"
                yield MentionIn(
                    revision_id=revision_id,
                    field=field,
                    start=start,
                    end=end,
                    entity_id=entity,
                    surface=words,
                    alias=words,
                    language=sample.language,
                    rule="plain",
                    level=level,
                    metonym_of=None,
                )
                start = content.find(words, end)
