"""The page over real sockets: whoever is slow, silent, talkative or many costs the others nothing."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import uvicorn
from samplestore import store_of
from starlette.types import ASGIApp, Receive, Scope, Send

from web.app import create_app
from web.protocol import BoundedProtocol, Bounds
from web.serve import build_config

PLACES = 8
HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
CLICK = b"POST /alerts/unsubscribe/x HTTP/1.1\r\nHost: localhost\r\n"
PATIENCE_S = 30
LARGE = 40_000_000


class Hasty(BoundedProtocol):
    bounds = Bounds(connections=PLACES, head_s=0.4, exchange_s=0.8, request_bytes=40_000)


class Patient(BoundedProtocol):
    bounds = Bounds(connections=PLACES, head_s=PATIENCE_S * 2, exchange_s=PATIENCE_S * 2)


@pytest.fixture
def place(sqlite_url: str) -> Iterator[tuple[str, int]]:
    """Give where the page is served; with a page that never ends and a large one beside it."""
    store = store_of(sqlite_url, [])
    with served(with_others(create_app(store)), Hasty) as (_, found):
        yield found
    store.close()


@pytest.fixture
def crowded(sqlite_url: str) -> Iterator[tuple[uvicorn.Server, tuple[str, int]]]:
    """Give a server with eight places, and where it is."""
    store = store_of(sqlite_url, [])
    with served(with_others(create_app(store)), Patient) as found:
        yield found
    store.close()


def with_others(app: ASGIApp) -> ASGIApp:
    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/endless":
            await asyncio.Event().wait()
        if scope["path"] != "/large":
            return await app(scope, receive, send)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * LARGE})

    return answered


class served:
    """Serves an application as the product does, in a thread."""

    def __init__(self, app: ASGIApp, protocol: type[BoundedProtocol]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        config = build_config(app, "127.0.0.1", 0, protocol)
        config.lifespan = "off"
        self.server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self.server.serve([self._listener])))

    def __enter__(self) -> tuple[uvicorn.Server, tuple[str, int]]:
        self._thread.start()
        return self.server, self._listener.getsockname()

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


def connected(place: tuple[str, int]) -> socket.socket:
    return socket.create_connection(place, timeout=PATIENCE_S)


def rest_of(connection: socket.socket) -> bytes:
    """Return what comes until the connection ends. Raises TimeoutError when it does not end."""
    found = bytearray()
    try:
        while data := connection.recv(65_536):
            found += data
    except ConnectionError:
        pass
    return bytes(found)


def answer(place: tuple[str, int]) -> bytes:
    with connected(place) as connection:
        connection.sendall(HEAD + b"Connection: close\r\n\r\n")
        return rest_of(connection)


def is_cut_while_sending(connection: socket.socket, piece: bytes, *, pause_s: float = 0.05, times: int = 600) -> bool:
    """Return whether the other side ended the connection although bytes kept coming."""
    try:
        for _ in range(times):
            connection.sendall(piece)
            time.sleep(pause_s)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"GET", id="half a line"),
        pytest.param(HEAD, id="half a head"),
        pytest.param(CLICK + b"Content-Length: 26\r\n\r\nList-", id="half a body"),
        pytest.param(CLICK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nList-\r\n", id="half the chunks"),
        pytest.param(CLICK + b"Content-Length: 26\r\nExpect: 100-continue\r\n\r\n", id="a body that is announced"),
        pytest.param(HEAD + b"\r\n", id="a request and nothing after it"),
        pytest.param(HEAD + b"\r\nG", id="a request and the beginning of the next"),
        pytest.param(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n", id="an answer that never comes"),
    ],
)
def test_whoever_stops_is_cut_off(place: tuple[str, int], beginning: bytes) -> None:
    with connected(place) as connection:
        connection.sendall(beginning)
        assert b"HTTP/1.1 5" not in rest_of(connection)


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ", b"x", id="a head, letter by letter"),
        pytest.param(HEAD, b"X: y\r\n", id="a head, field by field"),
        pytest.param(b"", b"\r\n", id="empty lines before it"),
        pytest.param(CLICK + b"Content-Length: 9999\r\n\r\n", b"x", id="a body, letter by letter"),
        pytest.param(CLICK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="a body, chunk by chunk"),
        pytest.param(HEAD + b"\r\nGET", b"x", id="the second head, letter by letter"),
    ],
)
def test_slow_is_no_way_to_stay(place: tuple[str, int], beginning: bytes, piece: bytes) -> None:
    with connected(place) as connection:
        connection.sendall(beginning)
        assert is_cut_while_sending(connection, piece)


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        pytest.param(CLICK + b"Transfer-Encoding: chunked\r\n\r\n", b"400\r\n" + b"x" * 1_024 + b"\r\n", id="chunks"),
        pytest.param(HEAD + b"X: ", b"x" * 1_024, id="a head"),
        pytest.param(CLICK + b"Content-Length: 16000\r\n\r\n", b"x" * 1_024, id="more than was announced"),
    ],
)
def test_much_is_no_way_to_be_heard(place: tuple[str, int], beginning: bytes, piece: bytes) -> None:
    with connected(place) as connection:
        connection.sendall(beginning)
        assert is_cut_while_sending(connection, piece, pause_s=0, times=100_000)


def test_a_large_body_is_refused_before_it_comes(place: tuple[str, int]) -> None:
    with connected(place) as connection:
        connection.sendall(CLICK + b"Content-Length: 99999999\r\n\r\n")
        assert rest_of(connection).startswith(b"HTTP/1.1 413")


def test_whoever_does_not_read_is_cut_off(place: tuple[str, int]) -> None:
    with connected(place) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(2)  # longer than a whole exchange may take
        assert len(rest_of(connection)) < LARGE


def test_one_connection_takes_several_requests_however_they_come(
    crowded: tuple[uvicorn.Server, tuple[str, int]],
) -> None:
    with connected(crowded[1]) as connection:
        for _ in range(3):
            connection.sendall(HEAD + b"\r\n")
            said = b""
            while not said.endswith(b"}"):
                said += connection.recv(65_536)
            assert said.startswith(b"HTTP/1.1 200")
        connection.sendall((HEAD + b"\r\n") * 3 + HEAD + b"Connection: close\r\n\r\n")
        assert rest_of(connection).count(b"HTTP/1.1 200") == 4


def test_when_all_places_are_taken_the_longest_silent_one_makes_room(
    crowded: tuple[uvicorn.Server, tuple[str, int]],
) -> None:
    server, place = crowded
    with ExitStack() as opened:
        silent = []
        for _ in range(PLACES * 6):
            silent.append(opened.enter_context(connected(place)))
            silent[-1].sendall(b"GET / HT")
            assert answer(place).startswith(b"HTTP/1.1 200")
            assert len(server.server_state.connections) <= PLACES
        assert rest_of(silent[0]) == b""


def test_a_burst_of_connections_takes_no_more_places_than_there_are(
    crowded: tuple[uvicorn.Server, tuple[str, int]],
) -> None:
    server, place = crowded
    with ExitStack() as opened:
        for _ in range(300):
            opened.enter_context(connected(place))
        assert answer(place).startswith(b"HTTP/1.1 200")
        assert len(server.server_state.connections) <= PLACES


def test_while_all_are_being_answered_another_is_turned_away(
    crowded: tuple[uvicorn.Server, tuple[str, int]],
) -> None:
    server, place = crowded
    with ExitStack() as opened:
        for _ in range(PLACES):
            opened.enter_context(connected(place)).sendall(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        give_up_at = time.monotonic() + PATIENCE_S
        while len(server.server_state.tasks) < PLACES:
            assert time.monotonic() < give_up_at
            time.sleep(0.01)
        assert answer(place) == b""
    give_up_at = time.monotonic() + PATIENCE_S
    while not answer(place).startswith(b"HTTP/1.1 200"):  # until it has heard that they left
        assert time.monotonic() < give_up_at


def test_the_product_serves_with_these_bounds(sqlite_url: str) -> None:
    store = store_of(sqlite_url, [])
    assert build_config(create_app(store), "127.0.0.1", 0).http is BoundedProtocol
    assert BoundedProtocol.bounds == Bounds(connections=200, head_s=10, exchange_s=60, request_bytes=65_536)
    store.close()
