"""A request to an ASGI application without a server between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Scope


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()


def get(
    app: ASGIApp,
    path: str,
    method: str = "GET",
    *,
    headers: Sequence[tuple[bytes, bytes]] = ((b"host", b"127.0.0.1"),),
    server: str = "127.0.0.1",
    client: str = "127.0.0.1",
    query: str = "",
    body: Sequence[bytes] = (b"",),
) -> Answer:
    """Return the answer of the application to a request. What it raises passes through after its answer is told."""
    answer = Answer()
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": list(headers),
        "client": (client, 50_000),
        "server": (server, 8000),
    }

    incoming: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in reversed(body)]
    incoming[0]["more_body"] = False

    async def receive() -> Message:
        if not incoming:
            await asyncio.Event().wait()  # whoever asks stays to the end
        return incoming.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            pairs: list[tuple[bytes, bytes]] = list(message["headers"])
            answer.headers = {name.decode(): value.decode() for name, value in pairs}
        else:
            answer.body += message.get("body", b"")

    async def run() -> None:
        await app(scope, receive, send)

    asyncio.run(run())
    return answer
