"""The largest request bodies and the longest exchanges, by path."""

from __future__ import annotations

from db.net.callbacks import HUBS_PATH

BODY_MAX = 16_384
"""Maximum size of a request body: one click sends 26 bytes."""
PUSH_MAX = 4_000_000
"""Maximum size of what a hub sends: a feed, which is read for its signature and not kept."""
EXPORTS = ("/api/v1/exports/", "/exports/")
EXPORT_S = 900.0
"""Maximum time from the head of a request for an export to the end of its answer."""


def exchange_time(path: str, usual_s: float) -> float:
    """Return the maximum time of an exchange at a path, where other paths have the usual one."""
    return max(usual_s, EXPORT_S) if path.startswith(EXPORTS) else usual_s


def max_body(path: str) -> int:
    """Return the maximum size of a request body at a path."""
    return PUSH_MAX if path.startswith(HUBS_PATH) else BODY_MAX
