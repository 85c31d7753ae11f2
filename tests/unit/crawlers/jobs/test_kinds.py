"""Kinds of jobs: one table, and a kind that exists in this test only is treated like the others."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from sqlalchemy import Connection

from crawlers.http.results import FetchResult
from crawlers.jobs import kinds
from crawlers.jobs.job import DecisionContext, DueFilter, Job, JobResult
from crawlers.jobs.kinds import KINDS, claim, find_due, renew_claims
from db.collection.feeds.polls import FeedDue

ROOT = Path(__file__).parents[4]
NOW = datetime(2022, 1, 10, 12, tzinfo=UTC)
ROW = FeedDue(
    id=1,
    source_id="outlet",
    url="https://a.example/1",
    etag=None,
    last_modified=None,
    body_hash=None,
    failures=0,
    polled_at=None,
    succeeded_at=None,
)
NOBODY = cast(Connection, None)


class SpareJob(Job):
    """A row that is kept in a list."""

    stage = "spare"
    accept = "text/plain"
    rows: ClassVar[list[FeedDue]] = []
    claimed: ClassVar[dict[int, datetime | None]] = {}

    @property
    def requested_at(self) -> datetime | None:
        return None

    @property
    def used_to_answer(self) -> bool:
        return False

    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        return JobResult((), "")

    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        pass

    @classmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        return min(room, 3 - in_flight)

    @classmethod
    def find_due(cls, conn: Connection, limit: int, wanted: DueFilter) -> Any:
        return [cls(row) for row in cls.rows if row.host not in wanted.resting][:limit]

    @classmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        return {id for id in ids if id % 2}

    @classmethod
    def renew_rows(cls, conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
        cls.claimed.update(dict.fromkeys(ids, until))


class OtherJob(SpareJob):
    """Likewise, of another kind; its rows fill the backlog."""

    stage = "other"
    fills_backlog = True
    rows: ClassVar[list[FeedDue]] = []
    claimed: ClassVar[dict[int, datetime | None]] = {}


@pytest.fixture(autouse=True)
def two_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    class First(SpareJob):
        rows = [replace(ROW, id=n, url=f"https://a{n}.example/") for n in range(1, 3)]  # noqa: RUF012
        claimed: ClassVar[dict[int, datetime | None]] = {}

    class Second(OtherJob):
        rows = [replace(ROW, id=n, url=f"https://a{n}.example/") for n in range(1, 9)]  # noqa: RUF012
        claimed: ClassVar[dict[int, datetime | None]] = {}

    monkeypatch.setattr(kinds, "KINDS", (First, Second))


def due(room: int, in_flight: Collection[Job] = (), *, pages_too: bool = True) -> list[tuple[str, int]]:
    wanted = DueFilter(now=NOW, resting={"a1.example"})
    found = find_due(NOBODY, wanted, room=room, requests=8, in_flight=in_flight, pages_too=pages_too)
    return [job.key for job in found]


def test_due_jobs_are_found_in_the_order_of_the_table_each_of_another_host() -> None:
    assert due(9) == [("spare", 2), ("other", 3), ("other", 4), ("other", 5)]
    assert due(2) == [("spare", 2), ("other", 3)]
    assert due(9, pages_too=False) == [("spare", 2)]


def test_what_others_leave_goes_to_the_kind_that_takes_it_beyond_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = kinds.KINDS[1]
    monkeypatch.setattr(greedy, "takes_rest", True)
    assert due(9) == [("spare", 2), *(("other", n) for n in range(3, 9))]
    assert due(5) == [("spare", 2), *(("other", n) for n in range(3, 7))]
    assert due(9, pages_too=False) == [("spare", 2)]
    monkeypatch.setattr(greedy, "rows", greedy.rows[:3])
    assert due(9) == [("spare", 2), ("other", 3)]


def test_jobs_in_flight_count_for_their_own_kind() -> None:
    second = kinds.KINDS[1]
    assert due(9, [second(ROW), second(ROW)]) == [("spare", 2), ("other", 3)]


def test_claims_are_of_one_kind_each_and_keep_the_order_given() -> None:
    first, second = kinds.KINDS
    jobs = [
        second(replace(ROW, id=3)),
        first(replace(ROW, id=3)),
        first(replace(ROW, id=2)),
        second(replace(ROW, id=5)),
    ]
    assert claim(NOBODY, jobs, now=NOW, lease_s=60) == [jobs[0], jobs[1], jobs[3]]
    renew_claims(NOBODY, jobs[:2], until=NOW)
    renew_claims(NOBODY, jobs[3:], until=None)
    assert (cast(Any, first).claimed, cast(Any, second).claimed) == ({3: NOW}, {3: NOW, 5: None})


def test_kinds_have_names_of_their_own() -> None:
    stages = [kind.stage for kind in KINDS]
    # the pages of back-fills are pages, and so are their ids
    assert stages == ["poll", "fetch", "hub", "backfill", "fetch"]


def test_nothing_asks_of_which_kind_a_row_is() -> None:
    asking = [
        path.name
        for path in (ROOT / "crawlers").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        if {"FeedDue", "PageDue", "PollJob", "FetchJob"} & {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    ]
    assert asking == []
