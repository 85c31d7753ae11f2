"""Words within some edits of another: one by one and many at once, against a plain table of distances."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.query.positions.misspelled import Lengths
from worker.query.words import is_within

_MANY = [*map("".join, product("ab", repeat=8)), *map("".join, product("abc", repeat=6)), "a", "ab" * 300, "习近平"]
_words = st.text("abc习\U0001f600", max_size=9)


def _distance(one: str, other: str) -> int:
    table = {(at, 0): at for at in range(len(one) + 1)} | {(0, at): at for at in range(len(other) + 1)}
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            replaced = table[row - 1, column - 1] + (one[row - 1] != other[column - 1])
            table[row, column] = min(replaced, table[row - 1, column] + 1, table[row, column - 1] + 1)
    return table[len(one), len(other)]


@settings(max_examples=500)
@given(one=_words, other=_words, edits=st.sampled_from((1, 2)))
def test_one_word_is_compared_as_the_whole_table_says(one: str, other: str, edits: int) -> None:
    assert is_within(one, other, edits) is (_distance(one, other) <= edits)


@settings(max_examples=60, deadline=None)
@given(other=st.text("abc习", min_size=3, max_size=9), edits=st.sampled_from((1, 2)))
def test_many_words_at_once_are_those_that_one_by_one_would_be_found(other: str, edits: int) -> None:
    found = Lengths(_MANY).within(other, edits)
    assert sorted(found) == sorted(word for word in _MANY if is_within(word, other, edits))


@pytest.mark.parametrize("edits", [1, 2])
def test_words_of_a_hundred_thousand_letters(edits: int) -> None:
    long = "kazakhstan" * 10_000
    assert is_within(long, long[:-1] + "x", edits)
    assert is_within(long, "x" + long[1:-1] + "x", edits) is (edits == 2)
    assert not is_within(long, long[3:] + "xyz", edits)
