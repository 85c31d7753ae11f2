"""A store whose stories were told apart by earlier rules is brought to the present ones, also in pieces."""

from __future__ import annotations

import struct
from datetime import timedelta

import pytest
from recounted import recounted, stored
from samples import NOON, chain_over, document, prepared_store
from sqlalchemy import delete, select, update
from storymaterial import LANGUAGES

from db import migrate
from db.articles import recomparing
from db.engine import Database
from db.models import Article, ClusterLink, FingerprintRow, SketchHash, StoryState
from worker.chain.documents import Document
from worker.coverage.recount import recount
from worker.dedup.compare import VERSION
from worker.stories.recompare import recompare

RU, UZ = LANGUAGES["ru"], LANGUAGES["uz"]
HEADLINE = "Two neighbours sign a border treaty after thirty years"


def inputs() -> list[Document]:
    """Return notes over one footer, a reprint, and two items without a text."""
    given = [
        *((f"https://nur.example/{n}", f"{note}\n{RU.footer}", "") for n, note in enumerate(RU.notes)),
        ("https://tan.example/reprint", f"{RU.notes[0]}\n{RU.footer}", ""),
        *((f"https://{outlet}.example/h", "", HEADLINE) for outlet in ("nur", "tan")),
    ]
    return [
        document(url, body=body, title=title, published_at=NOON + timedelta(minutes=place), source=url.split("/")[2])
        for place, (url, body, title) in enumerate(given)
    ]


def made_by_the_rules_before(url: str) -> Database:
    """Return a store as it was before: fingerprints without headlines, whatever resembles is a copy."""
    database = prepared_store(url)
    chain_over(database).process(inputs())
    with database.engine.begin() as conn:
        for revision_id, data in conn.execute(select(FingerprintRow.revision_id, FingerprintRow.data)).all():
            words = struct.unpack_from("<I", data, 4)[0]
            old = data[:2] + bytes([1, 0]) + data[4:8] + data[len(data) - 4 * words :]
            conn.execute(update(FingerprintRow).where(FingerprintRow.revision_id == revision_id).values(data=old))
        conn.execute(delete(SketchHash))
        conn.execute(update(ClusterLink).values(relation="copy", method="word-4-grams/1"))
        ids = list(conn.scalars(select(Article.id).order_by(Article.published_at)))
        conn.execute(update(Article).where(Article.id.in_(ids[:4])).values(cluster_id=ids[0]))
        conn.execute(update(Article).where(Article.id.in_(ids[4:])).values(cluster_id=Article.id))
        conn.execute(delete(StoryState))
    recount(database)
    return database


def stories(database: Database) -> dict[str, str]:
    """Return the original of each article, both by their addresses."""
    with database.reading() as conn:
        rows = conn.execute(select(Article.id, Article.cluster_id, Article.canonical_url)).all()
    names = {row.id: row.canonical_url for row in rows}
    return {row.canonical_url: names[row.cluster_id] for row in rows}


def fresh(url: str) -> dict[str, str]:
    database = prepared_store(url)
    chain_over(database).process(inputs())
    found = stories(database)
    with database.engine.begin() as conn:
        conn.execute(delete(Article))
    database.close()
    return found


@pytest.mark.parametrize("stopped", [False, True], ids=["at once", "stopped after each step"])
def test_an_older_store_gets_the_stories_of_a_new_one(
    database_url: str, stopped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = fresh(database_url)
    assert len(set(wanted.values())) == 4
    database = made_by_the_rules_before(database_url)
    assert len(set(stories(database).values())) == 3
    if stopped:
        monkeypatch.setattr("worker.stories.recompare._TEXTS", 2)
        monkeypatch.setattr("worker.stories.recompare._ARTICLES", 1)
        for _ in range(4):
            _stop_after_a_step(database, monkeypatch)
    done = recompare(database, now=NOON)
    assert stories(database) == wanted
    assert done.moved > 0
    recount(database)
    with database.reading() as conn:
        assert stored(conn) == recounted(conn)
        assert set(conn.scalars(select(ClusterLink.method))) == {f"word-4-grams/{VERSION}"}
    assert recompare(database, now=NOON) == recomparing.Recompared()
    database.close()


def _stop_after_a_step(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run until the next step was noted, then break off."""

    def note_and_stop(conn: object, state: recomparing.RecompareState) -> None:
        noted(conn, state)  # type: ignore[arg-type]
        stops.append(state)

    def state_or_stop(conn: object) -> recomparing.RecompareState:
        if stops:
            raise InterruptedError
        return find(conn)  # type: ignore[arg-type]

    noted, find, stops = recomparing.record_state, recomparing.find_state, []  # type: ignore[var-annotated]
    with monkeypatch.context() as patched:
        patched.setattr(recomparing, "record_state", note_and_stop)
        patched.setattr("worker.stories.recompare.recomparing.find_state", state_or_stop)
        with pytest.raises(InterruptedError):
            recompare(database, now=NOON)


def test_the_rules_have_one_version() -> None:
    assert recomparing.RULES == VERSION


def test_a_new_store_has_nothing_to_compare(database_url: str) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    assert recompare(database, now=NOON) == recomparing.Recompared()
    assert database.read(recomparing.find_state).is_done
    database.close()
