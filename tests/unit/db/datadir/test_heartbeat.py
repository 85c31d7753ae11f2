"""Signs of life that processes leave in files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from db.datadir.heartbeat import heartbeat_age_s, touch_heartbeat


def test_who_never_gave_a_sign_has_none(tmp_path: Path) -> None:
    assert heartbeat_age_s(tmp_path, "crawler") is None


@pytest.mark.parametrize("away_s", [-86_400, 86_400], ids=["of yesterday", "from the future"])
def test_a_sign_is_as_old_as_it_is_far_away(tmp_path: Path, away_s: int) -> None:
    touch_heartbeat(tmp_path, "crawler")
    at = time.time() + away_s
    os.utime(tmp_path / "alive" / "crawler", (at, at))
    assert 86_000 < (heartbeat_age_s(tmp_path, "crawler") or 0) < 87_000
    touch_heartbeat(tmp_path, "crawler")
    assert (heartbeat_age_s(tmp_path, "crawler") or 0) < 1_000
