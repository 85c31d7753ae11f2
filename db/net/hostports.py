"""Hosts and ports in settings and requests."""

from __future__ import annotations

import ipaddress


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
    """Return the normal form in which hosts are compared."""
    return host.rstrip(".").lower()


def is_loopback(host: str) -> bool:
    """Return whether a name or address can only mean this machine. No DNS request is made."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
