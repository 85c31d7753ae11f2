"""Cursors: places in lists, as opaque texts for addresses. Pure."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

LONGEST = 1_000
"""Maximum length of a cursor."""
_INTEGER_MAX = 2**63 - 1


class NoCursor(ValueError):
    """The text is no cursor of this list."""


def write_cursor(name: str, key: Sequence[Any]) -> str:
    """Return the cursor of a place in the list of that name."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in key]
    return base64.urlsafe_b64encode(json.dumps([name, *plain]).encode()).rstrip(b"=").decode()


def read_cursor(name: str, cursor: str, types: Sequence[type]) -> tuple[Any, ...]:
    """Return the place in the list of that name, with values of these types. Raises NoCursor."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise NoCursor(cursor) from None
    if not isinstance(found, list) or len(found) != len(types) + 1 or found[0] != name:
        raise NoCursor(cursor)
    return tuple(_value(value, type, cursor) for value, type in zip(found[1:], types, strict=True))


def _value(value: Any, type: type, cursor: str) -> Any:
    if type is date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise NoCursor(cursor) from None
    is_text = type is str and isinstance(value, str) and "\0" not in value and value.isprintable()
    is_number = type is int and isinstance(value, int) and -1 <= value <= _INTEGER_MAX
    if not (is_text or is_number) or isinstance(value, bool):
        raise NoCursor(cursor)
    return value
