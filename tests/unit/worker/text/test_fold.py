"""Folding keeps positions; squeezing knows the way back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.tagging.search import Search
from worker.text.fold import UNSEEN, encoded, fold, squeeze, to_readable, words
from worker.text.letters import mended, seen

ANY_TEXT = st.text(st.characters(codec=None), max_size=80)  # lone surrogates included
TROUBLE = st.text(st.sampled_from("aİıIßЁёй ՞և\u00a0\u00ad\u0301\u0306'’—- \r\n.,北🙂ＮIʻо"), max_size=40)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("İstanbul ISIK ışık", "istanbul isik işik", id="Turkish i with and without dot"),
        pytest.param("Ёлка", "елка", id="Russian ё"),
        pytest.param("Straße", "strase", id="sharp s stays one letter"),
        pytest.param("O‘z Oʻz O'z O’z", "o z o z o z o z", id="every apostrophe is a space"),
        pytest.param("Nur—Sultan\u00a0(now)", "nur sultan  now ", id="dashes, brackets and no-break space"),
        pytest.param("Хай\u00adтек", f"хай{UNSEEN}тек", id="soft hyphen is not seen"),
        pytest.param("ＮＡＴＯ在北京", "nato在北京", id="full-width letters"),
        pytest.param("ՀԱՅԱՍՏԱ՞Ն", f"հայաստա{UNSEEN}ն", id="Armenian question mark inside the word"),
        pytest.param("🙂\ud800", "  ", id="beyond letters"),
        pytest.param("\uf900\u212b\ufa6c", "\u8c48å ", id="second codes of one character"),
    ],
)
def test_spellings_meet_in_one_form(written: str, folded: str) -> None:
    assert fold(written) == folded


@settings(max_examples=100)
@given(ANY_TEXT | TROUBLE)
def test_folding_keeps_the_length_and_is_final(text: str) -> None:
    once = fold(text)
    assert len(once) == len(text)
    assert fold(once) == once


@settings(max_examples=100)
@given(ANY_TEXT | TROUBLE)
def test_each_squeezed_character_comes_from_its_origin(text: str) -> None:
    squeezed = squeeze(text)
    inner = range(1, len(squeezed.text) - 1)
    origins = [squeezed.origins[at] for at in inner]
    assert origins == sorted(origins)
    for at, origin in zip(inner, origins, strict=True):
        written = text[origin : origin + 3]
        assert squeezed.text[at] in fold(written) + fold(unicodedata.normalize("NFC", written))
    assert "  " not in squeezed.text
    assert UNSEEN not in squeezed.text


@settings(max_examples=100)
@given(TROUBLE)
def test_decomposed_letters_fold_like_composed_ones(text: str) -> None:
    assert squeeze(unicodedata.normalize("NFD", text)).text == squeeze(unicodedata.normalize("NFC", text)).text


def test_words_of_an_alias() -> None:
    assert words(" «Белая» — Сила\u00ad! ") == "белая сила"
    assert words("+/…") == ""


LOOKALIKES = st.lists(
    st.sampled_from(
        ["OДКБ", "РТ", "Kazakh-", "Казах-", "\n", "\r\n", "\u00ad\n", "‐\n", "stan", "стан", "о", "o", " ", "🙂", "𝐍"]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=200)
@given(LOOKALIKES | TROUBLE | ANY_TEXT)
def test_a_reading_is_the_text_with_its_letters_seen_and_its_words_mended(text: str) -> None:
    clean = seen(text)
    whole = mended(clean)
    reading, expected = to_readable(text), squeeze(whole)
    assert reading.text == whole
    assert reading.with_hyphens == ("" if whole == clean else clean)
    assert reading.folded.text == expected.text
    assert list(reading.folded.origins) == list(expected.origins)


@settings(max_examples=200)
@given(LOOKALIKES | TROUBLE | ANY_TEXT)
def test_each_character_of_a_folded_text_has_a_byte_or_none(text: str) -> None:
    folded = squeeze(text)
    assert [bytes((byte,)) if byte else None for byte in folded.coded] == encoded(folded.text)
    assert [folded.part(at, at + 1) for at in range(len(folded.text))] == list(folded.text)


@settings(max_examples=200)
@given(
    st.lists(st.text(st.sampled_from("ab ёқ北γ"), min_size=1, max_size=3), min_size=1, max_size=6, unique=True),
    st.text(st.sampled_from("aAbB ёқ北γ-"), max_size=30),
)
def test_a_search_finds_patterns_wherever_they_stand(patterns: list[str], text: str) -> None:
    folded = squeeze(text)
    patterns = Search.ordered(dict.fromkeys(fold(pattern) for pattern in patterns))
    expected = {
        (first, first + len(pattern), number)
        for number, pattern in enumerate(patterns)
        for first in range(len(folded.text))
        if folded.text.startswith(pattern, first)
    }
    for search in (Search(patterns), Search.from_bytes(Search(patterns).to_bytes())):
        found = search.find(folded)
        assert set(found) == expected
        assert len(found) == len(expected)


@pytest.mark.parametrize("mark", ["\u0482", "\u0483", "\u0488", "\u0387", "\u037e", "\u0300"])
def test_signs_between_the_letters_of_an_alphabet_are_no_letters(mark: str) -> None:
    assert seen(f"{mark}a я{mark}a") == f"{mark}a я{mark}a"
