"""Reprints between outlets: the filters of lists, the numbers on an outlet's page, and lists that lose nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from commandline import run
from samplestore import Sample, store_of

from db.articles.filters import Filters
from db.articles.lists import candidates
from db.articles.lists.candidates import iter_candidates
from db.articles.lists.echoes import EchoPartner, read_echo
from db.articles.lists.listings import read_newest
from db.engine import Database


def sample(url: str, source: str, day: int, copies: str | None = None) -> Sample:
    """Return an article of January 2022. Invented: none of this was ever published."""
    return Sample(f"https://{url}", source, published_at=datetime(2022, 1, day, tzinfo=UTC), copies=copies)


HERALD, OASIS, MEADOW = "steppe-herald", "oasis-wire", "meadow.example"
SAMPLES = [
    sample("herald.example/1", HERALD, 1),
    sample("herald.example/2", HERALD, 2),
    sample("herald.example/again", HERALD, 3, "https://herald.example/1"),  # its own, which is no reprint of others
    sample("oasis.example/1", OASIS, 4, "https://herald.example/1"),
    sample("oasis.example/2", OASIS, 5, "https://herald.example/2"),
    sample("oasis.example/3", OASIS, 6),
    sample("meadow.example/1", MEADOW, 7, "https://herald.example/1"),
    sample("meadow.example/3", MEADOW, 8, "https://oasis.example/3"),
]
LISTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"reprints_of": ["any"]}, ["meadow 3", "meadow 1", "oasis 2", "oasis 1"]),
    ({"reprints_of": [HERALD]}, ["meadow 1", "oasis 2", "oasis 1"]),
    ({"reprints_of": [HERALD], "sources": [OASIS]}, ["oasis 2", "oasis 1"]),
    ({"reprints_of": [OASIS], "sources": [OASIS]}, []),
    ({"reprints_of": [HERALD], "since": date(2022, 1, 5)}, ["meadow 1", "oasis 2"]),
    ({"reprinted_by": ["any"]}, ["oasis 3", "herald 2", "herald 1"]),
    ({"reprinted_by": [OASIS]}, ["herald 2", "herald 1"]),
    ({"reprinted_by": [MEADOW], "sources": [HERALD]}, ["herald 1"]),
    ({"reprinted_by": [MEADOW, OASIS], "until": date(2022, 1, 1)}, ["herald 1"]),
    ({"reprinted_by": [HERALD]}, []),
]


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    database = store_of(store_url, SAMPLES)
    yield database
    database.close()


def short(url: str) -> str:
    return url.removeprefix("https://").replace(".example/", " ")


@pytest.mark.parametrize("few", [0, 10_000])
def test_lists_of_reprints_and_of_originals(store: Database, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "_FEW", few)
    monkeypatch.setattr(candidates, "_FIRST_BATCH", 2)
    with store.reading() as conn:
        for filters, wanted in LISTS:
            listed = read_newest(conn, Filters(**filters), after=None, limit=99)
            assert [short(one.url) for one in listed] == wanted
            batches = iter_candidates(conn, Filters(**filters), None)
            places = [place.article_id for batch in batches for _, place in batch.found]
            assert places == [one.article_id for one in listed]


def test_the_numbers_of_an_outlet(store: Database) -> None:
    with store.reading() as conn:
        echo = read_echo(conn, OASIS, date(2022, 1, 1), date(2022, 1, 31))
        assert (echo.articles, echo.copied, echo.reprinted, echo.reprints) == (3, 2, 1, 1)
        assert echo.copies_from == [EchoPartner(source=HERALD, name="Steppe Herald", articles=2)]
        assert [one.source for one in echo.copied_by] == [MEADOW]
        early = read_echo(conn, HERALD, date(2022, 1, 1), date(2022, 1, 4))
        assert (early.articles, early.copied, early.reprinted, early.reprints) == (3, 0, 2, 1)


def test_commands_take_the_same_filters(store: Database) -> None:
    assert list_urls("--source", "oasis.example", "--reprints-of", "Steppe Herald") == ["oasis 2", "oasis 1"]
    assert list_urls("--reprinted-by", "any", "--limit", "2") == ["oasis 3", "herald 2"]


def list_urls(*options: str) -> list[str]:
    lines = run("article", "list", "--format", "json", *options).stdout.splitlines()
    return [short(json.loads(line)["url"]) for line in lines]
