"""Reading ahead: what pages keep is read when the server starts, and again before it is old, so that no reader waits.

Pages are asked for inside the process, as a reader would: that also loads what a first request needs.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import Connection, func, select
from starlette.types import ASGIApp

from db.models import Article, CoverageFact
from web.kept.answers import IS_AHEAD

_PAUSE_S, _STOP_S = 5.0, 1.0
_WATCHED_S = 600.0
"""So long after the last request answers are kept fresh."""
_NO_WORD = "qqqqqqqq"
"""A search for it loads the names of queries, and reads which texts are not indexed."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageToRead:
    """An address that is asked for ahead of readers: once at the start, or every so many seconds."""

    address: str
    every_s: float | None = None
    needs_years: bool = False
    """True if it needs the health of the collection on all days: `read_health` is called first."""


def list_pages(conn: Connection) -> Sequence[PageToRead]:
    """Return the pages that are costly to read at first; none of a store without articles."""
    newest = conn.scalar(select(func.max(Article.id)))
    if newest is None:
        return []
    named = select(CoverageFact.entity_id).where(CoverageFact.article_id == newest, CoverageFact.entity_id != "")
    entity = conn.scalar(named.limit(1))
    pages = [PageToRead("/", 10.0), PageToRead("/status", _PAUSE_S)]
    coverage: list[PageToRead] = []
    if entity is not None:
        pages.append(PageToRead(f"/entities/{quote(entity)}", 120.0))
        coverage.append(PageToRead(f"/api/v1/coverage?entity={quote(entity)}&by=month", 300.0, needs_years=True))
    return [*pages, PageToRead(f"/search?q={_NO_WORD}"), PageToRead("/search"), PageToRead("/outlets"), *coverage]


@dataclass(slots=True)
class Pulse:
    """Notes when a reader asked last."""

    clock: Callable[[], float] = time.monotonic
    asked_at: float | None = None

    def note(self) -> None:
        """Note a request, unless it is one that is made ahead."""
        if not IS_AHEAD.get():
            self.asked_at = self.clock()

    def is_watched(self) -> bool:
        """Return whether a reader asked in the last minutes."""
        return self.asked_at is not None and self.clock() - self.asked_at < _WATCHED_S


@dataclass(slots=True, kw_only=True)
class ReadingAhead:
    """A thread that asks the application for pages: all at the start, some again and again while there are readers."""

    app: ASGIApp
    find_pages: Callable[[], Sequence[PageToRead]]
    pulse: Pulse
    clock: Callable[[], float] = time.monotonic
    when_read: Callable[[], None] = lambda: None
    """Called when the pages of the start are read."""
    read_health: Callable[[], None] = lambda: None
    """Reads the health of the collection elsewhere, so far as it is due. Pages read what it fails to read."""
    end_reading: Callable[[], None] = lambda: None
    """Lets `read_health` return at once."""
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name="reading-ahead", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it after the page that it asks for, which is waited for a second."""
        self._over.set()
        self.end_reading()
        if self._thread is not None:
            self._thread.join(_STOP_S)

    def _run(self) -> None:
        IS_AHEAD.set(True)
        try:
            pages = self.find_pages()
        except Exception as error:  # the store is away, as readers will be told
            _log.debug("nothing is read ahead: %s", error)
            return
        asked_at: dict[str, float] = {}
        self._ask_all(pages, asked_at)
        self.when_read()
        while not self._over.wait(_PAUSE_S):
            if self.pulse.is_watched():
                self._ask_all(find_due(pages, asked_at, self.clock()), asked_at)

    def _ask_all(self, pages: Sequence[PageToRead], asked_at: dict[str, float]) -> None:
        """Ask for pages; for those that need the health of all days when it is read, for the others meanwhile."""
        waiting = [page for page in pages if page.needs_years]
        reading = threading.Thread(target=self._read_health, name="reading-health", daemon=True)
        if waiting:
            reading.start()
        for page in self._until_over([page for page in pages if not page.needs_years]):
            self._ask(page, asked_at)
        if waiting:
            reading.join()
        for page in self._until_over(waiting):
            self._ask(page, asked_at)

    def _read_health(self) -> None:
        try:
            self.read_health()
        except Exception as error:  # the store is away, as readers will be told
            _log.debug("the health of the collection was not read ahead: %s", error)

    def _until_over(self, pages: Sequence[PageToRead]) -> Iterator[PageToRead]:
        for page in pages:
            if self._over.is_set():
                return
            yield page

    def _ask(self, page: PageToRead, asked_at: dict[str, float]) -> None:
        asked_at[page.address] = self.clock()
        try:
            ask(self.app, page.address)
        except Exception as error:
            _log.debug("%s was not read ahead: %s", page.address, error)


def find_due(pages: Sequence[PageToRead], asked_at: Mapping[str, float], now_s: float) -> list[PageToRead]:
    """Return the pages whose time has come again."""
    return [
        page
        for page in pages
        if page.every_s is not None and now_s - asked_at.get(page.address, -page.every_s) >= page.every_s
    ]


def ask(app: ASGIApp, address: str) -> int:
    """Ask an application for a page, let it write the answer to nobody, and return the status."""
    return asyncio.run(_ask(app, address))


async def _ask(app: ASGIApp, address: str) -> int:
    parts = urlsplit(address)
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 0),
    }
    statuses: list[int] = []
    is_asked = False

    async def receive() -> dict[str, Any]:
        nonlocal is_asked
        if is_asked:
            await asyncio.Event().wait()  # the reader stays until the answer is there
        is_asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]
