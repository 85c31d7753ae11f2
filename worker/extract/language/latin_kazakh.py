"""Detection of Kazakh in Latin letters, which no detector knows: four official alphabets since 2017, that of a news
agency, none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.extract.language.common_words import LANGUAGES_OF
from worker.extract.language.letters import LetterSample

_CONSONANT = "[bcdfghjklmnpqrstvxzşğǵñńŋ]"
_VOWEL_Y = re.compile(f"{_CONSONANT}y(?={_CONSONANT})")
_Q = re.compile("q(?!u)")
_SIGN = r"[ainscuy]['’ʼ‘ʻ](?=[a-z])"
_SURE = re.compile(rf"{_VOWEL_Y.pattern}|[äáǵñńŋūúóïwj]|{_SIGN}")
_POSSIBLE = re.compile(rf"{_Q.pattern}|{_VOWEL_Y.pattern}|[äáǵñńŋūúó]|{_SIGN}")
_C = re.compile(r"c(?![h'’])")
_H = re.compile("(?<![sckz])h")
# For and against, as the logarithm of the odds; measured on Kazakh in each alphabet, its neighbours and English.
_LETTERS = {
    **dict.fromkeys("ǵńŋūñ", 7.0),
    **dict.fromkeys("áúóï", 1.5),
    **dict.fromkeys("ığ", 1.0),
    "v": -2.0,
    "f": -1.5,
    "x": -4.5,
    "ç": -5.0,
    "ə": -6.5,
    "ň": -8.0,
    "ž": -8.0,
}
_PLAIN = str.maketrans("äáǵğıíïñńŋöóşūüúý", "aaggiiinnnoosuuuu", "'’ʻ‘ʼ`")
_DETECTORS_MEASURE = 3.0


def may_be_kazakh(look: LetterSample) -> bool:
    """Return whether anything in a text in Latin script suggests Kazakh."""
    return _POSSIBLE.search(look.sample.casefold()) is not None


def kazakh_in_latin(plain: str, look: LetterSample, words: Iterable[str], gap: float, of_others: int) -> float:
    """Return the margin by which a text is likelier Kazakh than any other language; negative if it is less likely.

    `plain` are the words that are no names, `gap` is the lead of the detector's first language over its second (small
    if it knows neither), `of_others` the number of common words of another language.
    """
    letters = len(plain.replace(" ", ""))
    odds = 0.07 * letters - 0.17 * gap - 1.0
    odds += 0.3 * len(_Q.findall(plain)) + 2.3 * len(_VOWEL_Y.findall(plain))
    odds += sum([weight * plain.count(letter) for letter, weight in _LETTERS.items()])
    odds -= 7.0 * len(_C.findall(plain)) + 1.8 * len(_H.findall(plain))
    odds += 1.4 * sum(["kk-Latn" in LANGUAGES_OF.get(_bare(word), ()) for word in words])
    odds -= 1.2 * of_others
    if not _SURE.search(plain) or plain == look.sample.casefold():
        odds -= 1.5
    return odds * _DETECTORS_MEASURE


def _bare(word: str) -> str:
    """Return a word without the signs and strokes that differ between the alphabets."""
    return word.casefold().translate(_PLAIN).replace("ç", "ch")
