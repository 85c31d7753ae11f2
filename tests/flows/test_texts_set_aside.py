"""A stored text that kills whoever tags it is set aside with a reason; its neighbours are finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from samples import NOON, chain_over, document, prepared_store
from site_served import Site, numbered
from sqlalchemy import select

from db.articles import revisions
from db.collection import captures
from db.collection.captures import CaptureIn, compress
from db.exports.read import Filters, iter_rows
from db.models import Capture, Revision, RevisionAttempt
from db.outcomes import count_outcomes, latest_problems
from db.status import read_health
from worker.chain import service
from worker.chain.documents import InputResult
from worker.chain.pipeline import Pipeline

TEXTS = 4
LEASE = timedelta(seconds=61)


class Killed(BaseException):
    """Stands for the death of the process."""


class Rig:
    """A chain whose clock is ours, and which dies over the revisions in `poison`."""

    def __init__(self, chain: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chain, self.now = chain, NOON
        self.poison: set[int] = set()
        self.begun: list[list[int]] = []
        resume = chain.resume

        def deadly(revision_ids: Sequence[int]) -> list[InputResult]:
            self.begun.append(list(revision_ids))
            if self.poison & set(revision_ids):
                raise Killed
            return resume(revision_ids)

        chain.clock = self._clock
        monkeypatch.setattr(chain, "resume", deadly)

    def _clock(self) -> datetime:
        return self.now

    def sweep(self) -> None:
        """Do what the sweep does, and the worker that it sends to, until that one is dead or has nothing to do."""
        self.now += LEASE
        with suppress(Killed):
            service.finish_left_behind(self.chain)


@pytest.fixture
def rig(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    database = prepared_store(database_url)
    yield Rig(chain_over(database), monkeypatch)
    database.close()


def die_in_between(rig: Rig, monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> list[int]:
    """Do something with the chain that dies between its two transactions; return what it leaves stored."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(rig.chain, "_analyse", die)
        with pytest.raises(Killed):
            work()
    return rig.chain.database.read(lambda conn: list(conn.scalars(select(Revision.id).order_by(Revision.id))))


def left_by_captures(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    site = Site(numbered(TEXTS))
    rows = []
    for path in site.pages:
        body, url = site.page(path), f"https://lake.example{path}"
        rows.append(
            (
                CaptureIn(
                    page_id=None,
                    source_id=None,
                    url=url,
                    fetched_at=NOON,
                    status=200,
                    content_type="text/html; charset=utf-8",
                    body=body,
                    body_hash=path,
                ),
                compress(body),
            )
        )
    rig.chain.database.write(lambda conn: captures.record_captures(conn, rows))
    ids = rig.chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=9e6, limit=100))
    return die_in_between(rig, monkeypatch, lambda: service.process_captures(rig.chain, ids))


def stages(rig: Rig) -> dict[int, str]:
    with rig.chain.database.reading() as conn:
        return {revision_id: stage for revision_id, stage in conn.execute(select(Revision.id, Revision.stage))}


def test_neighbours_are_finished_and_the_killer_is_set_aside(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, *good = left_by_captures(rig, monkeypatch)
    rig.poison = {bad}
    for _ in range(service.POISON_ATTEMPTS):
        rig.sweep()
        assert stages(rig)[bad] == "stored"
    rig.sweep()
    assert rig.begun[0] == [bad, *good]
    assert all(len(batch) == 1 for batch in rig.begun[1:]), "after the first death each goes alone"
    assert sum(bad in batch for batch in rig.begun) == service.POISON_ATTEMPTS
    assert stages(rig) == {bad: "set aside", **dict.fromkeys(good, "done")}
    begun = len(rig.begun)
    rig.sweep()
    assert len(rig.begun) == begun, "it kills nobody any more"


def test_each_input_is_counted_once_and_status_says_why(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, *_ = left_by_captures(rig, monkeypatch)
    rig.poison = {bad}
    for _ in range(service.POISON_ATTEMPTS + 2):
        rig.sweep()
    database = rig.chain.database
    counts = {outcome: n for _, outcome, n in database.read(count_outcomes)}
    assert (sum(counts.values()), counts["rejected"]) == (TEXTS, 1)
    (problem,) = database.read(lambda conn: latest_problems(conn, 5))
    assert problem.reason == "text set aside after 5 attempts: each worker that tagged it died or ran out of time"
    assert database.read(lambda conn: read_health(conn, now=rig.now)).revisions_unfinished == 0
    assert database.read(lambda conn: set(conn.scalars(select(Capture.stage)))) == {"done"}
    assert database.read(lambda conn: conn.scalars(select(RevisionAttempt.revision_id)).all()) == []


def test_its_text_is_kept_as_an_article_of_its_own(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, *_ = left_by_captures(rig, monkeypatch)
    rig.poison = {bad}
    for _ in range(service.POISON_ATTEMPTS + 1):
        rig.sweep()
    clusters = rig.chain.database.read(lambda conn: [row.cluster_id for row in iter_rows(conn, "articles", Filters())])
    assert len(clusters) == TEXTS
    assert None not in clusters


def test_a_document_that_was_brought_in_ends_as_rejected_too(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    brought_in = document("https://lake.example/a")
    (bad,) = die_in_between(rig, monkeypatch, lambda: rig.chain.process([brought_in]))
    rig.poison = {bad}
    for _ in range(service.POISON_ATTEMPTS + 1):
        rig.sweep()
    assert rig.chain.database.read(count_outcomes) == [("ingest", "rejected", 1)]


def test_a_death_or_two_are_forgotten_once_it_is_finished(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = left_by_captures(rig, monkeypatch)
    rig.poison = set(ids)
    rig.sweep()
    rig.poison = set()
    rig.sweep()
    database = rig.chain.database
    assert set(stages(rig).values()) == {"done"}
    assert database.read(lambda conn: revisions.count_attempts(conn, ids)) == {}
    assert database.read(lambda conn: conn.scalars(select(RevisionAttempt.revision_id)).all()) == []
