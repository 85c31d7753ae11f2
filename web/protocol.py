"""HTTP over a connection whose other side may be slow, silent, talkative or one of thousands.

uvicorn waits for the head of a request, for the rest of a body and for whoever does not read its answer as long as they
like. Here each has an end, and when all places are taken whoever has kept us waiting longest makes room for the next.
"""

from __future__ import annotations

import asyncio
import math
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

_AT_ONCE = struct.pack("ii", 1, 0)
_BETWEEN = {h11.CLIENT: h11.IDLE, h11.SERVER: h11.IDLE}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a connection may have."""

    connections: int = 200
    head_s: float = 10.0
    """From the connection, or the first byte after an answer, to the end of a request's head."""
    exchange_s: float = 60.0
    """From there until its body has come and the answer has gone."""
    request_bytes: int = 65_536
    """Head, body and what comes before the answer is done; of heads uvicorn takes 16 KB."""


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol with an end to all waiting."""

    bounds = Bounds()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._end: asyncio.TimerHandle | None = None
        self._waits_since: float | None = None
        """Since when we wait for a request; None while one is being answered."""
        self._is_idle = False
        self._seen: object = None
        """The last exchange that began."""
        self._came = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, in another's place when all are taken."""
        super().connection_made(transport)
        self._waits_since = self.loop.time()
        self._limit(self.bounds.head_s)
        if len(self.connections) > self.bounds.connections:
            _longest_waiting(self.connections)._drop()  # ourselves, when all others are being answered

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request, up to a bound. More of them put nothing off."""
        self._came += len(data)
        if self._came > self.bounds.request_bytes:
            self._drop()
            return
        if self._is_idle:
            self._is_idle = False
            self._limit(self.bounds.head_s)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it is there already."""
        super().on_response_complete()
        self._look()

    def _look(self) -> None:
        """Set the end of what we wait for now."""
        if self.cycle is not self._seen:
            self._seen, self._waits_since, self._is_idle = self.cycle, None, False
            self._came = 0
            self._limit(self.bounds.exchange_s)
        elif self._waits_since is None and self.conn.states == _BETWEEN:
            self._waits_since, self._is_idle = self.loop.time(), True
            is_read = not self.transport.get_write_buffer_size()
            self._limit(self.bounds.head_s if is_read else self.bounds.exchange_s)

    def _limit(self, seconds: float) -> None:
        """Cut the connection off after so long, whatever is in the way; instead of what was set before."""
        self._forget()
        self._end = self.loop.call_later(seconds, self._drop)

    def _forget(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _drop(self) -> None:
        self._forget()
        self.connections.discard(self)  # at once: others may come before the loop tells that it is lost
        connection = self.transport.get_extra_info("socket")
        if self.transport.get_write_buffer_size() and connection is not None:
            # What is under way to somebody who does not read would stay with the kernel for minutes.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()


def _longest_waiting(connections: Iterable[object]) -> BoundedProtocol:
    ours = (one for one in connections if isinstance(one, BoundedProtocol))
    return min(ours, key=lambda one: math.inf if one._waits_since is None else one._waits_since)
