"""The largest stories behind a count, whether many of them have reprints or few, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from samplestore import Sample, store_of

from db.coverage import first_seen
from db.coverage.cells import TOTAL
from db.coverage.first_seen import top_stories
from db.engine import Database

FIRST = datetime(2022, 1, 3, 12, tzinfo=UTC)
CSTO, TURAN = ("CSTO", "csto"), ("Turan", "turan")
REPRINTS = (4, 0, 3, 3, 2, 1, 5, 2)
"""Of each story. All texts are invented."""


def address(story: int, number: int) -> str:
    return f"https://herald.example/{story}/{number}"


def sample(story: int, number: int) -> Sample:
    """Return the original (0) or a reprint of a story, of which every other one comes a day later.

    Every third story begins before January, and the originals of every fourth do not name the alliance.
    """
    at = FIRST + timedelta(days=number % 2) - timedelta(days=40 if number == 0 and story % 3 == 2 else 0)
    says = (TURAN,) if number == 0 and story % 4 == 3 else (CSTO, TURAN) if number % 2 else (CSTO,)
    text = f"{story} {number} {' '.join(word for word, _ in says)}."
    copies = address(story, 0) if number else None
    return Sample(address(story, number), text=text, says=says, published_at=at, copies=copies)


SAMPLES = [sample(story, number) for story, reprints in enumerate(REPRINTS) for number in range(reprints + 1)]


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    database = store_of(store_url, SAMPLES)
    yield database
    database.close()


def count(entities: list[str], since: date, until: date, limit: int) -> list[tuple[int, int]]:
    """Return (story, articles) as they are counted one by one; the stories are numbered in the order of their ids."""
    counted: Counter[int] = Counter()
    for one in SAMPLES:
        named = {entity for _, entity in one.says} | {TOTAL}
        assert one.published_at is not None
        if set(entities) <= named and since <= one.published_at.date() <= until:
            counted[int(one.url.split("/")[3])] += 1
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:limit]


@pytest.mark.parametrize("largest", [1_000, 4, 1])
@pytest.mark.parametrize("until", [date(2022, 1, 4), date(2022, 1, 3)], ids=str)
def test_the_largest_stories_are_those_that_are_counted(
    store: Database, until: date, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_seen, "_LARGEST", largest)
    since = date(2022, 1, 1)
    with store.reading() as conn:
        for entities in (["csto"], [TOTAL], ["csto", "turan"], ["tashkent"]):
            for limit in range(1, 9):
                found = top_stories(conn, entities, since, until, limit=limit)
                told = [(int(story.url.split("/")[3]), story.articles) for story in found]
                assert told == count(entities, since, until, limit), (entities, limit)
