"""The web application, with the status page and the pages that messages link to; `web.serve` runs it.

Importing this module reads no settings and opens nothing: the store is opened when the server starts.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from db.datadir import disk_space
from db.engine import Database
from web import alerts, hubs
from web.door import Door, Doorkeeper, build_door
from web.headers import SafeHeaders
from web.render import render
from web.status import StatusBoard

_STATIC = Path(__file__).parent / "static"
_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the current instant."""
    return datetime.now(UTC)


def create_app(
    database: Database | None = None,
    now: Callable[[], datetime] = utc_now,
    lack_of_room: Callable[[], str | None] = lambda: None,
    door: Door | None = None,
) -> ASGIApp:
    """Return the application over `database`; without one, over the store that the settings name at start-up.

    Without a `door` it accepts only loopback host names, and shows everything there.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        from db.settings import load

        settings = load()
        opened = Database(settings.database)
        app.state.board = StatusBoard(
            database=opened, now=now, lack_of_room=partial(disk_space.disk_full_message, settings.data_dir)
        )
        yield
        opened.close()

    app = Starlette(
        routes=[
            Route("/", status_page),
            Route("/healthz", health),
            *alerts.ROUTES,
            *hubs.ROUTES,
            Mount("/static", StaticFiles(directory=_STATIC), name="static"),
        ],
        exception_handlers={HTTPException: _refused, SQLAlchemyError: _no_answer, Exception: _failed},
        lifespan=None if database else lifespan,
    )
    if database:
        app.state.board = StatusBoard(database=database, now=now, lack_of_room=lack_of_room)
    return SafeHeaders(Doorkeeper(app, door or Door()))


def status_page(request: Request) -> Response:
    """Return the status page."""
    board: StatusBoard = request.app.state.board
    return render("status.html", board=board.view())


def health(request: Request) -> Response:
    """Return 200 if the database responds, else 503; for supervisors and load balancers."""
    board: StatusBoard = request.app.state.board
    try:
        board.database.read(lambda conn: conn.execute(text("SELECT 1")).scalar())
    except SQLAlchemyError as error:
        _log.warning("the database does not respond: %s", error)
        return JSONResponse({"status": "failing", "database": "does not answer"}, 503)
    return JSONResponse({"status": "ok", "database": "answers"})


def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = "There is no such page" if status == 404 else "This request is not possible"
    return render("message.html", status, title=title, text="The status page is the only page here.")


def _no_answer(_request: Request, error: Exception) -> Response:
    _log.warning("the database does not respond: %s", error)
    return render(
        "message.html",
        503,
        title="The database does not respond",
        text="This page retries automatically. The error is in the log; “steppewatch status” shows more.",
        again_after_s=10,
    )


def _failed(_request: Request, _error: Exception) -> Response:
    return render("message.html", 500, title="Something went wrong", text="The reason is in the log.")


def __getattr__(name: str) -> ASGIApp:
    """Return `app`, created on first access, so that invalid settings end the server with a clear message."""
    if name == "app":
        from db.settings import load

        return create_app(door=build_door(load()))
    raise AttributeError(name)
