"""Check of the page's port: free, served by Steppewatch already, or taken."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from cli.doctor.finding import Finding, failed, ok
from cli.shared.output import get_reason

_PORT = "port"


@dataclass(frozen=True, slots=True)
class PortSeen:
    """The state of a port: `error` is why it is unavailable, `is_ours` is True if Steppewatch responds there."""

    host: str
    port: int
    error: str | None = None
    is_ours: bool = False


def look_at_port(host: str, port: int, page_url: str) -> PortSeen:
    """Return the state of the port; `page_url` is the URL of the page for a browser."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return PortSeen(host, port, get_reason(error), is_ours=_is_ours(page_url))
    return PortSeen(host, port)


def _is_ours(page_url: str) -> bool:
    connection = http.client.HTTPConnection(urlsplit(page_url).netloc, timeout=3)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})  # a name that the page accepts
        reply = json.loads(connection.getresponse().read(1_000))
        return isinstance(reply, dict) and {"status", "database"} <= reply.keys()
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def judge_port(seen: PortSeen) -> Finding:
    """Return the finding on whether the page can be served."""
    where = f"{seen.host}, port {seen.port}"
    if seen.is_ours:
        return ok(_PORT, f"Steppewatch is being served on {where}")
    if seen.error is not None:
        return failed(_PORT, f"cannot serve the page on {where}: {seen.error}", "use --port for another, as for “up”")
    return ok(_PORT, f"{where} is free")
