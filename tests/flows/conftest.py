"""Desks for the tests of alerts, and an outlet for those of the crawler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from alertdesk import Desk, small_store
from courier import Site, serving
from crawlerfork import Warm, warmed
from servers.mailserver import serving_mail
from servers.webhookserver import receiving
from vocabularies import reading_once


@pytest.fixture(scope="session", autouse=True)
def _vocabularies_read_once() -> Iterator[None]:
    """Spare commands a third of a second each; that what is stored is read as it was is tested with the reader."""
    with reading_once():
        yield


@pytest.fixture(scope="session")
def warm_crawler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Give a process to fork crawlers from."""
    with warmed(tmp_path_factory.mktemp("forks")) as warm:
        yield warm


@pytest.fixture(scope="module", autouse=True)
def _crawlers_forked(warm_crawler: Warm) -> Iterator[None]:
    """Spare each crawl of a test the import of the crawler; tests of other folders start theirs from nothing."""
    with warm_crawler.children():
        yield


@pytest.fixture(name="site")
def running_site() -> Iterator[Site]:
    """The Courier, an outlet without pages yet."""
    with serving() as served:
        yield served


@contextmanager
def desk_over(url: str) -> Iterator[Desk]:
    with ExitStack() as stack:
        database = small_store(url)
        stack.callback(database.close)
        yield Desk(database, stack.enter_context(serving_mail()), stack.enter_context(receiving()))


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """A desk over SQLite, for what does not depend on the database."""
    with desk_over(sqlite_url) as desk:
        yield desk


@pytest.fixture
def either(database_url: str) -> Iterator[Desk]:
    """A desk over each database."""
    with desk_over(database_url) as desk:
        yield desk
