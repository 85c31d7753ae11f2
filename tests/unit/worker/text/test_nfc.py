"""NFC that hostile texts cannot slow down."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.text.nfc import MOST_MARKS, nfc


@given(st.text(max_size=300))
def test_ordinary_texts_are_plain_nfc(text: str) -> None:
    assert nfc(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("marks", ["\u0301", "\u0323\u0301", "\u05b0\u064b"])
def test_a_mountain_of_marks_is_cut(marks: str) -> None:
    assert len(nfc("a" + marks * 200_000 + "b")) <= MOST_MARKS + 2


def test_it_is_already_normal() -> None:
    assert nfc(nfc("e\u0301" + "\u0323\u0301" * 1000)) == nfc("e\u0301" + "\u0323\u0301" * 1000)
