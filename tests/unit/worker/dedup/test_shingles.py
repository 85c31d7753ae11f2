"""Words and shingles. All texts are invented."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.dedup.shingles import (
    MAX_CHARS,
    MAX_WORDS,
    TextKind,
    get_kinds,
    get_spellings,
    hash_grams,
    hash_shingles,
    hash_words,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("Ministers met in Astana", "MINISTERS met in astana", id="case"),
        pytest.param("«Шёлковый путь» — снова.", 'Шёлковый путь" - снова', id="punctuation of any script"),
        pytest.param("O‘zbekiston yo‘li", "O'zbekiston yoʻli", id="Uzbek apostrophes"),
        pytest.param("п'ять держав", "п’ять держав", id="Ukrainian apostrophes"),
        pytest.param("со\u00adтруд\u00adни\u00adчество", "сотрудничество", id="soft hyphens"),
        pytest.param("й\u200bод", "йод", id="zero-width space"),
        pytest.param("и\u0306од", "йод", id="decomposed letters"),
        pytest.param("İstanbul Zirvesi", "istanbul zirvesi", id="Turkish capital I"),
        pytest.param("i\u0307stanbul", "istanbul", id="Turkish capital I, lower-cased elsewhere"),
        pytest.param("Kаzаkhstаn аnd OДКБ", "Kazakhstan and ОДКБ", id="lookalikes in a word of two alphabets"),
        pytest.param("Yevropa yoʻli, choʻl, gʻalaba", "Европа йўли, чўл, ғалаба", id="Uzbek in two scripts"),
        pytest.param("etsh, iyun, Oʻzbekiston", "этш, июн, Ўзбекистон", id="Uzbek digraphs side by side"),
        pytest.param("Qazaqstan elşılerın qabyldady", "Қазақстан елшілерін қабылдады", id="Kazakh Latin of 2021"),
        pytest.param("Respýblıkasynyń kúni, shetel", "Республикасының күні, шетел", id="Kazakh Latin of 2018"),
        pytest.param("wnïversïtetiniñ jañalığı", "университетінің жаңалығы", id="Kazakh Latin of the agencies"),
        pytest.param("z\u0307ona", "żona", id="a dot that is part of the letter"),
        pytest.param("\u1112\u1161\u11ab", "한", id="Korean in pieces"),
        pytest.param("\u212bngstrom", "ångstrom", id="a sign for a letter"),
        pytest.param("summit 🤝🏽 today ❤️", "summit today", id="emoji"),
        pytest.param("one_two", "one two", id="underscore"),
        pytest.param("rate\u00a0is\u202f5,4", "rate is 5 4", id="spaces that do not break"),
    ],
)
def test_one_text_however_it_is_typed(left: str, right: str) -> None:
    assert get_spellings(hash_words(left)).tolist() == get_spellings(hash_words(right)).tolist()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("Тажикстан", "Тажекстан", id="another letter"),
        pytest.param("née", "nee", id="diacritic"),
        pytest.param("РТ", "PT", id="lookalikes, each a word of one alphabet"),
        pytest.param("аб вг", "абв г", id="where a word ends"),
        pytest.param("ab", "ba", id="order of letters"),
    ],
)
def test_different_words_differ(left: str, right: str) -> None:
    assert get_spellings(hash_words(left)).tolist() != get_spellings(hash_words(right)).tolist()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param(" — … !", 0, id="only punctuation"),
        pytest.param("上海合作组织", 6, id="Chinese: each character"),
        pytest.param("上合组织SCO峰会2022年", 9, id="Chinese with a Latin word and a number"),
        pytest.param("87,45 сом", 3, id="decimal comma"),
        pytest.param("x\ud800y", 2, id="lone surrogate"),
        pytest.param("\U00020000\U00020001", 2, id="Han beyond the first plane"),
        pytest.param("\U0010ffff", 0, id="no character"),
    ],
)
def test_number_of_words(text: str, count: int) -> None:
    assert len(hash_words(text)) == count


def test_kinds_tell_names_and_numbers() -> None:
    kinds = get_kinds(hash_words("на 12 января курс Доллара USD"))
    assert kinds.tolist() == [
        TextKind.PLAIN,
        TextKind.NUMBER,
        TextKind.PLAIN,
        TextKind.PLAIN,
        TextKind.NAME,
        TextKind.NAME,
    ]


@pytest.mark.parametrize(("words", "shingles"), [(0, 0), (1, 1), (3, 1), (4, 1), (5, 2), (20, 17)])
def test_a_short_text_is_one_shingle(words: int, shingles: int) -> None:
    assert len(hash_shingles(hash_words(" ".join(f"w{n}" for n in range(words))))) == shingles


def test_what_is_hostile_in_size_is_cut() -> None:
    assert len(hash_words("a " * MAX_CHARS)) == MAX_WORDS
    assert len(hash_words("a" * (MAX_CHARS + 10) + " b")) == 1
    assert len(hash_words("\u0958" * MAX_CHARS)) == 1  # each becomes two when composed
    assert len(hash_words("a" + "\u0301" * (MAX_CHARS // 2) + "\u0327" * MAX_CHARS)) == 1  # minutes, if sorted


def test_hashes_do_not_change_between_versions() -> None:
    """Stored fingerprints depend on these numbers: when this fails on purpose, raise fingerprint.VERSION."""
    assert hash_words("Граница открыта 5").tolist() == [3020286225, 671702248, 1219448214]
    assert hash_shingles(hash_words("the border is open")).tolist() == [17787806365956211539]


def _plain_shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return {tuple(words[at : at + 4]) for at in range(max(len(words) - 3, 1))} if words else set()


PROSE = st.lists(
    st.sampled_from(
        ["мир", "труд", "май", "июнь", "война", "договор", "sammit", "xalq", "ел-жұрт", "5", "2022,", "да."]
    ),
    max_size=60,
)


@given(PROSE, PROSE)
@settings(max_examples=60, deadline=None)
def test_agrees_with_sets_of_strings(left: list[str], right: list[str]) -> None:
    ours = np.intersect1d(hash_shingles(hash_words(" ".join(left))), hash_shingles(hash_words(" ".join(right))))
    assert len(ours) == len(_plain_shingles(" ".join(left)) & _plain_shingles(" ".join(right)))


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_any_string_will_do(text: str) -> None:
    words = hash_words(text)
    assert words.dtype == np.uint32
    grams = hash_grams(words)
    assert grams.dtype == np.uint64
    assert len(grams) == (max(len(words) - 3, 1) if len(words) else 0)
