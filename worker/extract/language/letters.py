"""The letters of scripts and languages: those of each language, those missing in it, and the frequency of typical
ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

SCRIPTS = (
    ("Latn", "AZazªªººÀÖØöøʸḀỿ"),
    ("Cyrl", "\u0400\u052f"),
    ("Armn", "\u0531\u0587"),
    ("Geor", "\u10a0\u10ff\u1c90\u1cbf"),
    ("Grek", "\u0370\u03ff"),
    ("Hebr", "\u05d0\u05ea"),
    ("Arab", "\u0620\u064a\u066e\u06d3\u06fa\u06ff"),
    ("Hani", "\u3400\u4dbf\u4e00\u9fff"),
    ("Kana", "\u3040\u30ff"),
    ("Hang", "\uac00\ud7af"),
    ("Thai", "\u0e01\u0e3a"),
)
SYLLABIC = frozenset(("Hani", "Kana", "Hang"))
"""Scripts with characters worth two or three letters each."""
ONE_LANGUAGE = {"Armn": "hy", "Geor": "ka", "Grek": "el", "Hebr": "he", "Hang": "ko", "Thai": "th", "Hani": "zh"}
NAMED = frozenset(("en", "ru", "tr", "kk", "ky", "uz", "tg", "tk", "az", "hy", "zh"))
"""The languages in which the vocabulary has names; texts in others contain hardly any known name."""


class Letters(NamedTuple):
    """The small letters of a language.

    `shown` are those that distinguish it from its neighbours; of a hundred letters of a text some `percent` are of
    these.
    """

    all: frozenset[str]
    shown: str
    percent: float


class LetterSample(NamedTuple):
    """A sample of a text in its main script, with the frequency of each small letter."""

    sample: str
    script: str
    shown: Mapping[str, int]
    letters: int


_OTHER_SCRIPTS = "hy ka el he ko th zh ja fa ps ur ug sd hi bn mr ne ta te ml kn gu pa or si my km lo am dz yi"
_ARABIC = frozenset(("ar", "fa", "ps", "ur", "ug", "sd", "ku", "kk", "ky", "az", "pa", "ms"))
_NOT_LATIN = frozenset(_OTHER_SCRIPTS.split()) | frozenset(("ar", "ru", "uk", "be", "bg", "mk", "ky", "tg", "ba", "mn"))

_RUSSIAN = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё")
# Letters beyond а–я, letters missing in а–я, typical ones if these are not the former, percent.
_OF_CYRILLIC = {
    "ru": ("", "", "ыэъёь", 4.0),
    "bg": ("", "ыэё", "ъ", 1.8),
    "uk": ("іїєґ", "ыэъё", "", 7.0),
    "be": ("іў", "ищъ", "", 10.0),
    "mk": ("ѓѕјљњќџ", "йыэъёщьюя", "", 3.0),
    "sr": ("ђјљњћџ", "йыэъёщьюя", "", 6.0),
    "kk": ("әғқңөұүһі", "", "", 16.0),
    "ky": ("ңөү", "", "", 5.5),
    "uz": ("ўқғҳ", "щы", "", 5.0),
    "tg": ("ғӣқӯҳҷ", "щы", "", 6.0),
    "tt": ("әөүҗңһ", "", "", 10.0),
    "ba": ("ғҙҡңөҫүһә", "", "", 14.0),
    "mn": ("өү", "", "", 10.0),
    "az": ("әғҝөүһҹј", "цщъьюяё", "", 20.0),
    "tk": ("әөүңҗ", "", "", 10.0),
}
CYRILLIC = {
    language: Letters(_RUSSIAN - set(lacking) | set(beyond), shown or beyond, percent)
    for language, (beyond, lacking, shown, percent) in _OF_CYRILLIC.items()
}
_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz")
LATIN = {
    "en": Letters(_ASCII | set("éï"), "", 0.0),
    "tr": Letters(_ASCII - set("qwx") | set("çğıöşüâîû"), "çğıöşü", 12.0),
    "az": Letters(_ASCII - set("w") | set("çəğıöşü"), "çəğıöşü", 12.0),
    "tk": Letters(_ASCII - set("qvxc") | set("çäňöşüýž"), "äýňşžçöü", 13.0),
    "uz": Letters(_ASCII - set("w"), "", 0.0),
}
"""Languages in Latin script with known letters; Kazakh, which has several alphabets, is not one of them."""

USUAL = {
    script: frozenset.intersection(*[of_language.all for of_language in of_script.values()])
    for script, of_script in (("Cyrl", CYRILLIC), ("Latn", LATIN))
}
"""Letters common to all known languages of a script."""


@cache
def find_script(char: str) -> str | None:
    """Return the script of a letter, ISO 15924; None for other characters and unknown scripts."""
    for name, bounds in SCRIPTS:
        if any(bounds[at] <= char <= bounds[at + 1] for at in range(0, len(bounds), 2)):
            return name
    return None


def is_written_in(language: str, script: str) -> bool:
    """Return whether texts in a language may be in a script."""
    if script == "Cyrl":
        return language in CYRILLIC
    if script == "Latn":
        return len(language) == 2 and language not in _NOT_LATIN
    if script == "Arab":
        return language in _ARABIC
    if script in ("Hani", "Kana"):
        return language in ("zh", "ja")
    return ONE_LANGUAGE.get(script) == language


def count_letters(letters: Iterable[str], shown: Mapping[str, int]) -> int:
    """Return the number of occurrences of some letters."""
    return sum([shown.get(letter, 0) for letter in letters])


def count_distinctive(shown: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of those Cyrillic letters that not all of its languages have."""
    usual = USUAL["Cyrl"]
    return {letter: n for letter, n in shown.items() if "\u0400" <= letter <= "\u052f" and letter not in usual}


def foreign(language: str, counts: Mapping[str, int]) -> int:
    """Return the number of distinguishing letters that a language does not have."""
    allowed = CYRILLIC[language].all
    return sum([n for letter, n in counts.items() if letter not in allowed])


def beyond_ascii(language: str, shown: Mapping[str, int]) -> int:
    """Return the number of Latin letters with strokes and signs that a language does not have."""
    allowed = LATIN[language].all
    return sum([n for one, n in shown.items() if "\u00aa" <= one <= "\u02b8" and one not in allowed and one.isalpha()])
