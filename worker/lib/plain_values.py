"""Values as they stand in JSON. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime


def to_plain(value: object) -> object:
    """Return a value for JSON: an instant in UTC, or a day."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value
