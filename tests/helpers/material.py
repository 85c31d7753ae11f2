"""Where the measuring material lies: outside the repository, and perhaps not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shared(name: str) -> Path:
    """Return the path of shared material, or skip the test with a reason that the summary prints."""
    base = Path(os.environ.get("STEPPEWATCH_SHARED", ROOT.parent / "shared"))
    path = base / name
    if not path.exists():
        pytest.skip(f"measuring material {name!r} is not beside this checkout (STEPPEWATCH_SHARED names its folder)")
    return path
