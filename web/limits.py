"""The largest request bodies, by path."""

from __future__ import annotations

from db.net.callbacks import HUBS_PATH

BODY_MAX = 16_384
"""Maximum size of a request body: one click sends 26 bytes."""
PUSH_MAX = 4_000_000
"""Maximum size of what a hub sends: a feed, which is read for its signature and not kept."""


def max_body(path: str) -> int:
    """Return the maximum size of a request body at a path."""
    return PUSH_MAX if path.startswith(HUBS_PATH) else BODY_MAX
