"""A text that is split at spans: whole whatever the spans are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.text.marked_spans import Stretch, select_spans, split_stretches


def test_spans_that_overlap_share_a_stretch() -> None:
    spans = [(4, 11, 2), (0, 6, 1), (12, 14, 3)]
    assert list(split_stretches("Ankara Baku me", spans)) == [
        Stretch("Ankara Baku", (1, 2)),
        Stretch(" "),
        Stretch("me", (3,)),
    ]


def test_spans_of_one_field() -> None:
    assert select_spans("title", [("title", 0, 3, "a"), ("text", 0, 3, "b")]) == [(0, 3, "a")]


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-3, 35), st.integers(-3, 35), st.sampled_from("abc"))))
def test_a_text_stays_whole_whatever_the_spans_are(text: str, spans: list[tuple[int, int, str]]) -> None:
    assert "".join(stretch.text for stretch in split_stretches(text, spans)) == text
