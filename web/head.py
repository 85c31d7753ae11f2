"""Answers to HEAD: those to GET without their bodies."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_IS_HEAD = "steppewatch.is_head"


def is_head(scope: Scope) -> bool:
    """Return whether the reader asked for the headers alone: what is dear need not be made then."""
    return bool(scope.get(_IS_HEAD))


class HeadAsGet:
    """Middleware that answers HEAD wherever GET is answered, with the same status and headers and without a body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wants_head = scope["method"] == "HEAD"

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                _allow_head(message)
            elif message["type"] == "http.response.body" and wants_head:
                message = {**message, "body": b""}
            await send(message)

        inner = {**scope, "method": "GET", _IS_HEAD: True} if wants_head else scope
        await self._app(inner, receive, send_head)


def _allow_head(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    allowed = [method.strip() for method in headers.get("allow", "").split(",")]
    if "GET" in allowed and "HEAD" not in allowed:
        headers["allow"] = ", ".join([*allowed, "HEAD"])
