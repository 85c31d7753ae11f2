"""Options of a run of the collector that ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OneShot:
    """Options of a run that ends: each feed of `source_id` (None: all) is polled once, each due page fetched once.

    With `backfill_id` only this back-fill is worked off, until it ends or has to wait for long.
    """

    began_at: datetime
    source_id: str | None = None
    progress: Callable[[str], None] | None = None
    backfill_id: int | None = None
