"""Tagging the archive anew: exact, resumable after any death, shared with new articles. On both databases."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from material import ROOT
from processes import running, wait_until, worker
from recounted import recounted, stored
from samples import NOON, OTHER, PARAGRAPHS, chain_over, document
from sqlalchemy import Connection, select

from db import migrate, outcomes
from db.coverage import cells
from db.datadir.heartbeat import heartbeat_age_s
from db.engine import Database
from db.models import Article, MentionRow, Revision
from db.vocabulary import retags, versions
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.chain.retag import retag_archive, retag_batch
from worker.coverage.recount import recount
from worker.setup import load_vocabulary
from worker.vocabulary.entities import Alias, Entity, Vocabulary
from worker.vocabulary.scope import Definition, Theme

ARTICLES = 60
POPLARS = Alias(text="shade of the poplars", language="en", level="name")


def invented(number: int) -> Document:
    """Return an article that no other resembles; every third speaks of the poplars."""
    body = f"{PARAGRAPHS[number % 3]}\nRemark {number * 7919}.\n{OTHER[number % 3]}"
    shade = "\nThe shade of the poplars is owed to the harbour baker." if number % 3 == 0 else ""
    return document(
        f"https://outlet{number % 4}.example/{'opinion/' if number % 2 else ''}{number}",
        body=body + shade,
        title=f"Kazakhstan and the CSTO, part {number}" if number % 5 == 0 else f"Part {number}",
        published_at=NOON + timedelta(days=number % 30),
    )


def entity(id: str, type: str, *names: str) -> Entity:
    return Entity(
        id=id,
        type=type,
        label=id,
        description="for tests",
        aliases=tuple(Alias(text=name, language="en", level="name") for name in names),
    )


REGION = Theme(name="region", needed=2, entities={"kazakhstan": 1, "uzbekistan": 1}, types={})
SECURITY = Theme(name="security", needed=2, entities={}, types={"alliance": 1})
VOCABULARY = Vocabulary(
    entities=(
        entity("csto", "alliance", "CSTO"),
        entity("kazakhstan", "state", "Kazakhstan"),
        entity("uzbekistan", "state", "Uzbekistan"),
    ),
    scope=Definition(threshold=4, repeats=4, in_title=2, length=5_000, themes=(REGION, SECURITY)),
)


def with_alias(alias: Alias, id: str = "csto") -> Vocabulary:
    """Return the vocabulary with one more alias."""
    return replace(
        VOCABULARY,
        entities=tuple(
            replace(one, aliases=(*one.aliases, alias)) if one.id == id else one for one in VOCABULARY.entities
        ),
    )


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = Database(database_url)
    migrate.upgrade(database)
    load(database, VOCABULARY)
    chain = chain_over(database, lambda: NOON + timedelta(days=40))
    write(chain, ARTICLES)
    yield chain
    database.close()


def write(chain: Pipeline, upto: int) -> None:
    """Have that many articles in the store."""
    chain.process([invented(number) for number in range(upto)])
    recount(chain.database)


def load(database: Database, vocabulary: Vocabulary) -> None:
    database.write(lambda conn: load_vocabulary(conn, vocabulary, now=NOON))


def assert_exact(conn: Connection) -> None:
    assert cells.count_marks(conn) == 0
    assert stored(conn) == recounted(conn)


def state(conn: Connection) -> list[Any]:
    """Return everything that tagging decides, without what depends on the order of events."""
    mentions = select(MentionRow.__table__).order_by(*MentionRow.__table__.primary_key)
    revisions = select(Revision.id, Revision.vocabulary_version, Revision.in_scope).order_by(Revision.id)
    articles = select(Article.id, Article.in_scope).order_by(Article.id)
    return [*(conn.execute(query).all() for query in (mentions, revisions, articles)), stored(conn)]


def named(conn: Connection, alias: str) -> int:
    return len(conn.execute(select(MentionRow.revision_id).where(MentionRow.alias == alias)).all())


def test_one_more_alias_is_found_in_the_whole_archive_and_coverage_is_exact(chain: Pipeline) -> None:
    load(chain.database, with_alias(POPLARS))
    with chain.database.reading() as conn:
        assert retags.count_outdated(conn) == ARTICLES
        assert named(conn, "shade of the poplars") == 0
    assert retag_archive(chain) == ARTICLES
    with chain.database.reading() as conn:
        assert retags.count_outdated(conn) == 0
        assert named(conn, "shade of the poplars") == ARTICLES / 3
        version = versions.current_version(conn)
        assert set(conn.scalars(select(MentionRow.vocabulary_version))) == {version}
        assert_exact(conn)
    assert retag_archive(chain) == 0


def test_a_text_that_now_names_too_much_is_remarked(chain: Pipeline) -> None:
    chain.process([document("https://outlet.example/many", body="A card.\n" + "Good cards come in decks. " * 2_100)])
    load(chain.database, with_alias(Alias(text="cards", language="en", level="name")))
    retag_archive(chain)
    with chain.database.reading() as conn:
        problems = {problem.subject: problem for problem in outcomes.latest_problems(conn)}
    remark = problems["https://outlet.example/many"]
    assert (remark.stage, remark.times) == ("retag", 1)
    assert remark.reason.startswith("names 2,100 times what the vocabulary knows; 2,000 are kept")


def test_an_entity_that_is_gone_is_counted_nowhere(chain: Pipeline) -> None:
    load(chain.database, replace(VOCABULARY, entities=VOCABULARY.entities[1:]))
    retag_archive(chain)
    with chain.database.reading() as conn:
        assert list(cells.iter_cells(conn, entities=["csto"])) == []
        assert set(conn.scalars(select(Article.in_scope))) == {False}  # nothing else is about security
        assert_exact(conn)


def test_until_its_turn_comes_a_text_keeps_its_mentions_and_new_ones_get_the_new_vocabulary(chain: Pipeline) -> None:
    with chain.database.reading() as conn:
        before = state(conn)
        old = versions.current_version(conn)
    load(chain.database, with_alias(POPLARS))
    with chain.database.reading() as conn:
        assert state(conn) == before
        assert old is not None
        assert versions.get_content(conn, old)
        first = conn.scalars(select(Revision.id).order_by(Revision.id).limit(1)).all()
    assert retag_batch(chain, first) == 1
    assert retag_batch(chain, first) == 0
    chain.process([invented(ARTICLES + 3)])
    with chain.database.reading() as conn:
        assert named(conn, "shade of the poplars") == 2
        assert retags.count_outdated(conn) == ARTICLES - 1


def test_what_a_dead_worker_holds_is_done_too(chain: Pipeline) -> None:
    load(chain.database, with_alias(POPLARS))
    now = chain.clock()
    held = chain.database.write(lambda conn: retags.claim_outdated(conn, now=now, lease_s=60, limit=20))
    others = chain.database.write(lambda conn: retags.claim_outdated(conn, now=now, lease_s=60, limit=500))
    assert len(held) == 20
    assert not set(held) & set(others)
    assert chain.database.read(lambda conn: retags.count_held(conn, now=now)) == ARTICLES
    assert retag_archive(chain) == ARTICLES


def test_loading_another_version_ends_what_was_asked_for(chain: Pipeline) -> None:
    chain.database.write(lambda conn: retags.request_retag(conn, now=NOON))
    assert chain.database.read(retags.is_retag_requested)
    load(chain.database, VOCABULARY)  # the same again changes nothing
    assert chain.database.read(retags.is_retag_requested)
    load(chain.database, with_alias(POPLARS))
    assert not chain.database.read(retags.is_retag_requested)


def test_workers_that_run_do_it_by_themselves_once_it_is_asked_for(
    chain: Pipeline, database_url: str, broker_url: str, warm: Callable[[Path], Path], tmp_path: Path
) -> None:
    load(chain.database, with_alias(POPLARS))
    environment = {
        "STEPPEWATCH_DATABASE_URL": database_url,
        "STEPPEWATCH_BROKER_URL": broker_url,
        "STEPPEWATCH_DATA_DIR": str(warm(tmp_path)),
        "STEPPEWATCH_SWEEP_EVERY_S": "0.3",
    }
    log = tmp_path / "log"
    with running(worker(tmp_path), environment, ROOT, log):
        wait_until(lambda: heartbeat_age_s(tmp_path, "worker") is not None, 60, "messages are taken", log.read_text)
        assert chain.database.read(retags.count_outdated) == ARTICLES
        chain.database.write(lambda conn: retags.request_retag(conn, now=chain.clock()))
        wait_until(lambda: chain.database.read(retags.count_outdated) == 0, 60, "all is tagged", log.read_text)
        wait_until(lambda: chain.database.read(cells.count_marks) == 0, 60, "all is counted", log.read_text)
    with chain.database.reading() as conn:
        assert named(conn, "shade of the poplars") == ARTICLES / 3
        assert_exact(conn)


def test_killed_half_way_and_started_again_it_ends_where_an_undisturbed_run_does(
    chain: Pipeline, database_url: str
) -> None:
    many = 5 * ARTICLES
    write(chain, many)
    first, second = (
        with_alias(POPLARS),
        with_alias(Alias(text="harbour baker", language="en", level="name"), "kazakhstan"),
    )
    load(chain.database, second)
    retag_archive(chain)
    with chain.database.reading() as conn:
        undisturbed = state(conn)
    load(chain.database, first)
    retag_archive(chain)
    load(chain.database, second)
    command = [sys.executable, "-m", "cli.main", "vocabulary", "retag", "--format", "json"]
    environment = {**os.environ, "STEPPEWATCH_DATABASE_URL": database_url}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while chain.database.read(retags.count_outdated) == many and time.monotonic() < deadline:
        time.sleep(0.002)
    process.kill()
    process.wait()
    left = chain.database.read(retags.count_outdated)
    assert left < many
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f'"retagged":{left}' in done.stdout
    with chain.database.reading() as conn:
        assert state(conn) == undisturbed
        assert_exact(conn)
