"""The letters of scripts and languages: which a language has, which it lacks, and how often it shows its own."""

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
"""Scripts of which one character says as much as two or three letters."""
ONE_LANGUAGE = {"Armn": "hy", "Geor": "ka", "Grek": "el", "Hebr": "he", "Hang": "ko", "Thai": "th", "Hani": "zh"}
NAMED = frozenset(("en", "ru", "tr", "kk", "ky", "uz", "tg", "tk", "az", "hy", "zh"))
"""The languages in which the vocabulary has names; of texts in others hardly any name is known."""


class Letters(NamedTuple):
    """The small letters that a language is written with.

    `shown` are those that tell it from its neighbours; of a hundred letters of a text some `percent` are of these.
    """

    all: frozenset[str]
    shown: str
    percent: float


class LetterSample(NamedTuple):
    """What is looked at of a text: a sample of its main script, how often each of its small letters stands there."""

    sample: str
    script: str
    shown: Mapping[str, int]
    letters: int


_OTHER_SCRIPTS = "hy ka el he ko th zh ja fa ps ur ug sd hi bn mr ne ta te ml kn gu pa or si my km lo am dz yi"
_ARABIC = frozenset(("ar", "fa", "ps", "ur", "ug", "sd", "ku", "kk", "ky", "az", "pa", "ms"))
_NOT_LATIN = frozenset(_OTHER_SCRIPTS.split()) | frozenset(("ar", "ru", "uk", "be", "bg", "mk", "ky", "tg", "ba", "mn"))

_RUSSIAN = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё")
# Beyond а–я, of а–я lacking, shown where that is not what is beyond, percent.
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
"""Languages in Latin script of which we know the letters; Kazakh, which has several alphabets, is not one of them."""

USUAL = {
    script: frozenset.intersection(*[of_language.all for of_language in of_script.values()])
    for script, of_script in (("Cyrl", CYRILLIC), ("Latn", LATIN))
}
"""Letters that all languages of a script have, as far as they are known."""


@cache
def script_of(char: str) -> str | None:
    """Return the script of a letter, ISO 15924; None for what is no letter of those we know."""
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


def count_of(letters: Iterable[str], shown: Mapping[str, int]) -> int:
    """Return how often any of the letters is shown."""
    return sum([shown.get(letter, 0) for letter in letters])


def telling(shown: Mapping[str, int]) -> dict[str, int]:
    """Return which letters in Cyrillic are shown that not all of its languages have."""
    usual = USUAL["Cyrl"]
    return {letter: n for letter, n in shown.items() if "\u0400" <= letter <= "\u052f" and letter not in usual}


def foreign(language: str, told: Mapping[str, int]) -> int:
    """Return how many of the telling letters are not of a language."""
    allowed = CYRILLIC[language].all
    return sum([n for letter, n in told.items() if letter not in allowed])


def beyond_ascii(language: str, shown: Mapping[str, int]) -> int:
    """Return how many letters in Latin script with strokes and signs are not of a language."""
    allowed = LATIN[language].all
    return sum([n for one, n in shown.items() if "\u00aa" <= one <= "\u02b8" and one not in allowed and one.isalpha()])
