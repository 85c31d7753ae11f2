"""Serving the demo's web on loopback addresses, and counting what was served."""

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
from cli.demo.web import DemoWeb, Reply

_BACKLOG = 128
_ANOTHER_PORT = "--outlets-port names another"


@dataclass(frozen=True, slots=True)
class Served:
    """How much was served to the crawler so far."""

    polls: int
    """Answers to requests for a feed."""
    entries: int
    """Entries in the feeds that were sent; a 304 sends none."""
    pages: int
    """Answers to requests for a page that a feed named; the second half of a redirect is no new one."""
    texts: int
    """Pages with an article that were sent; a 304 sends none."""
    vault: int
    """Requests to the address that must not be reached, whoever made them."""


class Stage:
    """The web as it is being served: which act is on, and what was served to the crawler, known by its user agent."""

    def __init__(self, web: DemoWeb, agent: str) -> None:
        self.web = web
        self._agent = agent
        self.act = Act.OPENING
        self._counts: Counter[str] = Counter()

    @property
    def served(self) -> Served:
        """Return what was served until now."""
        counts = self._counts
        return Served(counts["poll"], counts["entries"], counts["page"], counts["texts"], counts["vault"])

    async def answer(self, request: Request) -> Response:
        """Answer a request by the address to which it was sent, whatever host it names."""
        host = request.scope["server"][0]
        reply = self.web.reply(host, request.url.path, self.act, visit=secrets.randbits(64))
        etag = reply.headers.get("ETag")
        if etag and etag == request.headers.get("If-None-Match"):
            reply = Reply(reply.kind, 304, headers={"ETag": etag})
        if reply.kind == "vault" or request.headers.get("User-Agent") == self._agent:  # people may look as well
            self._counts.update({reply.kind: 1, "entries": reply.entries, "texts": int(reply.shows_text)})
        return Response(reply.body, reply.status, dict(reply.headers))


@contextmanager
def serving(web: DemoWeb, agent: str) -> Iterator[Stage]:
    """Serve the web on its addresses while the block runs. Raises DemoError when an address cannot be had."""
    stage = Stage(web, agent)
    app = Starlette(routes=[Route("/{path:path}", stage.answer)])
    config = uvicorn.Config(
        app, lifespan="off", ws="none", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    with ExitStack() as opened:
        sockets = [opened.enter_context(_listening(host, web.port)) for host in web.hosts]
        # In a thread it leaves the signals to whoever has the main thread.
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets)), name="outlets", daemon=True)
        thread.start()
        try:
            yield stage
        finally:
            server.should_exit = True
            thread.join(timeout=5)


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # from now on a request waits for the server instead of being refused
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        hint = "this system has no such loopback address" if error.errno == EADDRNOTAVAIL else _ANOTHER_PORT
        raise DemoError(f"the demo's outlets cannot be served on {host}, port {port}: {reason}", hint) from error
    return listener
