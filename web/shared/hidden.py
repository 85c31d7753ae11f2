"""Secrets that answers leave out: passwords in addresses, and the addresses of recipients in errors. Pure."""

from __future__ import annotations

import re
from typing import Any

_PASSWORD = re.compile(r"//[^/\s@?#]{1,500}@")
_PARTS = re.compile(r"[/?&=:@\s]+")
_TELLING = 6
"""Length from which a part of an address may be a secret."""


def hide_passwords(value: Any) -> Any:
    """Return a record without names and passwords in addresses."""
    if isinstance(value, str):
        return _PASSWORD.sub("//…@", value)
    if isinstance(value, dict):
        return {key: hide_passwords(one) for key, one in value.items()}
    if isinstance(value, list):
        return [hide_passwords(one) for one in value]
    return value


def hide_address(text: str | None, address: str) -> str | None:
    """Return a text without an address and without the longer parts of it."""
    if text is None:
        return None
    for part in sorted({address, *_PARTS.split(address)}, key=len, reverse=True):
        if len(part) >= _TELLING:
            text = re.sub(re.escape(part), "…", text, flags=re.IGNORECASE)
    return text
