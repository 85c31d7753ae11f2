"""Captures through the chain: a page that kills its worker does not take its neighbours along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from samples import NOON, prepared_store
from site_served import Site, numbered

from db import captures
from db.captures import CaptureIn, compress
from worker import service
from worker.pipeline import Chain


@pytest.fixture
def chain(database_url: str) -> Iterator[Chain]:
    database = prepared_store(database_url)
    yield Chain(database, clock=lambda: NOON)
    database.close()


def capture(chain: Chain, count: int) -> list[int]:
    """Store the pages of an invented outlet as captures; return their ids."""
    site = Site(numbered(count))
    rows = []
    for path in site.pages:
        body = site.page(path)
        url = f"https://lake.example{path}"
        rows.append((CaptureIn(None, None, url, NOON, 200, "text/html; charset=utf-8", body, path), compress(body)))
    chain.database.write(lambda conn: captures.record_captures(conn, rows))
    return chain.database.write(lambda conn: captures.claim_captures(conn, now=NOON, lease_s=60, limit=100))


def batches_of(monkeypatch: pytest.MonkeyPatch, chain: Chain) -> list[int]:
    """Return a list that the size of each batch is added to from now on."""
    sizes: list[int] = []
    understand = chain.understand

    def counted(inputs: Sequence[Any]) -> Any:
        sizes.append(len(inputs))
        return understand(inputs)

    monkeypatch.setattr(chain, "understand", counted)
    return sizes


def test_new_captures_go_together(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = batches_of(monkeypatch, chain)
    ended = service.understand_captures(chain, capture(chain, 4))
    assert (len({end.capture_id for end in ended}), sizes) == (4, [4])


def test_what_was_begun_before_goes_alone(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = batches_of(monkeypatch, chain)
    ids = capture(chain, 4)
    chain.database.write(lambda conn: captures.begin_captures(conn, ids[:2]))
    assert len(service.understand_captures(chain, ids)) == 4
    assert sizes == [2, 1, 1]


def test_finished_captures_are_left_alone(chain: Chain) -> None:
    ids = capture(chain, 2)
    service.understand_captures(chain, ids)
    assert service.understand_captures(chain, ids) == []
