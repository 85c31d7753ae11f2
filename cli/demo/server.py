"""The server of the demo's web, on loopback addresses, with counts of its responses."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from errno import EADDRNOTAVAIL

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cli.demo.outlets import Act, DemoError
from cli.demo.web import DemoWeb, Reply, ReplyKind

_BACKLOG = 128
_ANOTHER_PORT = "use --outlets-port for another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Numbers of responses sent to the crawler."""

    polls: int
    """Responses to requests for a feed."""
    entries: int
    """Entries in the feeds that were sent; a 304 has none."""
    pages: int
    """Responses to requests for a page in a feed; the target of a redirect is not counted again."""
    texts: int
    """Pages with an article that were sent; a 304 has none."""
    vault: int
    """Requests to the address that must not be reached, by any client."""


class RunningWeb:
    """The running web: the current act, and the responses sent to the crawler, identified by its user agent."""

    def __init__(self, web: DemoWeb, agent: str) -> None:
        self.web = web
        self._agent = agent
        self.act = Act.OPENING
        self._counts: Counter[str] = Counter()

    @property
    def served(self) -> Served:
        """Return the numbers so far."""
        counts = self._counts
        return Served(
            polls=counts[ReplyKind.POLL],
            entries=counts["entries"],
            pages=counts[ReplyKind.PAGE],
            texts=counts["texts"],
            vault=counts[ReplyKind.VAULT],
        )

    async def answer(self, request: Request) -> Response:
        """Respond by the local address of the connection, whatever the Host header."""
        host = request.scope["server"][0]
        reply = self.web.reply(host, request.url.path, self.act, visit=secrets.randbits(64))
        etag = reply.headers.get("ETag")
        if etag and etag == request.headers.get("If-None-Match"):
            reply = Reply(kind=reply.kind, status=304, headers={"ETag": etag})
        if (
            reply.kind is ReplyKind.VAULT or request.headers.get("User-Agent") == self._agent
        ):  # people may look at it, too
            self._counts.update({reply.kind: 1, "entries": reply.entries, "texts": int(reply.shows_text)})
        return Response(reply.body, reply.status, dict(reply.headers))


@contextmanager
def serving(web: DemoWeb, agent: str) -> Iterator[RunningWeb]:
    """Serve the web on its addresses while the block runs. Raises DemoError if an address is unavailable."""
    running = RunningWeb(web, agent)
    app = Starlette(routes=[Route("/{path:path}", running.answer)])
    config = uvicorn.Config(
        app, lifespan="off", ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with ExitStack() as opened:
        sockets = [opened.enter_context(_listening(host, web.port)) for host in web.hosts]
        # a thread leaves the signals to the main thread
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets)), name="outlets", daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.should_exit = True
            thread.join(timeout=5)


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # from now on requests wait for the server instead of being refused
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        hint = "this system has no such loopback address" if error.errno == EADDRNOTAVAIL else _ANOTHER_PORT
        raise DemoError(f"cannot serve the demo's outlets on {host}, port {port}: {reason}", hint) from error
    return listener
