"""The memory of the page does not grow with its readers: few pages are made at a time, and the others wait."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from templates import migrated

from web.app import PAGES_AT_ONCE, build_application

READERS = PAGES_AT_ONCE * 3
PATIENCE_S = 60


class SlowPage:
    """A view that ends when it is let go, and how many of it ran at once."""

    def __init__(self) -> None:
        self.running = self.most = 0
        self.is_crowded = threading.Event()
        self.let_go = threading.Event()
        self._guard = threading.Lock()

    def view(self) -> None:
        with self._guard:
            self.running += 1
            self.most = max(self.most, self.running)
            if self.running == PAGES_AT_ONCE:
                self.is_crowded.set()
        assert self.let_go.wait(PATIENCE_S)
        with self._guard:
            self.running -= 1


async def read_slowly(app: FastAPI, slow: SlowPage) -> tuple[list[int], int]:
    """Return the statuses that many readers got, and the one of the page's health while they waited."""
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://test") as web:
        waiting = [asyncio.create_task(web.get("/slow")) for _ in range(READERS)]
        try:
            assert await asyncio.to_thread(slow.is_crowded.wait, PATIENCE_S)
            health = await asyncio.wait_for(web.get("/healthz"), PATIENCE_S / 2)
        finally:
            slow.let_go.set()
        return [(await one).status_code for one in waiting], health.status_code


def test_few_pages_are_made_at_once_and_all_readers_get_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWATCH_DATA_DIR", str(tmp_path))
    migrated(f"sqlite:///{tmp_path / 'steppewatch.db'}").close()
    slow, app = SlowPage(), build_application()
    app.add_api_route("/slow", slow.view)
    statuses, health = asyncio.run(read_slowly(app, slow))
    assert statuses == [200] * READERS
    assert health == 200, "many readers are no failure"
    assert slow.most == PAGES_AT_ONCE
