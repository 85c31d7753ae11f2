"""The language of a text: letters and words where they suffice, else py3langid and other evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from worker.extract.language.letters import (
    CYRILLIC,
    LATIN,
    ONE_LANGUAGE,
    SYLLABIC,
    LetterSample,
    beyond_ascii,
    count_distinctive,
    count_letters,
    find_script,
    foreign,
    is_written_in,
)
from worker.extract.language.model import mapped, scores, unpacked
from worker.extract.language.weighing import LanguageGuess, weigh

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE_LETTERS = 400
_SLICES = 3
_RANKED = 350  # characters that py3langid sees; it walks them byte by byte
_FEWEST_LETTERS = 20
_TELLING_LETTERS = 100  # from here on letters and words may suffice

_ADDRESS = re.compile(r"\S*(?:https?://|www\.|@)\S*")
_OF_OTHER_SCRIPT = {"Latn": re.compile("[\u0400-\u052f]+"), "Cyrl": re.compile("[A-Za-zÀ-ÖØ-öø-ʸ]+")}
_ALIASES = {"wuu": "zh", "yue": "zh", "nn": "no", "nb": "no", "uzs": "uz", "iw": "he"}

_RUSSIAN_WORDS = re.compile(r"\b(?:в|и|на|с|по|из|к|о|что|не|для|за|от)\b")
_ENGLISH_WORDS = re.compile(r"\b(?:the|of|and|to|in|that|with|has|from)\b", re.I)
_SURELY_ENGLISH = re.compile(r"\b(?:the|of|and|with|from|has|have|will)\b", re.I)
_KYRGYZ_WORDS = re.compile(r"\b(?:жана|менен|деп|бул|үчүн|боюнча|анын|болгон)\b")
"""Of the languages that have ө and ү only Mongolian could be taken for Kyrgyz, and has none of these."""
_MUST_SHOW = {
    **{language: of.shown for language, of in CYRILLIC.items() if language != "ru"},
    "kk": "қғіұ",
    "tt": "әҗһ",
    "ba": "ғҙҡҫә",
    "tk": "җә",
    "az": "әҹҝ",
}
_SURELY_UZBEK = re.compile("[og][ʻ‘]", re.I)
_UZBEK_LETTERS = re.compile(r"[og][ʻʼ‘’'`]", re.I)
_KAZAKH_LETTERS = re.compile(r"[ainscuy]['’ʼ‘ʻ](?=[a-z])|[b-df-hj-np-tvxzşğ]y(?=[b-df-hj-np-tvxzşğ])|[ǵńŋūñ]")
"""Marks of Kazakh alphabets in Latin letters: signs where Uzbek has none, a y between consonants."""


_SLAVIC = frozenset(("ru", "uk", "be", "bg", "mk", "sr"))


class DeclaredLanguages(NamedTuple):
    """Declared languages of a text: by the page itself, its feed, and its outlet for all its articles.

    Templates and outlets are unreliable, so these count only if the text leaves a doubt, or is too short.
    """

    page: str | None = None
    feed: str | None = None
    outlet: Sequence[str] = ()


NOTHING_DECLARED = DeclaredLanguages()
_OF_PAGE, _OF_FEED, _OF_OUTLET = 15.0, 12.0, 10.0


def detect_language(text: str, *, declared: str | None = None) -> str | None:
    """Return the ISO 639-1 code of the language of `text`, None for fewer than about 20 letters.

    `declared` is the page's own declaration. See `identify_language`.
    """
    return identify_language(text, DeclaredLanguages(page=declared)).language


def identify_language(text: str, declared: DeclaredLanguages = NOTHING_DECLARED) -> LanguageGuess:
    """Return the language of a text, and a second one that is too close to be ruled out.

    Some 400 letters from its beginning, its middle and its end are judged: if these and the commonest words decide the
    language, that is it; else all evidence is weighed. The code does not cover the script: Kazakh and Uzbek are `kk`
    and `uz` in all of theirs.
    """
    sample = _sample(text)
    shown = Counter(sample.casefold().replace("i̇", "i"))
    counts: dict[str, int] = {}
    for char, count in shown.items():
        if script_name := find_script(char):
            counts[script_name] = counts.get(script_name, 0) + count
    if not counts:
        return LanguageGuess(None)
    script = max(counts, key=lambda name: counts[name] * (2 if name in SYLLABIC else 1))
    look = LetterSample(sample, script, shown, counts[script] * (2 if script in SYLLABIC else 1))
    if look.letters < _FEWEST_LETTERS:
        return LanguageGuess(next((code for code in _expected(declared) if _could_be(code, look)), None))
    if script == "Kana" or (script == "Hani" and counts.get("Kana", 0) * 10 > counts["Hani"]):
        return LanguageGuess("ja")
    if script in ONE_LANGUAGE:
        return LanguageGuess(ONE_LANGUAGE[script])
    if script == "Arab":
        return LanguageGuess(next((code for code, _ in _ranked(sample, script)), None))
    detected = _detect_latin(look) if script == "Latn" else _detect_cyrillic(look) if script == "Cyrl" else None
    return LanguageGuess(detected) if detected else _weighed(look, declared)


def _weighed(look: LetterSample, declared: DeclaredLanguages) -> LanguageGuess:
    """Return the language by the combined evidence of detector, letters, words and declarations."""
    sample = _OF_OTHER_SCRIPT[look.script].sub(" ", look.sample) if look.script in _OF_OTHER_SCRIPT else look.sample
    return weigh(look._replace(sample=sample), partial(_ranked, script=look.script), _weights(declared))


def _ranked(sample: str, script: str) -> list[tuple[str, float]]:
    """Return the candidates of py3langid with their scores, the likeliest first."""
    model = load_model()
    return scores(model, sample[:_RANKED], _codes(tuple(model.nb_classes), script))


@cache
def _codes(known: tuple[str, ...], script: str) -> tuple[str, ...]:
    return tuple(code for code in dict.fromkeys(known) if len(code) == 2 and is_written_in(code, script))


def _expected(declared: DeclaredLanguages) -> Iterator[str]:
    """Yield the assumed languages of a text that is too short, the surest first."""
    only = declared.outlet[0] if len(declared.outlet) == 1 else None
    return (_code(one) for one in (declared.page, declared.feed, only) if one)


def _weights(declared: DeclaredLanguages) -> Mapping[str, float]:
    weights: Counter[str] = Counter()
    for one, weight in (
        (declared.page, _OF_PAGE),
        (declared.feed, _OF_FEED),
        *((one, _OF_OUTLET) for one in declared.outlet),
    ):
        if one:
            weights[_code(one)] += weight  # type: ignore[assignment]
    return weights


def _code(tag: str) -> str:
    code = tag.replace("_", "-").partition("-")[0].lower()
    return _ALIASES.get(code, code)


def _could_be(language: str, look: LetterSample) -> bool:
    """Return whether a short text may be in a language."""
    if not is_written_in(language, look.script):
        return False
    if look.script == "Cyrl":
        return foreign(language, count_distinctive(look.shown)) * 40 <= look.letters
    if look.script == "Latn" and language in LATIN:
        return beyond_ascii(language, look.shown) * 40 <= look.letters
    return True


def _detect_latin(look: LetterSample) -> str | None:
    """Return the language by the letters and the commonest words of a text; None if they do not decide."""
    sample, _, shown, letters = look
    if letters < _TELLING_LETTERS:
        return _detect_short_latin(look)
    if _ENGLISH_WORDS.subn("", sample)[1] * 50 > letters and beyond_ascii("en", shown) * 60 < letters:
        return "en"  # of 100 words some 20 are one of these
    if shown["ə"] * 50 > letters:
        return "az"
    is_turkmen = (shown["ý"] + shown["ň"]) * 50 > letters and beyond_ascii("tk", shown) * 60 < letters
    if is_turkmen and shown["ň"] * 200 > letters:
        return "tk"
    if (shown["q"] or any(one in shown for one in "ǵńŋūñ")) and _KAZAKH_LETTERS.subn("", sample)[1] * 100 > letters:
        return None
    if (shown["ı"] + shown["ğ"]) * 50 > letters and shown["q"] * 90 < letters:
        return "tr"
    if is_turkmen:
        return "tk"
    signs = _UZBEK_LETTERS.subn("", sample)[1]
    return "uz" if signs * 150 > letters and (signs + shown["q"] + shown["x"]) * 40 > letters else None


def _detect_cyrillic(look: LetterSample) -> str | None:
    """Return the language by the letters and the commonest words of a text; None if they do not decide."""
    sample, _, shown, letters = look
    distinctive = count_distinctive(shown)
    russian = _RUSSIAN_WORDS.subn("", sample)[1]
    beyond = foreign("ru", distinctive)
    if letters < _TELLING_LETTERS:
        return _detect_short_cyrillic(look, distinctive, russian, beyond)
    if russian * 40 > letters and beyond * 50 < letters and distinctive.get("ы", 0) + distinctive.get("э", 0):
        return "ru"
    among = _SLAVIC if russian * 80 > letters else CYRILLIC  # one of them, or with quotations in it
    strange = {code: n for code in among if (n := foreign(code, distinctive)) * 40 <= letters and _shows(code, look)}
    if "ky" in strange and _KYRGYZ_WORDS.search(sample):
        strange.pop("mn", None)
    if among is CYRILLIC:  # too few common words: letters alone do not distinguish these
        strange = {code: n for code, n in strange.items() if code not in ("ru", "bg")}
    elif "ru" in strange and (distinctive.get("ы", 0) + distinctive.get("э", 0)) * 100 <= letters:
        return None
    best, *others = sorted(strange, key=lambda code: strange[code]) or [""]
    # a letter or two may come with a name
    if not best or count_letters(CYRILLIC[best].shown, shown) * 100 <= letters:
        return None
    return best if all((strange[code] - strange[best]) * 150 >= letters for code in others) else None


def _detect_short_latin(look: LetterSample) -> str | None:
    """Return the language of an unambiguous headline; names prove nothing."""
    sample, _, shown, letters = look
    if _SURELY_ENGLISH.subn("", sample)[1] > 1 and not beyond_ascii("en", shown):
        return "en"
    if sample.count("ə") * 20 > letters and sample.count("ə") > 2:
        return "az"
    if shown["ň"] and (shown["ň"] + shown["ý"]) * 20 > letters and shown["ş"] + shown["ö"] + shown["ü"]:
        return None if beyond_ascii("tk", shown) else "tk"
    return "uz" if _SURELY_UZBEK.subn("", sample)[1] > 1 else None


def _detect_short_cyrillic(look: LetterSample, distinctive: Mapping[str, int], russian: int, beyond: int) -> str | None:
    """Return the language of an unambiguous headline; letters of names prove nothing."""
    if russian > 1 and not beyond and ("ы" in distinctive or "э" in distinctive):
        return "ru"
    if beyond * 7 < look.letters or foreign("kk", distinctive) or russian:
        return None
    return "kk" if all(foreign(code, distinctive) > 2 for code in CYRILLIC if code != "kk") else None


def _shows(language: str, look: LetterSample) -> bool:
    """Return whether a text in Cyrillic has a letter that 150 letters of a language hardly ever lack.

    In 150 letters of Kazakh some 25 are its own, of Kyrgyz 8, of Uzbek 8, of Tajik 10; Russian can do without its own.
    """
    must = _MUST_SHOW.get(language)
    return not must or look.letters < 150 or any(letter in look.shown for letter in must)


def _sample(text: str) -> str:
    """Return slices of a text, without addresses, of together about 400 letters."""
    room = _SAMPLE_LETTERS * 6 // 5  # a sixth is no letters
    if len(text) > room:
        width, step = room // _SLICES, len(text) // _SLICES
        text = " ".join(text[at * step : at * step + width] for at in range(_SLICES))
    if "://" in text or "www." in text or "@" in text:
        text = _ADDRESS.sub(" ", text)
    return text


_kept_in: Path | None = None


def keep_model_in(folder: Path) -> None:
    """Load py3langid's model from a file in this folder from now on, which processes share."""
    global _kept_in
    _kept_in = folder


@cache
def load_model() -> LanguageIdentifier:
    """Return py3langid's model, loaded once in a process."""
    return mapped(_kept_in) if _kept_in else unpacked()
