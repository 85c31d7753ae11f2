"""Two listings of a feed are compared: new entries, and those that prove that nothing was missed."""

import pytest

from crawlers.scheduling.overlap import compare


@pytest.mark.parametrize(
    ("name", "previous", "keys", "new", "is_continuous"),
    [
        ("newest first", (3, 2, 1), (4, 3, 2), (0,), True),
        ("oldest first", (1, 2, 3), (2, 3, 4), (2,), True),
        ("all new", (3, 2, 1), (6, 5, 4), (0, 1, 2), False),
        ("just one known", (3, 2, 1), (5, 4, 3), (0, 1), True),
        ("pinned at the top, the rest new", (9, 3, 2, 1), (9, 6, 5, 4), (1, 2, 3), False),
        ("pinned at the top, one known below", (9, 3, 2, 1), (9, 5, 4, 3), (1, 2), True),
        ("two pinned", (9, 8, 3, 2, 1), (9, 8, 6, 5, 4), (2, 3, 4), False),
        ("nothing dropped, oldest first", (1, 2), (1, 2, 3, 4, 5), (2, 3, 4), True),
        ("nothing dropped, newest first", (2, 1), (5, 4, 3, 2, 1), (0, 1, 2), True),
        ("one entry that was replaced", (1,), (2,), (0,), False),
        ("one entry that stayed", (1,), (1,), (), True),
        ("shuffled", (1, 2, 3, 4), (5, 4, 2, 3), (0,), True),
        ("a deleted entry lets an older one in", (5, 4, 3, 2), (5, 3, 2, 1), (3,), True),
        ("the last entry was replaced", (5, 4, 3, 2), (5, 4, 3, 1), (3,), True),
        ("an entry twice", (3, 2, 1), (4, 4, 3), (0,), True),
        ("empty now", (3, 2, 1), (), (), False),
    ],
)
def test_compare(
    name: str, previous: tuple[int, ...], keys: tuple[int, ...], new: tuple[int, ...], is_continuous: bool
) -> None:
    overlap = compare(previous, keys)
    assert (overlap.new, overlap.is_continuous) == (new, is_continuous), name


def test_the_known_share_leaves_pinned_entries_out() -> None:
    assert compare((9, 3, 2, 1), (9, 6, 5, 4)).known_share == 0
    assert compare((4, 3, 2, 1), (5, 4, 3, 2)).known_share == 0.75
    assert compare((1,), (1,)).known_share == 1
