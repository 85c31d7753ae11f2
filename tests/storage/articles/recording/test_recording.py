"""What “again” means for an article: new once, revised when it says something else, seen again otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from templates import migrated

from db.articles import revisions
from db.articles.recording import recording
from db.articles.recording.arrivals import ArticleIn, Recorded
from db.collection.sources.book import SourceIn, record_source
from db.collection.sources.unverified import find_unverified
from db.engine import Database
from db.models import Article, Revision, SketchHash, UnverifiedRevision

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
LEASE = NOW + timedelta(minutes=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = migrated(database_url)
    outlet = SourceIn(id="lake-post", name="The Lake Post", domains=["lake.example"], origin="person")
    opened.write(lambda conn: record_source(conn, outlet, now=NOW))
    yield opened
    opened.close()


def article(url: str = "https://lake.example/a", content: str = "first", **other: Any) -> ArticleIn:
    plain = ArticleIn(
        canonical_url=url,
        url=url,
        source_id="lake-post",
        content_hash=content,
        observed_at=NOW,
        capture_id=None,
        title="A title",
        text=content,
        author=None,
        language="en",
        genre=None,
        published_at=None,
        published_is_day=False,
        fingerprint=b"",
        shingles=3,
        sketch=(1, 2, 3),
    )
    return replace(plain, **other)


def record(database: Database, *given: ArticleIn) -> list[Recorded]:
    return database.write(lambda conn: recording.record_articles(conn, given, lease_until=LEASE))


def current(database: Database, url: str = "https://lake.example/a") -> str:
    query = select(Revision.text).join(Article, Article.revision_id == Revision.id).where(Article.canonical_url == url)
    return database.read(lambda conn: conn.execute(query).scalar_one())


def test_a_text_is_new_once_and_then_seen_again(database: Database) -> None:
    first, again = record(database, article()), record(database, article())
    assert [entry.outcome for entry in first + again] == ["new", "seen_again"]
    assert again[0].revision_id is None


def test_another_text_at_the_same_address_is_a_revision(database: Database) -> None:
    record(database, article())
    later = article(content="second", observed_at=NOW + timedelta(hours=1))
    assert record(database, later)[0].outcome == "revised"
    assert current(database) == "second"


def test_a_text_equal_to_an_older_revision_is_seen_again(database: Database) -> None:
    record(database, article())
    record(database, article(content="second", observed_at=NOW + timedelta(hours=1)))
    back = article(observed_at=NOW + timedelta(hours=2))
    assert record(database, back)[0].outcome == "seen_again"
    assert current(database) == "second"


def test_a_text_observed_earlier_becomes_history_not_the_present(database: Database) -> None:
    record(database, article(content="today"))
    assert record(database, article(content="yesterday", observed_at=NOW - timedelta(days=1)))[0].outcome == "revised"
    assert current(database) == "today"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=str)
def test_of_texts_observed_at_once_the_order_of_arrival_does_not_decide(
    database: Database, order: tuple[int, ...]
) -> None:
    texts = [article(content=name) for name in ("one", "three", "two")]
    for index in order:
        record(database, texts[index])
    assert current(database) == "two"


def test_a_batch_may_hold_one_address_twice(database: Database) -> None:
    given = [
        article(content="a"),
        article("https://lake.example/b"),
        article(content="b", observed_at=NOW + timedelta(seconds=1)),
    ]
    assert [entry.outcome for entry in record(database, *given)] == ["new", "new", "revised"]
    assert current(database) == "b"


def test_the_index_holds_the_sketch_of_the_current_text_only(database: Database) -> None:
    record(database, article(sketch=(1, 2)))
    record(database, article(content="second", sketch=(2, 9), observed_at=NOW + timedelta(hours=1)))
    hashes = database.read(lambda conn: sorted(conn.scalars(select(SketchHash.hash))))
    assert hashes == [2, 9]


def test_a_revision_without_a_date_keeps_the_date_that_was_known(database: Database) -> None:
    published = datetime(2022, 1, 5, 9, tzinfo=UTC)
    record(database, article(published_at=published))
    record(database, article(content="second", observed_at=NOW + timedelta(hours=1)))
    kept = database.read(lambda conn: conn.execute(select(Article.published_at, Article.counts_on)).one())
    assert tuple(kept) == (published, published.date())


def test_a_stopped_batch_is_given_out_again_when_its_claim_has_run_out(database: Database) -> None:
    record(database, article())
    early = database.write(lambda conn: revisions.claim_revisions(conn, now=NOW, lease_s=60, limit=10))
    late = database.write(
        lambda conn: revisions.claim_revisions(conn, now=LEASE + timedelta(seconds=1), lease_s=60, limit=10)
    )
    assert (early, len(late)) == ([], 1)


def test_nothing_is_written_when_everything_was_seen_before(database: Database) -> None:
    record(database, article())
    before = database.read(
        lambda conn: conn.execute(
            select(Article.__table__, func.count(Revision.id))
            .join(Revision, Revision.article_id == Article.id)
            .group_by(Article.id)
        ).all()
    )
    record(database, article())
    after = database.read(
        lambda conn: conn.execute(
            select(Article.__table__, func.count(Revision.id))
            .join(Revision, Revision.article_id == Article.id)
            .group_by(Article.id)
        ).all()
    )
    assert before == after


def marks(database: Database) -> int:
    return database.read(lambda conn: conn.scalar(select(func.count()).select_from(UnverifiedRevision))) or 0


def test_a_text_that_is_sent_again_by_who_can_prove_it_is_unverified_no_more(database: Database) -> None:
    record(database, article(unverified="has expired"))
    assert marks(database) == 1
    record(database, article(unverified="has expired", observed_at=LEASE))
    record(database, article(observed_at=LEASE))
    assert marks(database) == 1, "neither the same sender nor a document vouches for it"
    record(database, article(is_verified=True, observed_at=LEASE))
    assert marks(database) == 0


def test_another_text_of_who_can_prove_it_vouches_for_itself_only(database: Database) -> None:
    record(database, article(unverified="has expired"))
    record(database, article(content="second", is_verified=True, observed_at=LEASE))
    assert marks(database) == 1
    with database.reading() as conn:
        article_id = conn.scalars(select(Article.id)).one()
        assert find_unverified(conn, article_id) is None
