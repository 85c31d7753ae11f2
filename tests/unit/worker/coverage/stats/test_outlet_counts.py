"""Numbers by outlet in arrays are those of a dictionary."""

from __future__ import annotations

import pickle

import pytest

from worker.coverage.stats.outlet_counts import OutletCounts, number_outlets

PLACES = number_outlets(["herald", "meadow", "oasis"])
CASES = [
    pytest.param({}, id="none"),
    pytest.param({"oasis": 0}, id="nothing of an outlet is not unknown"),
    pytest.param({"herald": 3, "oasis": 70_000}, id="some"),
    pytest.param({"herald": 3, "meadow": 0, "oasis": 1}, id="all"),
]


@pytest.mark.parametrize("counts", CASES)
def test_numbers_are_those_of_a_dictionary(counts: dict[str, int]) -> None:
    packed = OutletCounts(counts, PLACES)
    assert packed == counts == OutletCounts(counts)
    assert (list(packed), len(packed), bool(packed), packed.total()) == (
        list(counts),
        len(counts),
        bool(counts),
        sum(counts.values()),
    )
    assert {outlet: packed.get(outlet) for outlet in [*PLACES, "unknown"]} == {
        outlet: counts.get(outlet) for outlet in [*PLACES, "unknown"]
    }


@pytest.mark.parametrize("counts", CASES)
def test_numbers_come_through_a_pickle_with_places_that_are_still_shared(counts: dict[str, int]) -> None:
    first, second = pickle.loads(pickle.dumps([OutletCounts(counts, PLACES), OutletCounts({}, PLACES)]))
    assert (first, second) == (counts, {})
    assert first._places is second._places
