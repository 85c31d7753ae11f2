"""Whatever is killed at whatever moment, every match arrives. The long version: `make chaos-alerts SEED=1`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from faults.posting import post_articles
from servers import tally

SEED = os.environ.get("STEPPEWATCH_TEST_CHAOS_SEED", "")
ON = os.environ.get("STEPPEWATCH_TEST_CHAOS_ON", "").split() or ["sqlite", "postgresql"]
ARTICLES, KILLS, LEASE_S = (2_000, 50, 10) if SEED else (60, 4, 4)


@pytest.mark.parametrize("kind", ON if SEED else ["sqlite"])
def test_every_match_arrives_and_only_what_was_cut_off_arrives_twice(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path
) -> None:
    tally.note(request.node, tally.REDIS, "the embedded broker")
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[kind])
    posted = post_articles(tmp_path / "data", url, ARTICLES, seed=int(SEED or 1), kills=KILLS, lease_s=LEASE_S)
    sys.stdout.write(f"\nseed {SEED or 1}, {kind}: {posted}\n")
    assert posted.kills.total() == KILLS
    assert posted.matches == ARTICLES
    assert posted.delivered == {"sent": 2 * ARTICLES}
    assert len(posted.mailed) == len(posted.called) == ARTICLES
    assert posted.mailed.keys() | posted.called.keys() == posted.keys.keys()
    assert posted.refused == 0
    for key, times in posted.doubled.items():
        assert posted.keys[key] >= times, "it came more often than it was begun"
    assert len(posted.doubled) <= 2 * KILLS, "a kill cuts off what two processes have in hand, at most"
