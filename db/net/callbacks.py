"""The addresses of ours that hubs call. Pure."""

from __future__ import annotations

HUBS_PATH = "/hubs/"
"""Path of the callbacks on our pages, each followed by a secret."""


def hub_callback(public_url: str, token: str) -> str:
    """Return the address that a hub calls about one subscription."""
    return f"{public_url}{HUBS_PATH}{token}"
