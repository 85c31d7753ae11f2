"""The store as the pages read it: one read transaction for each page, with a limit on its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection

from db.dialect.connections import time_limit
from db.engine import Database
from web.kept.ahead import Pulse
from web.kept.health import KeptHealth
from web.kept.overview import OverviewBoard
from web.shared.board import StatusBoard

QUERY_TIME_S = 10.0
"""Maximum time for the queries of one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The database, with the clock of the pages."""

    database: Database
    now: Callable[[], datetime]
    board: StatusBoard
    lack_of_room: Callable[[], str | None] = field(default=lambda: None)
    cache: Path | None = None
    """The cache folder, which has the script that draws charts."""
    health: KeptHealth = field(default_factory=KeptHealth)
    """The health of the collection, at most ten minutes old."""
    pulse: Pulse = field(default_factory=Pulse)
    overviews: OverviewBoard = field(default_factory=OverviewBoard)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one moment. Its queries fail with OperationalError after `QUERY_TIME_S`."""
        with self.database.snapshot() as conn, time_limit(conn, QUERY_TIME_S):
            yield conn


async def find_store(request: Request) -> Store:
    """Return the store of the application."""
    store: Store = request.app.state.store
    if request.url.path != "/healthz":  # which supervisors ask for, and no reader
        store.pulse.note()
    return store


Reading = Annotated[Store, Depends(find_store)]
"""A parameter of a view: the store that it reads."""
