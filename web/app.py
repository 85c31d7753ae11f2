"""The web application: pages for readers, the API, and the pages that messages link to; `web.serve` runs it.

Importing this module reads no settings and opens nothing: the store is opened when the server starts.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from db.datadir import disk_space
from db.dialect.connections import FEW_QUERIES, FEW_STATEMENTS, SMALL_CACHE_KB
from db.engine import Database
from web import api, hubs, pages
from web.answers import problems
from web.charts.bundle import start_making
from web.door import Door, Doorkeeper, build_door
from web.head import HeadAsGet
from web.headers import SafeHeaders
from web.kept.ahead import ReadingAhead, list_pages
from web.kept.health_ahead import HealthAhead
from web.shared.board import StatusBoard
from web.shared.store import Reading, Store

_STATIC = Path(__file__).parent / "static"
PAGES_AT_ONCE = 6
"""Pages that are made at the same time; further readers wait. Each takes a thread and a connection with its memory."""
_TIMES_ITS_COST = 100.0
"""The status is read in a hundredth of the time at most."""
_log = logging.getLogger(__name__)
_service = APIRouter(include_in_schema=False)


def utc_now() -> datetime:
    """Return the current instant."""
    return datetime.now(UTC)


def create_app(
    database: Database | None = None,
    now: Callable[[], datetime] = utc_now,
    lack_of_room: Callable[[], str | None] = lambda: None,
    door: Door | None = None,
    *,
    cache: Path | None = None,
) -> ASGIApp:
    """Return the application over `database`; without one, over the store that the settings name at start-up.

    Without a `door` it accepts only loopback host names, and shows everything there. `cache` is the cache folder of a
    given database; without it charts stay sparklines.
    """
    return SafeHeaders(Doorkeeper(build_application(database, now, lack_of_room, cache=cache), door or Door()))


def build_application(
    database: Database | None = None,
    now: Callable[[], datetime] = utc_now,
    lack_of_room: Callable[[], str | None] = lambda: None,
    *,
    cache: Path | None = None,
) -> FastAPI:
    """Return the application without the access rules and headers of `create_app`."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        from db.settings import load

        to_thread.current_default_thread_limiter().total_tokens = PAGES_AT_ONCE
        settings = load()
        opened = Database(settings.database, cache_kb=SMALL_CACHE_KB, statements=FEW_STATEMENTS, queries=FEW_QUERIES)
        disk_full = partial(disk_space.disk_full_message, settings.data_dir)
        store = app.state.store = _store(opened, now, disk_full, settings.cache_dir, times_its_cost=_TIMES_ITS_COST)
        start_making(settings.cache_dir)
        health = HealthAhead(database=opened, health=store.health, now=now)
        ahead = ReadingAhead(
            app=app,
            find_pages=lambda: opened.read(list_pages),
            pulse=store.pulse,
            when_read=_leave_out_of_garbage,
            read_health=health.read,
            end_reading=health.stop,
        )
        gc.freeze()  # what was imported: reading ahead, it would be searched nine times, for a tenth of a second each
        ahead.start()
        yield
        ahead.stop()
        opened.close()

    app = FastAPI(
        title="Steppewatch",
        version="1",
        summary="What is written about Central Asian security: articles, entities, coverage over time.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # both would load scripts from another host
        redoc_url=None,
        exception_handlers=problems.HANDLERS,
        lifespan=None if database else lifespan,
    )
    if database:
        app.state.store = _store(database, now, lack_of_room, cache)
    for router in pages.ROUTERS:
        app.include_router(router)
    for router in api.ROUTERS:
        app.include_router(router, prefix="/api/v1")
    app.include_router(_service)
    app.include_router(hubs.router)
    app.add_middleware(HeadAsGet)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


def _leave_out_of_garbage() -> None:
    """Let the search for garbage pass by what is kept now: it took as long as a large page, in every second one."""
    gc.collect()
    gc.freeze()


def _store(
    database: Database,
    now: Callable[[], datetime],
    lack_of_room: Callable[[], str | None],
    cache: Path | None,
    *,
    times_its_cost: float = 0.0,
) -> Store:
    board = StatusBoard(database=database, now=now, lack_of_room=lack_of_room, times_its_cost=times_its_cost)
    return Store(database=database, now=now, board=board, lack_of_room=lack_of_room, cache=cache)


@_service.get("/healthz")
async def check_health(store: Reading) -> Response:
    """Return 200 if the database responds, else 503; for supervisors and load balancers.

    It needs no thread of those that make pages: many readers are no failure.
    """
    try:
        await asyncio.to_thread(store.database.read, lambda conn: conn.execute(text("SELECT 1")).scalar())
    except SQLAlchemyError as error:
        _log.warning("the database does not respond: %s", error)
        return JSONResponse({"status": "failing", "database": "does not answer"}, 503)
    return JSONResponse({"status": "ok", "database": "answers"})


def __getattr__(name: str) -> ASGIApp:
    """Return `app`, created on first access, so that invalid settings end the server with a clear message."""
    if name == "app":
        from db.settings import load

        return create_app(door=build_door(load()))
    raise AttributeError(name)
