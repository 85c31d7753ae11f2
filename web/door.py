"""Access to the pages, by the requested host name and the address they are served at.

Requests for unknown host names are refused, because DNS rebinding makes a browser use a foreign name for our address.
There is no login: on a public address only the pages that need a secret are shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from db.net.callbacks import HUBS_PATH
from db.net.hostports import is_loopback, plain_host
from db.settings import Settings
from web.answers.render import render
from web.limits import max_body

_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z._-]{1,253})(?::[0-9]{1,5})?")
_BY_SECRET = ("/alerts/feed/", "/alerts/unsubscribe/", HUBS_PATH, "/static/")
_HEALTH = "/healthz"
_HIDDEN = "Not available at this address"
_GUARD = (
    "Others can reach this address, so it shows only the pages that messages link to. If a proxy or a port mapping "
    "guards it, set STEPPEWATCH_PAGE_IS_GUARDED=true to show the rest."
)


@dataclass(frozen=True, slots=True)
class Door:
    """The access rules: which requests are answered, and which pages are shown."""

    names: frozenset[str] = frozenset()
    """Accepted host names, besides those of loopback."""
    is_guarded: bool = False
    """True if a proxy or a port mapping keeps strangers away."""
    bound_to: str | None = None
    """The address that the page is served at; None to use that of each connection."""

    def knows(self, name: str) -> bool:
        """Return whether the host name is accepted."""
        return name in self.names or is_loopback(name)

    def shows(self, path: str, *, server: str, client: str) -> bool:
        """Return whether a path is shown to `client`, on a connection to our address `server`."""
        bound_to = server if self.bound_to is None else self.bound_to
        if self.is_guarded or is_loopback(bound_to) or path.startswith(_BY_SECRET):
            return True
        return path == _HEALTH and (is_loopback(client) or client == server)


def build_door(settings: Settings, bound_to: str | None = None) -> Door:
    """Return the access rules from the settings."""
    public = urlsplit(settings.public_url).hostname
    names = frozenset([plain_host(public)] if public else [])
    return Door(names, settings.page_is_guarded, bound_to)


def parse_host(values: list[bytes]) -> str | None:
    """Return the host in the `Host` header without its port; None unless there is exactly one valid header."""
    found = _HOST.fullmatch(values[0]) if len(values) == 1 else None
    return plain_host(found[1].decode().strip("[]")) if found else None


class Doorkeeper:
    """Middleware that refuses unknown host names, hidden paths and large bodies."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        name = parse_host([value for key, value in scope["headers"] if key == b"host"])
        if name is None:
            return _refused(400, "The request must have exactly one valid Host header.")
        if not self._door.knows(name):
            return _refused(421, "Unknown host name. Set STEPPEWATCH_PUBLIC_URL to the name of this page.")
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > max_body(scope["path"]):
            return _refused(413, "The request body is too large.")
        if not self._door.shows(scope["path"], server=_address(scope, "server"), client=_address(scope, "client")):
            return _hidden(scope["path"])
        return None


def _hidden(path: str) -> Response:
    if path.startswith("/api/"):
        problem = {"type": "about:blank", "title": _HIDDEN, "status": 403, "detail": _GUARD}
        return JSONResponse(problem, 403, media_type="application/problem+json")
    return render("message.html", 403, title=_HIDDEN, text=_GUARD, links={})


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status, {"Connection": "close"})


def _address(scope: Scope, side: str) -> str:
    return scope[side][0] if scope.get(side) else ""
