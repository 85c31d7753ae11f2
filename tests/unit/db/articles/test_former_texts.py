"""Which text replaced which, of those that stood at an address one after the other."""

from __future__ import annotations

import pytest

from db.articles.former_texts import predecessors


@pytest.mark.parametrize(
    ("stood", "replaced"),
    [
        pytest.param([], {}, id="none"),
        pytest.param([1], {}, id="one alone"),
        pytest.param([1, 2, 3], {2: 1, 3: 2}, id="one after the other"),
        pytest.param([1, 2, 1], {2: 1, 1: 2}, id="one that came back"),
        pytest.param([1, 1, 2], {2: 1}, id="one that came back after nothing that is kept"),
        pytest.param([1, 2, 3, 1], {2: 1, 3: 2, 1: 3}, id="one that came back after two"),
    ],
)
def test_which_text_each_replaced(stood: list[int], replaced: dict[int, int]) -> None:
    assert predecessors(stood) == replaced
