"""The port of the page: free, ours already, or somebody else's."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from cli.doctor.finding import Finding, failed, ok
from cli.shared.output import reason_of

_PORT = "port"


@dataclass(frozen=True, slots=True)
class PortSeen:
    """A port: `error` says why it cannot be had, `is_ours` that Steppewatch answers there."""

    host: str
    port: int
    error: str | None = None
    is_ours: bool = False


def look_at_port(host: str, port: int, page_url: str) -> PortSeen:
    """Return whether a page can be served there; `page_url` is where a browser would look for it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return PortSeen(host, port, reason_of(error), is_ours=_is_ours(page_url))
    return PortSeen(host, port)


def _is_ours(page_url: str) -> bool:
    connection = http.client.HTTPConnection(urlsplit(page_url).netloc, timeout=3)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})  # a name that it answers to
        said = json.loads(connection.getresponse().read(1_000))
        return isinstance(said, dict) and {"status", "database"} <= said.keys()
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def judge_port(seen: PortSeen) -> Finding:
    """Return whether the page can be seen there."""
    where = f"{seen.host}, port {seen.port}"
    if seen.is_ours:
        return ok(_PORT, f"Steppewatch is being served on {where}")
    if seen.error is not None:
        return failed(_PORT, f"the page cannot be served on {where}: {seen.error}", "--port names another, as for “up”")
    return ok(_PORT, f"{where} is free")
