"""Addresses of our own pages in messages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """`base` is the public address of the pages, without a slash at its end; empty if there is none."""

    base: str = ""

    def unsubscribe(self, token: str) -> str:
        """Return the unsubscribe address of a recipient; empty without a public address."""
        return f"{self.base}/alerts/unsubscribe/{token}" if self.base else ""

    def feed(self, token: str | None) -> str:
        """Return the secret address of a feed; empty without one."""
        return f"{self.base}/alerts/feed/{token}.atom" if self.base and token else ""
