"""Who may see what of the page: the name it is asked by, and the address it is served at.

A browser that was told a stranger's name for our address (DNS rebinding) asks by that name, so only our own are
answered. Nobody logs in: where others can reach the page it shows only what whoever has a secret may see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from db.net.hostports import is_loopback, plain_host
from db.settings import Settings
from web.render import render

BODY_MAX = 16_384
"""The most that is taken with a request: one click sends 26 bytes."""
_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z._-]{1,253})(?::[0-9]{1,5})?")
_BY_SECRET = ("/alerts/", "/static/")
_HEALTH = "/healthz"


@dataclass(frozen=True, slots=True)
class Door:
    """What decides whether a request is answered, and how much is shown."""

    names: frozenset[str] = frozenset()
    """Names that the page may be asked by, beside those of loopback."""
    is_guarded: bool = False
    """Whether a proxy or a port mapping keeps strangers away."""
    bound_to: str | None = None
    """The address that the page is served at; None: each connection tells."""

    def knows(self, name: str) -> bool:
        """Return whether the page may be asked by this name."""
        return name in self.names or is_loopback(name)

    def shows(self, path: str, *, server: str, client: str) -> bool:
        """Return whether a path is shown to `client` over a connection that reached us at `server`."""
        bound_to = server if self.bound_to is None else self.bound_to
        if self.is_guarded or is_loopback(bound_to) or path.startswith(_BY_SECRET):
            return True
        return path == _HEALTH and (is_loopback(client) or client == server)


def door_of(settings: Settings, bound_to: str | None = None) -> Door:
    """Return the door that the settings describe."""
    public = urlsplit(settings.public_url).hostname
    names = frozenset([plain_host(public)] if public else [])
    return Door(names, settings.page_is_guarded, bound_to)


def name_of(values: list[bytes]) -> str | None:
    """Return the host that the `Host` headers of a request name, without its port; None unless there is just one."""
    found = _HOST.fullmatch(values[0]) if len(values) == 1 else None
    return plain_host(found[1].decode().strip("[]")) if found else None


class Doorkeeper:
    """Answers in the application's place what is not for it: other names, other paths, large bodies."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        name = name_of([value for key, value in scope["headers"] if key == b"host"])
        if name is None:
            return _refused(400, "A request names the host that it is for, once.")
        if not self._door.knows(name):
            return _refused(421, "Steppewatch is not known by this name. STEPPEWATCH_PUBLIC_URL holds the one it has.")
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > BODY_MAX:
            return _refused(413, "That is more than anything here needs.")
        if not self._door.shows(scope["path"], server=_address(scope, "server"), client=_address(scope, "client")):
            return render(
                "message.html",
                403,
                title="This is not shown here",
                text="Others can reach this address, so it shows what messages link to and nothing else. Where a proxy "
                "or a port mapping guards it, STEPPEWATCH_PAGE_IS_GUARDED=true shows the rest.",
            )
        return None


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status, {"Connection": "close"})


def _address(scope: Scope, side: str) -> str:
    return scope[side][0] if scope.get(side) else ""
