"""A text whose language is not sure keeps its names, through the whole chain. All headlines are invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest
from samples import NOON, chain_over, document, prepared_store
from sqlalchemy import Connection, insert, select, update

from db.collection import captures
from db.collection.captures import CaptureIn, compress
from db.models import MentionRow, Revision, Source, VocabularyVersion
from db.vocabulary import retags
from worker.chain import service
from worker.chain.batch.tag import RevisionTagger
from worker.chain.pipeline import Pipeline
from worker.chain.preview import Preview

KYRGYZ_OR_RUSSIAN = "Путин сенатка каршы, ШОС"
"""One word of it is no name; the acronym is the Russian one."""
KYRGYZ_OR_KAZAKH = "Президент Парижге барды"


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = prepared_store(database_url)
    yield chain_over(database)
    database.close()


def stored(conn: Connection) -> list[tuple[str | None, str | None]]:
    query = select(Revision.language, Revision.second_language).order_by(Revision.id)
    return [(language, second) for language, second in conn.execute(query)]


def named(conn: Connection) -> set[str]:
    return set(conn.scalars(select(MentionRow.entity_id)))


def test_the_names_of_both_languages_are_tagged_and_the_doubt_is_recorded(chain: Pipeline) -> None:
    given = document(title=KYRGYZ_OR_RUSSIAN, body="", language=None)
    assert [end.outcome for end in chain.process([given])] == ["new"]
    with chain.database.reading() as conn:
        assert stored(conn) == [("ky", "ru")]
        assert "shanghai-cooperation-organisation" in named(conn)


def test_what_somebody_says_for_sure_leaves_no_doubt(chain: Pipeline) -> None:
    chain.process([document(title=KYRGYZ_OR_RUSSIAN, body="", language="ky")])
    with chain.database.reading() as conn:
        assert stored(conn) == [("ky", None)]


def test_a_preview_sees_what_the_chain_stores(chain: Pipeline) -> None:
    given = document(title=KYRGYZ_OR_RUSSIAN, body="", language=None)
    chain.process([given])
    article = Preview().article(given, now=NOON)
    with chain.database.reading() as conn:
        assert {mention.entity for mention in article.mentions} == named(conn)  # type: ignore[union-attr]


def test_tagging_anew_and_after_a_stop_keeps_both(chain: Pipeline) -> None:
    chain.process([document(title=KYRGYZ_OR_RUSSIAN, body="", language=None)])
    with chain.database.reading() as conn:
        before, ids = named(conn), list(conn.scalars(select(Revision.id)))
    waiting = {"stage": "stored", "vocabulary_version": None}
    chain.database.write(lambda conn: conn.execute(update(Revision).values(waiting)))
    chain.database.write(lambda conn: conn.execute(MentionRow.__table__.delete()))
    chain.resume(ids)
    with chain.database.reading() as conn:
        assert named(conn) == before
    outdated = {"vocabulary_version": "0ther"}
    chain.database.write(partial(_know_version, version="0ther"))
    chain.database.write(lambda conn: conn.execute(update(Revision).values(outdated)))
    with chain.database.reading() as conn:
        texts = retags.read_outdated(conn, ids)
    spotter: RevisionTagger = chain.load()
    assert {mention.entity_id for text in texts for mention in spotter.tag(text).mentions} == before


def _know_version(conn: Connection, *, version: str) -> None:
    row = {name: value for name, value in conn.execute(select(VocabularyVersion.__table__)).mappings().one().items()}
    conn.execute(insert(VocabularyVersion).values(**row | {"version": version, "is_current": False}))


@pytest.mark.parametrize(
    ("feed", "outlet", "expected"),
    [
        pytest.param(None, [], "ky", id="nothing said"),
        pytest.param("kk", [], "kk", id="the feed"),
        pytest.param(None, ["kk", "ru"], "kk", id="the outlet"),
        pytest.param("en-GB", ["kk"], "kk", id="the outlet, and a feed that lies"),
    ],
)
@pytest.mark.parametrize("has_page", [True, False], ids=["page", "the feed's own text"])
def test_what_feed_and_outlet_say_decides_a_doubt(
    chain: Pipeline, feed: str | None, outlet: list[str], expected: str, has_page: bool
) -> None:
    chain.database.write(partial(_capture, feed=feed, outlet=outlet, has_page=has_page, at=NOON))
    ids = chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=9))
    assert [end.outcome for end in service.process_captures(chain, ids)] == ["new"]
    with chain.database.reading() as conn:
        assert [language for language, _ in stored(conn)] == [expected]


def _capture(conn: Connection, *, feed: str | None, outlet: list[str], has_page: bool, at: datetime) -> None:
    row = {"id": "lake", "name": "Lake", "languages": outlet, "origin": "person", "added_at": at}
    conn.execute(insert(Source).values(**row))
    page = f"<html><body><article><h1>{KYRGYZ_OR_KAZAKH}</h1></article></body></html>" if has_page else ""
    hints = {"title": KYRGYZ_OR_KAZAKH} | ({"language": feed} if feed else {})
    url = "https://lake.example/2022/01/06/paris"
    body = page.encode()
    taken = CaptureIn(
        page_id=None,
        source_id="lake",
        url=url,
        fetched_at=at,
        status=200,
        content_type="text/html; charset=utf-8",
        body=body,
        body_hash="hash",
        hints=hints,
    )
    captures.record_captures(conn, [(taken, compress(body))])
