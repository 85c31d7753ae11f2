"""Reading ahead: pages are asked for at the start and again before they are old, as long as there are readers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samplestore import Sample, empty_store, store_of

from db.dialect.word_index import create_word_index
from db.engine import Database
from web.app import build_application
from web.kept.ahead import PageToRead, Pulse, ReadingAhead, ask, find_due, list_pages
from web.kept.answers import IS_AHEAD

# Invented: none of this was ever published.
SAMPLES = [Sample("https://herald.example/1", text="CSTO.", says=(("CSTO", "csto"),))]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = store_of(f"sqlite:///{tmp_path / 'store.db'}", SAMPLES)
    database.write(create_word_index)
    yield database
    database.close()


def test_the_pages_that_are_read_ahead_are_there(store: Database) -> None:
    pages = store.read(list_pages)
    assert {"/", "/status", "/entities/csto"} <= {page.address for page in pages}
    app = build_application(store)
    assert {page.address: ask(app, page.address) for page in pages} == {page.address: 200 for page in pages}


def test_nothing_is_read_ahead_of_an_empty_store(tmp_path: Path) -> None:
    database = empty_store(f"sqlite:///{tmp_path / 'store.db'}")
    assert database.read(list_pages) == []
    database.close()


def test_a_page_is_due_when_its_time_has_passed() -> None:
    pages = [PageToRead("/a", 10), PageToRead("/b", 60), PageToRead("/once"), PageToRead("/new", 10)]
    asked_at = {"/a": 100.0, "/b": 100.0, "/once": 100.0}
    assert [page.address for page in find_due(pages, asked_at, 110)] == ["/a", "/new"]
    assert [page.address for page in find_due(pages, asked_at, 109)] == ["/new"]


def test_readers_are_noted_but_not_what_is_asked_for_ahead(store: Database) -> None:
    app = build_application(store)
    pulse: Pulse = app.state.store.pulse
    token = IS_AHEAD.set(True)
    try:
        ask(app, "/outlets")
    finally:
        IS_AHEAD.reset(token)
    ask(app, "/healthz")
    assert not pulse.is_watched()
    ask(app, "/outlets")
    assert pulse.is_watched()


def test_nobody_watches_when_the_last_reader_was_long_ago() -> None:
    moment = 0.0
    pulse = Pulse(clock=lambda: moment)
    pulse.note()
    moment = 599.0
    assert pulse.is_watched()
    moment = 600.0
    assert not pulse.is_watched()


class Asked:
    """An application that notes what it is asked for, and fails at one address."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.is_ahead: set[bool] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(f"{scope['path']}?{scope['query_string'].decode()}")
        self.is_ahead.add(IS_AHEAD.get())
        if scope["path"] == "/fails":
            raise RuntimeError("the store is away")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def test_at_the_start_every_page_is_asked_for_once() -> None:
    app = Asked()
    pages = [PageToRead("/first?q=a"), PageToRead("/fails"), PageToRead("/last")]
    is_read = threading.Event()
    ahead = ReadingAhead(app=app, find_pages=lambda: pages, pulse=Pulse(), when_read=is_read.set)
    ahead.start()
    assert is_read.wait(30)
    ahead.stop()
    assert app.paths == ["/first?q=a", "/fails?", "/last?"]
    assert app.is_ahead == {True}
    assert not IS_AHEAD.get()


def test_a_store_that_does_not_answer_ends_it() -> None:
    def fail() -> list[PageToRead]:
        raise RuntimeError("the store is away")

    app = Asked()
    ahead = ReadingAhead(app=app, find_pages=fail, pulse=Pulse())
    ahead.start()
    ahead.stop()
    assert app.paths == []


def test_pages_that_need_the_health_of_years_are_asked_for_when_it_is_read_others_meanwhile() -> None:
    app = Asked()
    pages = [PageToRead("/needs", needs_years=True), PageToRead("/other")]
    is_read = threading.Event()

    def read_health() -> None:
        while "/other?" not in app.paths:
            time.sleep(0.001)
        app.paths.append("health")
        raise RuntimeError("pages read it themselves")

    ahead = ReadingAhead(
        app=app, find_pages=lambda: pages, pulse=Pulse(), when_read=is_read.set, read_health=read_health
    )
    ahead.start()
    assert is_read.wait(30)
    ahead.stop()
    assert app.paths == ["/other?", "health", "/needs?"]


def test_reading_health_is_ended_when_the_server_stops() -> None:
    app, is_ended, is_reading = Asked(), threading.Event(), threading.Event()

    def read_health() -> None:
        is_reading.set()
        assert is_ended.wait(30)

    ahead = ReadingAhead(
        app=app,
        find_pages=lambda: [PageToRead("/needs", needs_years=True)],
        pulse=Pulse(),
        read_health=read_health,
        end_reading=is_ended.set,
    )
    ahead.start()
    assert is_reading.wait(30)
    ahead.stop()
    assert is_ended.is_set()
    assert app.paths == []
