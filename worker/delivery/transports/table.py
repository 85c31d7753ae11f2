"""The table of transports by kind: the only list of them."""

from __future__ import annotations

from worker.delivery.transports.chat.transport import ChatTransport
from worker.delivery.transports.mail.transport import MailTransport
from worker.delivery.transports.transport import AddressError, Allowed, Transport
from worker.delivery.transports.webhook.transport import WebhookTransport

_ALL: tuple[Transport, ...] = (
    MailTransport(),
    WebhookTransport(),
    ChatTransport(),
)

TRANSPORTS: dict[str, Transport] = {transport.kind: transport for transport in _ALL}
"""In the order of display."""

ADDRESS_MAX = 2_000


def check_address(kind: str, address: str, allowed: Allowed = ()) -> str:
    """Return the address in stored form. Raises AddressError."""
    text = address.strip()
    if len(text) > ADDRESS_MAX or not text.isprintable() or " " in text:
        raise AddressError(f"not an address: {text[:100]!r}")
    if kind not in TRANSPORTS:
        raise AddressError(f"there is no transport {kind!r}; there are {', '.join(TRANSPORTS)}")
    return TRANSPORTS[kind].check(text, allowed)


def shown(kind: str, address: str) -> str:
    """Return an address for display, without its secrets; only the kind for a removed transport."""
    return TRANSPORTS[kind].shown(address) if kind in TRANSPORTS else f"{kind} …"


def guess_kind(address: str) -> str:
    """Return the likely kind of an address. Raises AddressError."""
    for transport in TRANSPORTS.values():
        if transport.recognizes(address.strip()):
            return transport.kind
    scheme, separator, _ = address.strip().partition("://")
    begin = f"{scheme[:40]}://" if separator else "this"
    raise AddressError(f"{begin} is not an address of any transport: {', '.join(TRANSPORTS)}")
