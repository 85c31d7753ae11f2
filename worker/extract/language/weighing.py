"""The language of a text where letters do not suffice: letters, common words, a detector and declarations, weighed.

The unit is the detector's: the difference of two of its scores is the logarithm of the likelihood ratio of two
languages, as far as it knows; thirty or so for forty letters, any value for a name or two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from worker.extract.language.common_words import LANGUAGES_OF
from worker.extract.language.latin_kazakh import kazakh_in_latin, may_be_kazakh
from worker.extract.language.letters import CYRILLIC, LATIN, NAMED, USUAL, LetterSample, count_letters, find_script


class LanguageGuess(NamedTuple):
    """The language of a text, ISO 639-1, and a second one that is too close to be ruled out: names of both count."""

    language: str | None
    second: str | None = None


Rank = Callable[[str], Sequence[tuple[str, float]]]

_RIVALS = 6  # languages without vocabulary names are ignored further down the detector's list
_OF_NAMED = 12.0
_WORD = 5.0
_LACKS_PROOF = 9.0  # of a language without vocabulary names, with neither a letter nor a word of its own
_FOREIGN, _FOREIGN_IN_NAME, _FOREIGN_ASCII = 5.0, 0.7, 4.0
_LACKS_OWN_AT_MOST = 15.0
_CLOSE, _CLOSE_TO_UNNAMED = 16.0, 30.0
"""Maximum lag of a second language whose names count too; a language without vocabulary names must lead by more."""

_ALIASES = {"nn": "no"}
_WITHOUT_OWN = frozenset(("ru", "bg", "uk", "kk", "ky", "uz", "tg"))
"""Languages in which a short Cyrillic text may lack letters of their own."""
_WORDS = re.compile(r"[^\W\d_]+(?:[’'ʻ‘ʼ`][^\W\d_]+)*")
_BEYOND_RUSSIAN = re.compile("[\u0450\u0452-\u052f]")
_NOT_BULGARIAN = re.compile("ь(?!о)")


def weigh(look: LetterSample, rank: Rank, expected: Mapping[str, float]) -> LanguageGuess:
    """Return the language of a text in Cyrillic or Latin script.

    `rank` calls the detector, which returns the likeliest first; `expected` is the weight of each expected language.
    """
    words = _WORDS.findall(look.sample)
    known = [languages for word in words if (languages := LANGUAGES_OF.get(word.casefold()))]
    common = Counter([language for languages in known for language in languages])
    plain = _without_names(words, look)
    unusual = _unusual(look, plain)
    ranked = rank(_to_rank(look, words, plain, common))
    candidates = _candidates(look, ranked, expected)
    weights: dict[str, float] = {}
    for language, score in candidates.items():
        weight = score + _WORD * common[language] + expected.get(language, 0.0)
        if language in NAMED:
            weight += _OF_NAMED
        elif look.script == "Cyrl" and not _is_proved(language, look, known):
            weight -= _LACKS_PROOF
        weights[language] = weight - _against(language, look, plain, unusual)
    if look.script == "Latn" and ("kk" in expected or may_be_kazakh(look)):
        gap = ranked[0][1] - ranked[1][1]
        others = max([n for of, n in common.items() if of != "kk-Latn"], default=0)
        kazakh = kazakh_in_latin(plain, look, words, gap, others)
        weights["kk"] = max(weights.values()) + kazakh + expected.get("kk", 0.0)
    return _first_two(weights)


def _first_two(weights: Mapping[str, float]) -> LanguageGuess:
    first = max(weights, key=lambda language: weights[language])
    behind = _CLOSE if first in NAMED else _CLOSE_TO_UNNAMED
    others = [language for language in weights if language in NAMED and language != first]
    second = max(others, key=lambda language: weights[language], default=None)
    return LanguageGuess(first, second if second and weights[first] - weights[second] < behind else None)


def _to_rank(look: LetterSample, words: Sequence[str], plain: str, common: Mapping[str, int]) -> str:
    """Return the text for the detector: without the foreign names if the rest seems to be Russian."""
    if look.script == "Cyrl" and common["ru"] and not _BEYOND_RUSSIAN.search(plain):
        return " ".join([word for word in words if not _BEYOND_RUSSIAN.search(word.casefold())])
    return look.sample


def _candidates(
    look: LetterSample, ranked: Iterable[tuple[str, float]], expected: Mapping[str, float]
) -> dict[str, float]:
    """Return the candidate languages with the detector's scores, the likeliest first."""
    if look.script == "Cyrl":
        return {code: n for code, n in ranked if code in _WITHOUT_OWN or code in expected or _shows_own(code, look)}
    candidates: dict[str, float] = {}
    rivals = 0
    for code, score in ranked:
        language = _ALIASES.get(code, code)
        if language not in LATIN and language not in expected:
            rivals += 1
            if rivals > _RIVALS:
                continue
        if language != "kk":
            candidates.setdefault(language, score)
    return candidates


def _shows_own(language: str, look: LetterSample) -> bool:
    return any([letter in look.shown for letter in CYRILLIC[language].shown])


def _without_names(words: Sequence[str], look: LetterSample) -> str:
    """Return the words that begin with a small letter, casefolded; all of them if these are few, as in capitals."""
    small = " ".join([word for word in words if word[0].islower()])
    return (small if len(small) * 5 >= look.letters else look.sample).casefold()


def _is_proved(language: str, look: LetterSample, known: Iterable[tuple[str, ...]]) -> bool:
    """Return whether a text has a letter of a language, or a word of it that is no Russian one."""
    return _shows_own(language, look) or any(language in of_word and "ru" not in of_word for of_word in known)


def _unusual(look: LetterSample, plain: str) -> list[tuple[str, int, float]]:
    """Return the letters missing in some language of the script: each with its frequency in names and its weight in
    words.
    """
    usual = USUAL[look.script]
    found: list[tuple[str, int, float]] = []
    for letter, n in look.shown.items():
        if letter not in usual and find_script(letter) == look.script:
            in_words = min(plain.count(letter), n)
            found.append((letter, n - in_words, in_words * (_FOREIGN_ASCII if letter <= "z" else _FOREIGN)))
    return found


def _against(language: str, look: LetterSample, plain: str, unusual: Iterable[tuple[str, int, float]]) -> float:
    """Return the weight of the letters against a language: those foreign to it, and its own missing ones."""
    of_language = (CYRILLIC if look.script == "Cyrl" else LATIN).get(language)
    if of_language is None:
        return 0.0
    weight = 0.0
    for letter, in_names, in_words in unusual:
        if letter not in of_language.all:
            weight += in_words + _FOREIGN_IN_NAME * in_names
    if language == "bg":  # there ь only comes before о
        weight += _FOREIGN * len(_NOT_BULGARIAN.findall(plain))
    lacking = look.letters * of_language.percent / 100
    if lacking:
        lacking -= 2 * count_letters(of_language.shown, look.shown)
    return weight + min(max(lacking, 0.0), _LACKS_OWN_AT_MOST)
