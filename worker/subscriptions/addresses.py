"""Validation of message addresses: typed text → a usable address or an error. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from email.errors import MessageError
from email.headerregistry import Address

from db.net.address_policy import refusal_of_url
from worker.subscriptions.chat_address import ChatAddressError, parse_chat

MAX_LENGTH = 2_000

_LOCAL_PART = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}")


class AddressError(ValueError):
    """An unusable address, with the reason as text."""


def check_address(kind: str, address: str, allowed: Collection[tuple[str, int]] = ()) -> str:
    """Return the address in stored form. Raises AddressError.

    `allowed` are the host and port pairs on private addresses that the settings allow.
    """
    text = address.strip()
    if len(text) > MAX_LENGTH or not text.isprintable() or " " in text:
        raise AddressError(f"not an address: {text[:100]!r}")
    if kind == "email":
        return _email(text)
    if kind == "webhook":
        refusal = refusal_of_url(text, allowed)
        if refusal:
            raise AddressError(f"{text}: {refusal}")
        return text
    return _chat(text)


def _email(text: str) -> str:
    """Return the mail address (RFC 5321 §4.1.2, without quoted local parts)."""
    local, at, domain = text.rpartition("@")
    try:
        host = domain.encode("idna").decode()
        parsed = Address(username=local, domain=host)
    except (ValueError, MessageError) as error:
        raise AddressError(f"{text!r} is not a mail address") from error
    if not at or not _LOCAL_PART.fullmatch(local) or not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", host):
        raise AddressError(f"{text!r} is not a mail address")
    if not local.isascii():
        raise AddressError(f"{text!r}: letters other than a to z before the @ are not supported by most mail servers")
    return parsed.addr_spec


def _chat(text: str) -> str:
    """Return the address of a chat, with its scheme in lower case."""
    try:
        parse_chat(text)
    except ChatAddressError as error:
        raise AddressError(str(error)) from error
    scheme, _, rest = text.partition("://")
    return f"{scheme.lower()}://{rest}"


def shown(kind: str, address: str) -> str:
    """Return an address for display: after the scheme of a chat is a password, the query of a webhook may be one."""
    if kind == "chat":
        return f"{address.partition('://')[0]}://…"
    before, mark, _ = address.partition("?")
    return f"{before}?…" if kind == "webhook" and mark else address


def kind_of(address: str) -> str:
    """Return the likely kind of an address."""
    scheme, separator, _ = address.strip().partition("://")
    if not separator:
        return "email"
    return "webhook" if scheme.lower() in ("http", "https") else "chat"
