"""A line or two into a chat, by way of apprise: only to services whose host the vendor fixes."""

from __future__ import annotations

import logging

from worker.delivery.addresses import AddressError, check_address
from worker.delivery.bulletin import Bulletin, Item, plain
from worker.delivery.transports.errors import AddressRefused, TransportError

_ITEMS_MAX = 10
_SNIPPET_MAX = 280


def lines_of(bulletin: Bulletin) -> str:
    """Return what is written into the chat under the subject: plain text."""
    blocks = [_block(item) for item in bulletin.items[:_ITEMS_MAX]]
    more = bulletin.stories - len(blocks)
    if bulletin.test:
        blocks.append("This is a test: no article has matched.")
    if bulletin.kind == "quiet":
        blocks.append("Nothing matched since the last message.")
    if more > 0:
        blocks.append(f"… and {more:,} more.")
    return "\n\n".join(blocks)


def _block(item: Item) -> str:
    lines = [item.headline]
    if item.place:
        lines = [f"{item.headline} ({item.place.outlet})"]
        lines += [item.place.url] if item.place.is_web else []
    text = plain(item.snippet)
    lines += [text if len(text) <= _SNIPPET_MAX else text[:_SNIPPET_MAX] + "…"] if text else []
    lines += [f"Why: {' · '.join(item.terms)}"] if item.terms else []
    return "\n".join(lines)


def send_chat(address: str, *, subject: str, text: str, timeout_s: float) -> None:
    """Write into a chat. Raises TransportError."""
    import apprise

    try:
        checked = check_address("chat", address)
    except AddressError as error:
        raise AddressRefused(str(error)) from error
    half = max(timeout_s / 2, 1.0)
    options = f"redirect=no&verify=yes&overflow=truncate&cto={half:.1f}&rto={half:.1f}"
    service = apprise.Apprise.instantiate(f"{checked}{'&' if '?' in checked else '?'}{options}")
    if service is None:
        raise AddressRefused("the address does not fit its service")
    with apprise.LogCapture(level=logging.WARNING) as said:
        arrived = service.notify(body=text or subject, title=subject, body_format=apprise.NotifyFormat.TEXT)
        words = " ".join(said.getvalue().split())
    if not arrived:
        raise TransportError(f"the chat service did not take it: {words[-300:] or 'it gave no reason'}")
