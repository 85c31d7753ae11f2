"""Names of the packaged vocabulary, as people type them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from commandline import run
from samples import packaged
from vocabularies import reading_once

from worker.query.article import QueryOutlet
from worker.query.names import NoSuchEntity, QueryNames
from worker.search.lookup import find_holders
from worker.vocabulary.entities import Vocabulary, iter_stored
from worker.vocabulary.stored_names import iter_names


@pytest.fixture(scope="module", autouse=True)
def _vocabulary_read_once() -> Iterator[None]:
    """Spare each command a second; that the packaged files are read is tested with the reader."""
    with reading_once():
        yield


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("SCO", "shanghai-cooperation-organisation"),
        ("ОДКБ", "csto"),
        ("Турция", "turkey"),
        ("Tokayev", "kassym-jomart-tokayev"),
        ("turkiye", "turkey"),
        ("Қазақстан", "kazakhstan"),
        ("kazakhstan", "kazakhstan"),
    ],
)
def test_vocabulary_show_takes_any_name(name: str, entity: str) -> None:
    assert json.loads(run("vocabulary", "show", name).stdout)["id"] == entity


def test_the_name_of_two_names_both() -> None:
    result = run("vocabulary", "show", "GKNB")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "2 entities are called 'GKNB'" in result.stderr
    assert "gknb-kg" in result.stderr
    assert "gknb-tj" in result.stderr


def test_stored_names_are_those_that_queries_know() -> None:
    vocabulary, _ = packaged()
    assert list(iter_names(vocabulary.to_json())) == list(QueryNames.of(vocabulary).aliases)


def test_names_read_one_entity_at_a_time_are_those_of_the_whole_vocabulary() -> None:
    vocabulary, _ = packaged()
    outlets = (QueryOutlet("lake", ("The Lake", "lake.example")),)
    stored = QueryNames.of_entities(iter_stored(vocabulary.to_json()), outlets)
    assert stored == QueryNames.of(Vocabulary.from_json(vocabulary.to_json()), outlets)
    assert stored.surnames
    assert stored.has_source("lake.example")


def test_a_name_that_is_spelled_like_one_alone_means_what_it_means_to_queries() -> None:
    vocabulary, _ = packaged()
    known, names = QueryNames.of(vocabulary), list(iter_names(vocabulary.to_json()))
    asked = [name for name, _ in names]
    labels = find_holders(
        asked, ((label, id) for label, id in zip(known.entities.values(), known.entities, strict=True))
    )
    for name, ids in find_holders(asked, names).items():
        if len(ids) == 1 and not labels[name]:
            assert _meaning(known, name) in ids


def _meaning(known: QueryNames, name: str) -> str:
    try:
        return known.get_entity(name)
    except NoSuchEntity as error:
        return error.message
