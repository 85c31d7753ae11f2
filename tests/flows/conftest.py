"""Desks for the tests of alerts, and an outlet for those of the crawler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from alertdesk import Desk, small_store
from courier import Site, serving
from servers.mailserver import serving_mail
from servers.webhookserver import receiving


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
