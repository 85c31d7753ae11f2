"""A real webhook receiver: it checks signatures, remembers what came, and fails on command."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from servers.answering import QuietHandler, answering


@dataclass(slots=True)
class Receiver:
    """What came, and how to answer from now on."""

    port: int = 0
    secret: str = ""
    """What signatures are checked with; empty: none is."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    """Of calls that were answered with success."""
    raw: list[bytes] = field(default_factory=list)
    """Their bytes."""
    keys: list[str] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    refused: int = 0
    """Calls with a wrong signature."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stall_s: float = 0
    clock: Callable[[], float] = time.time

    @property
    def address(self) -> str:
        """Return host:port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Return where to call."""
        return f"http://{self.address}/in"

    def is_signed(self, headers: Any, body: bytes) -> bool:
        """Return whether a call proves who made it, and that it was made just now."""
        if not self.secret:
            return True
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        is_fresh = abs(self.clock() - int(headers["webhook-timestamp"])) < 300
        return is_fresh and hmac.compare_digest(right, headers["webhook-signature"])


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that was killed in the middle is nothing to talk about."""


@contextmanager
def receiving(secret: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Receive on a port of 127.0.0.1."""
    receiver = Receiver(secret=secret)

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the caller was killed in the middle; nothing came
                self.close_connection = True
                return
            time.sleep(receiver.stall_s)
            signed = receiver.is_signed(self.headers, body)
            status = receiver.status if signed else 401
            if not signed:
                receiver.refused += 1
            elif 200 <= status < 300:
                receiver.bodies.append(json.loads(body) if body.startswith(b"{") else {})
                receiver.raw.append(body)
                receiver.keys.append(self.headers.get("webhook-id", ""))
                receiver.hosts.append(self.headers["host"])
                receiver.at.append(time.time())
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with answering(Handler, server=_Server, tls=tls) as receiver.port:
        yield receiver
