"""Lists of host:port pairs, as settings hold them."""

from __future__ import annotations


def parse_host_ports(pairs: str) -> frozenset[tuple[str, int]]:
    """Return the (host, port) pairs of a comma-separated list such as `intranet.kz:8000,[::1]:80`.

    Raises ValueError for an item that is not host:port.
    """
    found = set()
    for item in filter(None, (item.strip() for item in pairs.split(","))):
        host, colon, port = item.rpartition(":")
        if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65_536:
            raise ValueError(f"not host:port: {item!r}")
        found.add((plain_host(host.strip("[]")), int(port)))
    return frozenset(found)


def plain_host(host: str) -> str:
    """Return the one spelling under which hosts are compared."""
    return host.rstrip(".").lower()
