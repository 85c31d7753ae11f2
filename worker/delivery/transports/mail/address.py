"""Mail addresses: checked and stored in one form. Pure."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

from worker.delivery.transports.transport import AddressError

_LOCAL_PART = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}")


def check_mail_address(text: str) -> str:
    """Return the mail address (RFC 5321 §4.1.2, without quoted local parts). Raises AddressError."""
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
