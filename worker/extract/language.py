"""In which language a text is written: py3langid, held to what script and letters allow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from worker.extract.langmodel import mapped, unpacked

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE_LETTERS = 400
_SLICES = 3
_RANKED = 350  # characters that py3langid sees; it walks them byte by byte
_FEWEST_LETTERS = 20
_SHORT_LETTERS = 100  # below this the page's own word on its language is heard

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
_ADDRESS = re.compile(r"\S*(?:https?://|www\.|@)\S*")
_SYLLABIC = {"Hani", "Kana", "Hang"}  # one character says as much as two or three letters
_ONE_LANGUAGE = {"Armn": "hy", "Geor": "ka", "Grek": "el", "Hebr": "he", "Hang": "ko", "Thai": "th", "Hani": "zh"}
_OTHER_SCRIPTS = "hy ka el he ko th zh ja ar fa ps ur ug sd hi bn mr ne ta te ml kn gu pa or si my km lo am dz yi"
_ARABIC = frozenset(("ar", "fa", "ps", "ur", "ug", "sd", "ku", "kk", "ky", "az", "pa", "ms"))

# Letters beyond а–я that a language in Cyrillic has, and which of all it must show in a longer text.
_BEYOND_RUSSIAN = {
    "ru": "",
    "bg": "",
    "uk": "іїєґ",
    "be": "іў",
    "mk": "ѓѕјљњќџ",
    "sr": "ђјљњћџ",
    "kk": "әғқңөұүһі",
    "ky": "ңөү",
    "uz": "ўқғҳ",
    "tg": "ғӣқӯҳҷ",
    "tt": "әөүҗңһ",
    "ba": "ғҙҡңөҫүһә",
    "mn": "өү",
    "az": "әғҝөүһҹј",
    "tk": "әөүңҗ",
}
_NOT_LATIN = frozenset(_OTHER_SCRIPTS.split()) | {"ru", "uk", "be", "bg", "mk", "ky", "tg", "ba", "mn"}
_MUST_SHOW = {
    **{language: letters for language, letters in _BEYOND_RUSSIAN.items() if letters},
    "ru": "ыэъё",
    "kk": "қғіұ",
    "tt": "әҗһ",
    "ba": "ғҙҡҫә",
    "tk": "җә",
    "az": "әҹҝ",
}
_MUST_SHOW_LATIN = {"az": "ə", "tk": "ýňž"}
_NEVER_SHOWS_LATIN = {"tr": "əýňž", "az": "ýňž", "tk": "əğı", "uz": "əý", "en": "əğışýňžžčřśłążęßøæåäöüõñ", "crh": "ə"}
_KAZAKH_LATIN = "ǵńūŋ"
_NEVER_SHOWS_CYRILLIC = {"bg": "ыэё", "uk": "ыэъё", "mk": "ыэъёщьюя", "sr": "ыэъёщьюя"}
_CYRILLIC_OF = {
    language: frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё") - set(_NEVER_SHOWS_CYRILLIC.get(language, "")) | set(own)
    for language, own in _BEYOND_RUSSIAN.items()
}
_ONLY_ITS_OWN = {"az": "ə", "tr": "ığ", "tk": "ýň"}
"""Letters of a language in Latin script that hardly stand in texts of others; Azerbaijani, which has all, first."""
_UZBEK_LETTERS = re.compile(r"[og][ʻʼ‘’'`]", re.I)
_KYRGYZ_WORDS = re.compile(r"\b(?:жана|менен|деп|бул|үчүн|боюнча|анын|болгон)\b")
"""Of the languages that have ө and ү only Mongolian allows itself what Kyrgyz does, and has none of these."""
_ENGLISH_WORDS = re.compile(r"\b(?:the|of|and)\b", re.I)
_ALIASES = {"wuu": "zh", "yue": "zh", "nn": "no", "nb": "no", "uzs": "uz", "iw": "he"}


def detect_language(text: str, *, declared: str | None = None) -> str | None:
    """Return the ISO 639-1 code of the language of `text`, None for fewer than about 20 letters.

    Some 400 letters from its beginning, its middle and its end are judged: where these tell the language, that is it,
    else the one that py3langid finds likeliest among those they allow. The code says nothing of the script: Kazakh
    and Uzbek are `kk` and `uz` in both of theirs. `declared` is what the page says of itself; it is followed only
    when the text is short and could be in that language: templates lie.
    """
    sample = _sample(text)
    shown = Counter(sample.casefold().replace("i̇", "i"))
    counts: Counter[str] = Counter()
    for char, count in shown.items():
        if script_name := _script_of(char):
            counts[script_name] += count
    if not counts:
        return None
    script = max(counts, key=lambda name: counts[name] * (2 if name in _SYLLABIC else 1))
    letters = counts[script] * (2 if script in _SYLLABIC else 1)
    hint = _ALIASES.get(declared, declared) if declared else None
    if hint and letters < _SHORT_LETTERS and _could_be(hint, script, shown, counts[script]):
        return hint
    if letters < _FEWEST_LETTERS:
        return None
    if script == "Kana" or (script == "Hani" and counts["Kana"] * 10 > counts["Hani"]):
        return "ja"
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script]
    if script == "Latn" and sum(shown[letter] for letter in _KAZAKH_LATIN) * 100 > letters and shown["q"]:
        return "kk"
    return _told_by_letters(script, shown, letters, sample) or next(
        (code for code in _ranked(sample) if _could_be(code, script, shown, letters)), None
    )


def _ranked(sample: str) -> Iterator[str]:
    """Yield the codes of two letters that py3langid thinks of, the likeliest first."""
    codes = (_ALIASES.get(code, code) for code, _ in load_model().rank(sample[:_RANKED]))
    return (code for code in codes if len(code) == 2)


def _told_by_letters(script: str, shown: Counter[str], letters: int, sample: str) -> str | None:
    """Return the language that the letters (of English: the words) tell by themselves; None where they do not."""
    if letters < _SHORT_LETTERS:
        return None
    if script == "Latn":
        if _ENGLISH_WORDS.subn("", sample)[1] * 60 > letters:  # of 100 words some 15 are one of these
            return "en"
        if _UZBEK_LETTERS.subn("", sample)[1] * 60 > letters:
            return "uz"
        return next(
            (code for code, own in _ONLY_ITS_OWN.items() if sum(shown[one] for one in own) * 50 > letters), None
        )
    foreign = {code: _foreign(code, shown) for code in _BEYOND_RUSSIAN if _could_be(code, script, shown, letters)}
    if "ky" in foreign and _KYRGYZ_WORDS.search(sample):
        foreign.pop("mn", None)
    best, *others = sorted(foreign, key=lambda code: foreign[code]) or [""]
    # a foreign letter or two may come with somebody's name
    return best if best and all((foreign[code] - foreign[best]) * 150 >= letters for code in others) else None


def _sample(text: str) -> str:
    """Return slices of a text, without addresses, of together about 400 letters."""
    room = _SAMPLE_LETTERS * 6 // 5  # a sixth is no letters
    if len(text) > room:
        width, step = room // _SLICES, len(text) // _SLICES
        text = " ".join(text[at * step : at * step + width] for at in range(_SLICES))
    if "://" in text or "www." in text or "@" in text:
        text = _ADDRESS.sub(" ", text)
    return text


@cache
def _script_of(char: str) -> str | None:
    """Return the script of a letter, ISO 15924; None for what is no letter of those we know."""
    for name, bounds in SCRIPTS:
        if any(bounds[at] <= char <= bounds[at + 1] for at in range(0, len(bounds), 2)):
            return name
    return None


def _could_be(language: str, script: str, shown: Counter[str], letters: int) -> bool:
    """Return whether a text in `script` with these letters may be in `language`."""
    if script == "Cyrl":
        return language in _BEYOND_RUSSIAN and _could_be_cyrillic(language, shown, letters)
    if script == "Latn":
        foreign = sum(shown[letter] for letter in _NEVER_SHOWS_LATIN.get(language, ""))
        must = _MUST_SHOW_LATIN.get(language)
        lacking = must is not None and letters >= 150 and not any(shown[letter] for letter in must)
        return language not in _NOT_LATIN and foreign * 40 <= letters and not lacking
    if script == "Arab":
        return language in _ARABIC
    if script in ("Hani", "Kana"):
        return language in ("zh", "ja")
    return _ONE_LANGUAGE.get(script) == language


def _could_be_cyrillic(language: str, shown: Counter[str], letters: int) -> bool:
    if _foreign(language, shown) * 40 > letters:
        return False
    # In 150 letters of Kazakh some 25 are its own, of Kyrgyz 8, of Uzbek 8, of Tajik 10.
    must = _MUST_SHOW.get(language)
    return must is None or letters < 150 or any(shown[letter] for letter in must)


def _foreign(language: str, shown: Counter[str]) -> int:
    """Return how many letters in Cyrillic are not of a language."""
    allowed = _CYRILLIC_OF[language]
    return sum(count for letter, count in shown.items() if "\u0400" <= letter <= "\u052f" and letter not in allowed)


_kept_in: Path | None = None


def keep_model_in(folder: Path) -> None:
    """From now on take py3langid's model from a file in this folder, which processes share."""
    global _kept_in
    _kept_in = folder


@cache
def load_model() -> LanguageIdentifier:
    """Return py3langid's model, loaded once in a process."""
    return mapped(_kept_in) if _kept_in else unpacked()
