"""Two texts as one: nothing of the new text is lost, and nothing of what changed is folded away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text.diff_blocks import DiffBlock, DiffKind, DiffPart, diff_blocks
from worker.text.word_diff import changes_between

WORDS = st.lists(st.sampled_from(["one", "two", "three", "four,", "five\n"]), max_size=40).map(" ".join)


def blocks_of(old: str, new: str, around: int = 10) -> list[DiffBlock]:
    return diff_blocks(old, new, changes_between(old, new), around=around)


def test_a_change_in_its_context_and_the_rest_apart() -> None:
    rest = "and so on " * 8
    first, between = blocks_of(f"It was a great day. {rest}", f"It was a good day. {rest}")
    assert first.parts[:3] == [
        DiffPart(DiffKind.SAME, "It was a "),
        DiffPart(DiffKind.REMOVED, "great"),
        DiffPart(DiffKind.ADDED, "good"),
    ]
    assert not between.is_changed
    assert between.words > 15


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a b", "a b"), ("", "a"), ("a", "")])
def test_small_texts(old: str, new: str) -> None:
    parts = [part for block in blocks_of(old, new) for part in block.parts]
    assert [part.text for part in parts if part.kind is not DiffKind.REMOVED] == ([new] if new else [])
    assert [part.text for part in parts if part.kind is DiffKind.REMOVED] == ([old] if old and not new else [])


def test_words_that_were_removed_stand_apart_from_those_before() -> None:
    [block] = blocks_of("one two three", "one three")
    assert "".join(part.text for part in block.parts) == "one two three"


@given(WORDS, WORDS)
def test_the_new_text_is_whole_and_a_folded_block_has_no_change(old: str, new: str) -> None:
    blocks = blocks_of(old, new)
    parts = [part for block in blocks for part in block.parts]
    assert "".join(part.text for part in parts if part.kind is not DiffKind.REMOVED) == new
    removed = [part.text.strip() for part in parts if part.kind is DiffKind.REMOVED]
    expected = [old[c.old_start : c.old_end].strip() for c in changes_between(old, new) if c.old_start < c.old_end]
    assert removed == expected
    assert all(block.parts for block in blocks)
