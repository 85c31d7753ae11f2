"""What an operator is told about the hub of a feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.collection.feeds.hubs import HubRow
from web.shared.hubs import describe_hub

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ROW = HubRow(
    feed_id=1, hub_url="https://hub.example/x", asked_at=NOW - DAY, lease_until=NOW + DAY, pushed_at=NOW - DAY / 24,
    next_at=NOW + DAY / 2, last_error=None, history={"told": 9},
)  # fmt: skip
AGAIN = "it is asked again at 2026-11-30T00:00:00Z"

CASES: dict[str, tuple[dict[str, Any], str]] = {
    "trusted": ({}, "tells of new entries, last at 2026-11-29T11:00:00Z, so the feed is polled more rarely"),
    "not renewed": ({"last_error": "no answer"}, "is polled more rarely; it was not renewed yet: no answer"),
    "silent lately": ({"history": {"told": 0}}, "but not surely of all: the feed is polled as usual"),
    "a history that cannot be read": ({"history": {"told": "x"}}, "but not surely of all: the feed is polled as usual"),
    "nothing told": ({"pushed_at": None, "history": {}}, "agreed to tell of new entries and has told of none yet"),
    "never asked": ({"asked_at": None, "lease_until": None}, "will be asked to tell of new entries"),
    "asked": ({"lease_until": None}, f"was asked at 2026-11-28T12:00:00Z to tell of new entries; {AGAIN}"),
    "refused": ({"lease_until": None, "last_error": "full"}, f"hub hub.example tells of nothing: full; {AGAIN}"),
    "lease over": ({"lease_until": NOW, "last_error": "no answer"}, f"tells of nothing: no answer; {AGAIN}"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_hub_is_described_in_plain_words(name: str) -> None:
    changes, words = CASES[name]
    assert words in describe_hub(replace(ROW, **changes), public_url="https://w.example", now=NOW)


def test_without_a_public_address_it_is_said_what_is_missing() -> None:
    said = describe_hub(ROW, public_url="", now=NOW)
    assert said == "the hub hub.example would tell of new entries; it needs STEPPEWATCH_PUBLIC_URL to reach these pages"
