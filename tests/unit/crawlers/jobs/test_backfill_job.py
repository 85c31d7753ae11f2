"""Decisions about the documents of a back-fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crawlers.http.results import FetchResult
from crawlers.jobs import backfill_job
from crawlers.jobs.backfill_job import BackfillJob, BackfillPageJob, limit_share
from crawlers.jobs.job import DecisionContext
from crawlers.jobs.kinds import KINDS
from crawlers.scheduling.history import hash_key
from crawlers.scheduling.plan import PollLimits
from db.collection.backfills.backfills import DOCUMENTS_MAX
from db.collection.backfills.due import BackfillDue
from db.enums.collection import FeedKind

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)
URL = "https://steppe.example/index.xml"
NEXT = ["feed", "https://steppe.example/feed", 0]
DUE = BackfillDue(
    id=1,
    feed_id=2,
    source_id="steppe",
    since_on=date(2022, 1, 5),
    until_on=date(2022, 1, 10),
    failures=0,
    documents={"left": [[FeedKind.SITEMAP, URL, 0], NEXT], "read": []},
    counts={},
)
CONTEXT = DecisionContext(PollLimits(900, 86_400), frozenset(), lambda: 0.5)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Callable[[BackfillDue, FetchResult], dict[str, Any]]:
    """Give what a result has stored of the back-fill."""
    stored: dict[str, Any] = {}
    monkeypatch.setattr(backfill_job, "record_document", lambda conn, number, **values: stored.update(values))
    monkeypatch.setattr(backfill_job, "settle_backfills", lambda conn, now: None)

    def record(due: BackfillDue, answer: FetchResult) -> dict[str, Any]:
        _, step = BackfillJob(due).decide(answer, NOW, CONTEXT).steps[-1]
        step(None, backfill_job.OutcomeTally())  # type: ignore[arg-type]
        return dict(stored)

    return record


def answer(body: str = "", status: int = 200, **headers: str) -> FetchResult:
    return FetchResult(url=URL, status=status, body=body.encode(), headers=headers)


def index(*names: str) -> str:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>/{name}</loc></sitemap>' for name in names)}</sitemapindex>"


Recorded = Callable[[BackfillDue, FetchResult], dict[str, Any]]


def test_documents_that_follow_come_last_and_each_once(recorded: Recorded) -> None:
    stored = recorded(DUE, answer(index("a.xml", "a.xml", "index.xml", "feed")))
    assert stored["documents"]["left"] == [NEXT, ["sitemap", "https://steppe.example/a.xml", 0]]
    assert stored["documents"]["read"] == [hash_key(URL)]
    assert (stored["next_at"], stored["failures"], stored["error"]) == (NOW, 0, None)
    assert stored["counts"] == {"documents": 1}


def test_the_number_of_documents_is_bounded(recorded: Recorded) -> None:
    stored = recorded(DUE, answer(index(*(f"{number}.xml" for number in range(6_000)))))
    assert len(stored["documents"]["left"]) + len(stored["documents"]["read"]) == DOCUMENTS_MAX


@pytest.mark.parametrize("result", [answer(status=404), answer(status=410), answer(status=403), answer("<html>no")])
def test_what_is_not_there_or_no_list_is_left_out(recorded: Recorded, result: FetchResult) -> None:
    stored = recorded(DUE, result)
    assert stored["documents"]["left"] == [NEXT]
    assert stored["counts"] == {"documents that failed": 1}
    assert stored["error"]


def test_a_failure_is_tried_again_later_and_later_and_not_for_ever(recorded: Recorded) -> None:
    for failures, pause_s in ((0, 60), (1, 240), (2, 960)):
        stored = recorded(replace(DUE, failures=failures), answer(status=500))
        assert (stored["documents"], stored["failures"]) == (None, failures + 1)
        assert stored["next_at"] == NOW + timedelta(seconds=pause_s)
    assert recorded(replace(DUE, failures=3), answer(status=500))["documents"]["left"] == [NEXT]


def test_a_server_that_asks_for_a_pause_gets_it(recorded: Recorded) -> None:
    stored = recorded(DUE, answer(status=503, **{"retry-after": "7200"}))
    assert stored["next_at"] == NOW + timedelta(hours=2)


def test_a_backfill_takes_a_quarter_and_after_all_others() -> None:
    for requests in (8, 32, 512):
        assert 2 * limit_share(requests) <= requests / 4
    assert KINDS[-2:] == (BackfillJob, BackfillPageJob)
    assert BackfillJob.limit(100, in_flight=1, requests=32) == 3
    assert BackfillPageJob.limit(2, in_flight=0, requests=32) == 2
