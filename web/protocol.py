"""HTTP connections with limits on time, size and number, for slow, silent or hostile clients.

uvicorn waits without limit for the head of a request, for the rest of a body, and for a client that does not read its
response. Here each of these has a time limit, and when all connections are in use, a new one replaces the longest
waiting.
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

from web.limits import BODY_MAX, exchange_time, max_body

_AT_ONCE = struct.pack("ii", 1, 0)
_BETWEEN = {h11.CLIENT: h11.IDLE, h11.SERVER: h11.IDLE}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a connection."""

    connections: int = 200
    head_s: float = 10.0
    """Seconds from the connection, or from the first byte after a response, to the end of a request's head."""
    exchange_s: float = 60.0
    """Seconds from there until the body has arrived and the response is sent."""
    request_bytes: int = 65_536
    """Bytes of head, body and anything else received before the response is complete; uvicorn limits heads to 16 KB."""


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol with limits on all waiting."""

    bounds = Bounds()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._end: asyncio.TimerHandle | None = None
        self._waits_since: float | None = None
        """Start of the wait for a request; None while a request is processed."""
        self._is_idle = False
        self._latest_cycle: object = None
        """The latest exchange."""
        self._received_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for a request, dropping another connection if all are in use."""
        super().connection_made(transport)
        self._waits_since = self.loop.time()
        self._set_deadline(self.bounds.head_s)
        if len(self.connections) > self.bounds.connections:
            _longest_waiting(self.connections)._drop()  # possibly ourselves, if all others are being processed

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer."""
        self._cancel_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Accept bytes of a request, up to the limit, without extending the deadline."""
        if self._is_idle:
            self._is_idle = False
            self._set_deadline(self.bounds.head_s)
        portion = self.bounds.request_bytes  # in portions: how much may come is known once the head is read
        for start in range(0, len(data), portion):
            part = data[start : start + portion]
            self._received_bytes += len(part)
            if self._received_bytes > self._max_bytes():
                self._drop()
            if self.transport.is_closing():
                return
            super().data_received(part)
            self._update_deadline()

    def _max_bytes(self) -> int:
        """Return the limit for the request that is being received: a head, and a body as its path allows."""
        is_known = self.cycle is not None and not self.cycle.response_complete
        return self.bounds.request_bytes + (max_body(self.scope["path"]) - BODY_MAX if is_known else 0)

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has arrived already."""
        super().on_response_complete()
        self._update_deadline()

    def _update_deadline(self) -> None:
        """Set the deadline for the current wait."""
        if self.cycle is not self._latest_cycle:
            self._latest_cycle, self._waits_since, self._is_idle = self.cycle, None, False
            self._received_bytes = 0
            self._set_deadline(exchange_time(self.scope["path"], self.bounds.exchange_s))
        elif self._waits_since is None and self.conn.states == _BETWEEN:
            self._waits_since, self._is_idle = self.loop.time(), True
            is_read = not self.transport.get_write_buffer_size()
            self._set_deadline(self.bounds.head_s if is_read else self.bounds.exchange_s)

    def _set_deadline(self, seconds: float) -> None:
        """Set the deadline for dropping the connection, replacing the previous one."""
        self._cancel_timer()
        self._end = self.loop.call_later(seconds, self._drop)

    def _cancel_timer(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _drop(self) -> None:
        self._cancel_timer()
        self.connections.discard(self)  # at once: new connections may come before the loop reports this one as lost
        connection = self.transport.get_extra_info("socket")
        if self.transport.get_write_buffer_size() and connection is not None:
            # Otherwise the kernel would keep unsent data for a client that does not read for minutes.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()


def _longest_waiting(connections: Iterable[object]) -> BoundedProtocol:
    protocols = (one for one in connections if isinstance(one, BoundedProtocol))
    return min(protocols, key=lambda one: math.inf if one._waits_since is None else one._waits_since)
