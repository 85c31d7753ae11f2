"""Rules for reachable addresses: pure, for the crawler and for webhooks alike.

Feeds, pages, redirects and subscribers name addresses that an attacker may choose. None of them may lead into our own
network (server-side request forgery), so the rules apply to the address of the connection, not to the name. Applied in
`crawlers/http/resolver.py`, `crawlers/http/middlewares.py` and `worker/delivery/transports/webhook/post.py`.
"""

from __future__ import annotations

import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from db.net.hostports import parse_host_ports, plain_host

SCHEMES = {"http": 80, "https": 443}
PORTS = frozenset({80, 443, 8080, 8443})

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_TEREDO = IPv6Network("2001::/32")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")
_LAST_32 = 0xFFFFFFFF


parse_allowed = parse_host_ports
"""Parser of `allow_private_hosts`."""


class Refused(ValueError):
    """An address that must not be fetched, with the reason as text."""


def refusal_of_address(address: str) -> str | None:
    """Return the reason for refusing this IP address; None if it is an ordinary public one."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return f"refused: {address} is not an address"
    inner = _inner_address(ip) if isinstance(ip, IPv6Address) else None
    meant = inner or ip
    kind = _kind(meant)
    return f"refused: {kind} address {meant}" if kind else None


def refusal_of_url(url: str, allowed: Collection[tuple[str, int]] = ()) -> str | None:
    """Return the reason for refusing this URL without asking DNS; None if there is none.

    Understands every spelling of an IPv4 address that the C library connects to: `2130706433`, `0x7f.1`, `127.1`.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "refused: not a usable address"
    if parts.scheme not in SCHEMES:
        return f"refused: only http and https are fetched, not {parts.scheme or 'an address without scheme'}"
    if not host:
        return "refused: an address without host"
    if "@" in parts.netloc:
        return "refused: an address with a user name in it"
    host, port = plain_host(host), SCHEMES[parts.scheme] if port is None else port
    if (host, port) in allowed:
        return None
    if port not in PORTS:
        return f"refused: port {port}"
    literal = literal_address(host)
    return refusal_of_address(literal) if literal else None


def literal_address(host: str) -> str | None:
    """Return the IP address that a host name spells; None for a real name."""
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if not host or not host.isascii() or not (host[0].isdigit() or host[-1].isalnum()):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_allowed(host: str, port: int, allowed: Collection[tuple[str, int]]) -> bool:
    """Return whether the settings allow this host and port, regardless of its address."""
    return (plain_host(host), port) in allowed


def _kind(ip: IPv4Address | IPv6Address) -> str | None:
    """Return the category of an address that is not public."""
    if ip.is_unspecified:
        return "unspecified"
    if ip.is_loopback:
        return "loopback"
    if ip.is_link_local:
        return "link-local"
    if ip.is_multicast:
        return "multicast"
    if ip.is_reserved:
        return "reserved"
    if isinstance(ip, IPv6Address) and (ip not in _GLOBAL_UNICAST or ip in _TEREDO):
        return "private" if ip.is_private else "reserved"
    return None if ip.is_global else "private"


def _inner_address(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address embedded in an IPv6 address (RFC 4291 §2.5.5, 3056, 6052)."""
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _SIX_TO_FOUR:
        return ip.sixtofour
    if ip in _NAT64 or (int(ip) >> 32 == 0 and int(ip) > 1):
        return IPv4Address(int(ip) & _LAST_32)
    return None
