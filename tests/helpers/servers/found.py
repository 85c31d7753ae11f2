"""Which server a test runs against, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Origin = Literal["environment", "machine", "wheel"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server that could be used: an address in the environment, or a program (of PostgreSQL: their folder)."""

    origin: Origin
    address: str = ""
    program: Path | None = None

    def __str__(self) -> str:
        return f"{self.program or self.address.rpartition('@')[2]} (from the {self.origin})"


class NoServer(Exception):
    """There is none to be had; the message says what was tried."""
