"""A site is followed by the real crawler and worker over the Redis protocol; killing the worker loses nothing."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from faults.household import beat_of, children_of
from material import ROOT
from processes import kill, running, wait_until, worker
from samples import NOON, prepared_store
from site_served import Site, numbered, serving
from sqlalchemy import Select, delete, func, select

from db.collection.captures import count_waiting
from db.collection.feeds.feeds import add_feed
from db.collection.sources.book import SourceIn, record_source
from db.coverage.cells import cells_query, count_marks
from db.engine import Database
from db.models import Article, Capture, Feed, MentionRow, Outcome, Page, Revision

PAGES = 40
CRAWLER = (sys.executable, "-m", "crawlers.service")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site(numbered(PAGES))) as site:
        yield site


@pytest.fixture
def database(database_url: str, site: Site) -> Iterator[Database]:
    """A store whose only feed is the site's."""
    opened = prepared_store(database_url)
    outlet = SourceIn(id="lake-post", name="The Lake Post", domains=["127.0.0.1"], origin="person")
    with opened.engine.begin() as conn:
        conn.execute(delete(Feed))
    opened.write(lambda conn: record_source(conn, outlet, now=NOON))
    opened.write(lambda conn: add_feed(conn, source_id="lake-post", url=site.feed_url, now=NOON))
    yield opened
    opened.close()


def test_killing_the_worker_in_the_middle_loses_and_doubles_nothing(
    database: Database, broker_url: str, site: Site, warm: Callable[[Path], Path], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environment = {
        "STEPPEWATCH_DATABASE_URL": database.url,
        "STEPPEWATCH_BROKER_URL": broker_url,
        "STEPPEWATCH_DATA_DIR": str(warm(tmp_path)),
        "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": site.address,
        "STEPPEWATCH_HOST_DELAY_S": "0",
        "STEPPEWATCH_BATCH_SIZE": "2",
        "STEPPEWATCH_LEASE_S": "3",
        "STEPPEWATCH_SWEEP_EVERY_S": "0.3",
    }

    def count(query: Select[int]) -> int:
        return database.read(lambda conn: conn.scalar(query) or 0)

    captures = select(func.count()).select_from(Capture)
    articles = select(func.count()).select_from(Article)
    with ExitStack() as stack:
        stack.enter_context(running(CRAWLER, environment, ROOT, log))
        wait_until(lambda: count(captures) >= PAGES // 2, 60, "half of the pages are captured")
        first = stack.enter_context(running(worker(tmp_path), environment, ROOT, log))
        wait_until(lambda: count(articles) >= 3, 60, "the worker has begun")
        kill(first)
        understood_before_the_kill = count(articles)
        stack.enter_context(running(worker(tmp_path), environment, ROOT, log))
        wait_until(lambda: count(captures) >= PAGES, 60, "all pages are captured")
        wait_until(lambda: database.read(count_waiting) == 0, 60, "all captures are understood")
        wait_until(lambda: database.read(count_marks) == 0, 30, "coverage is counted")
    assert understood_before_the_kill < PAGES, "the kill came too late to prove anything"
    assert count(articles) == PAGES
    assert count(select(func.count()).select_from(Revision)) == PAGES
    assert count(select(func.count()).select_from(Revision).where(Revision.stage != "done")) == 0
    assert count(select(func.count()).select_from(Page).where(Page.fetches > 0)) == PAGES
    understood = select(func.sum(Outcome.inputs)).where(Outcome.stage == "understand")
    assert count(understood) == PAGES
    mentioned = select(func.count(func.distinct(MentionRow.revision_id))).where(MentionRow.entity_id == "kazakhstan")
    counted = select(func.sum(cells_query(entities=["kazakhstan"]).subquery().c.articles))
    assert count(mentioned) == count(counted) == PAGES


def test_a_worker_without_its_beat_ends_even_when_it_cannot_shut_down(
    sqlite_url: str, broker_url: str, warm: Callable[[Path], Path], tmp_path: Path
) -> None:
    """A child that never answers holds up the shutdown that the worker begins when its beat is gone."""
    prepared_store(sqlite_url).close()
    environment = {
        "STEPPEWATCH_DATABASE_URL": sqlite_url,
        "STEPPEWATCH_BROKER_URL": broker_url,
        "STEPPEWATCH_DATA_DIR": str(warm(tmp_path)),
    }
    log = tmp_path / "log"
    with running(worker(tmp_path), environment, ROOT, log) as process:
        wait_until(lambda: len(children_of(process.pid)) == 3, 60, "two children and a beat", log.read_text)
        wait_until(lambda: beat_of(process.pid) is not None, 60, "the beat is known from the others", log.read_text)
        beat = beat_of(process.pid)
        assert beat is not None
        children = set(children_of(process.pid)) - {beat}
        try:
            for child in children:
                os.kill(child, signal.SIGSTOP)
            os.kill(beat, signal.SIGKILL)
            wait_until(lambda: process.poll() is not None, 60, "the worker is gone", log.read_text)
        finally:
            for child in children:
                os.kill(child, signal.SIGKILL)
    assert "beat process died" in log.read_text()
