"""Passages of a text in another language: quotations and paragraphs. Pure.

Cheap for texts in one language: only a letter of another script, a letter foreign to the language, or a paragraph
without its typical letters leads to a closer check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from worker.extract.language.detection import identify_language
from worker.extract.language.letters import SCRIPTS


class LanguagePassage(NamedTuple):
    """A passage of a text, `start` to `end` in code points, in another language; None if that is unknown."""

    start: int
    end: int
    language: str | None


_ENOUGH_LETTERS = 24
"""Letters of another script that suffice to determine a language; fewer are a name or a word."""
_PARAGRAPH_LETTERS = 60
"""Letters of a paragraph that normally include typical ones of its language."""
_MAX_PASSAGES = 200

_LETTERS = {
    name: "".join(f"{a}-{b}" for a, b in zip(bounds[::2], bounds[1::2], strict=True)) for name, bounds in SCRIPTS
}
_SCRIPT_OF = {
    **dict.fromkeys(("en", "tr", "az", "tk"), "Latn"),
    **dict.fromkeys(("ru", "ky", "tg"), "Cyrl"),
    "hy": "Armn",
    "zh": "Hani",
}
"""Languages with one script; that of `kk` and `uz` is determined from the text."""
_KNOWN = frozenset((*_SCRIPT_OF, "kk", "uz"))

_TYPICAL = {
    ("en", "Latn"): r"\b(?:the|of|and|to|in|an?|for|is|on|that)\b",
    ("tr", "Latn"): r"[ışğçöüİŞĞÇÖÜ]",
    ("az", "Latn"): r"[əƏ]",
    ("tk", "Latn"): r"[ýňäşÝŇÄŞ]",
    ("uz", "Latn"): r"[ogOG][ʻʼ‘’'`]|[qQ]",
    ("kk", "Latn"): r"[ǵńūŋqñäöüğış]",
    ("kk", "Cyrl"): r"[әғқңөұүһіӘҒҚҢӨҰҮІ]",
    ("uz", "Cyrl"): r"[ўқғҳЎҚҒҲ]",
    ("ky", "Cyrl"): r"[ңөүҢӨҮ]|\b(?:жана|менен|деп|бул|боюнча|экен|ошол|анын|дагы|билдирди|болгон|караганда)\b",
    ("tg", "Cyrl"): r"[ғӣқӯҳҷҒӢҚӮҲҶ]",
    ("ru", "Cyrl"): r"\b(?:и|в|на|не|с|что|по|о|к|из|за|для|от)\b",
}
"""Letters that sixty letters of a language hardly ever lack."""

_STRANGE = {
    ("en", "Latn"): "əğışýňž",
    ("tr", "Latn"): "əýňž",
    ("az", "Latn"): "ýňž",
    ("tk", "Latn"): "əğı",
    ("uz", "Latn"): "əýğı",
    ("ru", "Cyrl"): "әғқңөұүһіӣӯҳҷўїє",
    ("kk", "Cyrl"): "ӣӯҳҷўїє",
    ("uz", "Cyrl"): "ңөұүіӣӯҷ",
    ("ky", "Cyrl"): "әғқұһіӣӯҳҷў",
    ("tg", "Cyrl"): "әңөұүіў",
}
"""Letters of the script that a language does not have; two in fifty letters are more than a name brings."""
_STRANGE_SHARE = 25


def find_passages(text: str, language: str | None) -> list[LanguagePassage]:
    """Return, in order, the passages of a text in `language` that are in another one; at most 200.

    Another script is detected inside of paragraphs too, another language of the same script only in whole paragraphs. A
    text in an unknown language has no passages.
    """
    base = (language or "").partition("-")[0]
    script = _SCRIPT_OF.get(base) or (_majority(text) if base in ("kk", "uz") else None)
    if script is None:
        return []
    found = [*_in_other_scripts(text, base, script), *_paragraphs(text, base, script)]
    return sorted(found)[:_MAX_PASSAGES]


def _majority(text: str) -> str:
    latin, cyrillic = (len(re.findall(f"[{_LETTERS[script]}]", text[:1_000])) for script in ("Latn", "Cyrl"))
    return "Latn" if latin > cyrillic else "Cyrl"


def _in_other_scripts(text: str, base: str, script: str) -> Iterator[LanguagePassage]:
    for run in _other_script(script).finditer(text):
        passage = run[0].rstrip()
        letters = sum(map(str.isalpha, passage))
        is_latin = passage[0] <= "\u024f"
        if letters >= _ENOUGH_LETTERS:
            language_of_run = identify_language(passage)
            if base not in language_of_run:
                language = language_of_run.language if language_of_run.language in _KNOWN else None
                yield LanguagePassage(run.start(), run.start() + len(passage), language)
        elif letters > 1 and not is_latin:  # short Latin names and acronyms occur everywhere
            yield LanguagePassage(run.start(), run.start() + len(passage), None)


def _paragraphs(text: str, base: str, script: str) -> Iterator[LanguagePassage]:
    """Yield the paragraphs in the text's own script that are in another language."""
    suspicious = _suspicion(base, script)
    if suspicious is None:
        return
    typical, strange = suspicious
    is_plain = strange.search(text) is None
    start = 0
    for line in text.split("\n"):
        if len(line) > _PARAGRAPH_LETTERS and (
            typical.search(line) is None or (not is_plain and strange.subn("", line)[1] * _STRANGE_SHARE > len(line))
        ):
            own = _other_script(script).sub("", line)
            if sum(map(str.isalpha, own)) >= _PARAGRAPH_LETTERS:
                detected = identify_language(own)
                if base not in detected and _is_typical(own, detected.language, script):
                    yield LanguagePassage(start, start + len(line), detected.language)
        start += len(line) + 1


@cache
def _other_script(script: str) -> re.Pattern[str]:
    """Return a pattern for a run of another script: from its first letter to the next of `script`, or the line's
    end.
    """
    others = "".join(letters for name, letters in _LETTERS.items() if name != script)
    return re.compile(rf"[{others}][^{_LETTERS[script]}\n]*")


@cache
def _suspicion(base: str, script: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    typical, strange = _TYPICAL.get((base, script)), _STRANGE.get((base, script))
    if typical is None:
        return None
    return re.compile(typical), re.compile(f"[{_both_cases(strange)}]" if strange else r"(?!)")


def _is_typical(text: str, language: str | None, script: str) -> bool:
    """Return whether a text has typical letters of a known language."""
    of_language = _suspicion(language or "", script)
    return of_language is not None and of_language[0].search(text) is not None


def _both_cases(letters: str) -> str:
    """Return the letters and their capitals; to `re.IGNORECASE` ı would be i, and I the capital of ı is of all."""
    return letters + letters.upper().replace("I", "")
