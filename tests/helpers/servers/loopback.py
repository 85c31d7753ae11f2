"""No test reaches the network by accident: sockets connect to this machine only."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit


class NetworkForbidden(BaseException):
    """A test tried to reach another machine. Not an `Exception`: code under test must not take it for weather."""


def is_local(host: str) -> bool:
    """Return whether a host (a name or an address) is this machine."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in {"", "localhost"}


def addresses_of(urls: Iterable[str]) -> frozenset[str]:
    """Return the addresses of the hosts named in `urls`: servers which the person running the tests allowed."""
    hosts = {host for url in urls if (host := urlsplit(url).hostname)}
    return frozenset(str(info[4][0]) for host in hosts for info in socket.getaddrinfo(host, None)) | hosts


def forbid_others(allowed: frozenset[str]) -> None:
    """Make every Python socket of this process refuse to connect to other machines."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(family: int, address: Any) -> None:
        if family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not is_local(host) and host not in allowed:
                raise NetworkForbidden(f"a test tried to connect to {host}:{address[1]}; serve it on 127.0.0.1")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(self.family, address)
        return connect_ex(self, address)

    setattr(socket.socket, "connect", guarded_connect)  # noqa: B010
    setattr(socket.socket, "connect_ex", guarded_connect_ex)  # noqa: B010
