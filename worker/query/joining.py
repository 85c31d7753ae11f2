"""Words with signs inside: 1,000 is 1000, U.S. is US, and oʻ is a letter in Uzbek.

Signs that separate no words are replaced by UNSEEN, one for one, so that positions in a text stay valid.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from worker.text.letters import APOSTROPHES, UNSEEN

_UZBEK = re.compile(f"(?<=[oOgG])[{APOSTROPHES}](?=[^\\W\\d_]{{2}})")
_SPACES = " \u00a0\u2000-\u200a\u202f\u205f\u3000"
_ALWAYS = f"{_SPACES}'’٬"
_DOT_IS_DECIMAL = frozenset(
    ("en", "zh", "ja", "ko", "he", "th", "hi", "bn", "ta", "ur", "ne", "my", "ms", "tl", "am", "mn")
)
"""Languages that write 1,000.5; the others write 1.000,5 or 1 000,5."""
_SEPARATED = re.compile(f"[0-9][{_ALWAYS},.][0-9]{{3}}")
_DOTTED = re.compile(r"\.(?<=(?<!\w)[^\W\d_]\.)(?=[^\W\d_](?!\w))")
"""A dot between two single letters: that of U.S, not that of t.me or of 24.kg."""
_ABBREVIATION = re.compile(r"[^\W\d_](?:\.[^\W\d_])+\.?")


class JoinedSpelling(NamedTuple):
    """The spelling of words."""

    joins_uzbek: bool = False
    """True if the apostrophe of oʻ and gʻ separates no words."""
    grouping: str = ""
    """Separators of thousands besides spaces: a comma, a dot, or both."""
    joins: bool = True
    """True if numbers and dotted abbreviations are one word at all."""


IN_PARTS: Final = JoinedSpelling(joins=False)
WHOLE: Final = JoinedSpelling(grouping=",.")
"""For a text in an unknown language."""


@cache
def get_spelling(language: str | None) -> JoinedSpelling:
    """Return the spelling of a language; for an unknown one, all variants are possible."""
    base = language.partition("-")[0] if language else None
    grouping = ",." if base is None else "," if base in _DOT_IS_DECIMAL else "."
    return JoinedSpelling(base in (None, "uz"), grouping)


def joined(text: str, spelling: JoinedSpelling) -> str:
    """Return a text of the same length with UNSEEN in place of signs that separate no words."""
    if spelling.joins_uzbek:
        text = _UZBEK.sub(UNSEEN, text)
    if not spelling.joins:
        return text
    if "." in text:
        text = _DOTTED.sub(UNSEEN, text)
    if _SEPARATED.search(text):
        text = _numbers(spelling.grouping).sub(_closed, text)
    return text


def has_uzbek_letter(text: str) -> bool:
    """Return whether a word contains oʻ or gʻ, which are letters in Uzbek but have an apostrophe elsewhere."""
    return _UZBEK.search(text) is not None


def is_abbreviation(text: str) -> bool:
    """Return whether a text consists of letters with dots between them: U.S, not Mr. or 24.kg."""
    return _ABBREVIATION.fullmatch(text) is not None


def _closed(found: re.Match[str]) -> str:
    return re.sub("[^0-9]", UNSEEN, found[0])


@cache
def _numbers(grouping: str) -> re.Pattern[str]:
    """Return a pattern for numbers with one separator of thousands throughout; 0,125 is none.

    It begins with a digit and looks behind after it, so that a search goes from digit to digit.
    """
    signs = _ALWAYS + grouping
    begin = f"[1-9](?<![0-9][0-9])(?<![0-9][{signs},.:/-][0-9])[0-9]{{0,2}}"
    by_space = f"([{_SPACES}])[0-9]{{3}}(?:\\1[0-9]{{3}})*(?!\\w|\\1[0-9])"  # 1 000S is two words
    by_sign = f"(['’٬{grouping}])[0-9]{{3}}(?:\\2[0-9]{{3}})*(?![0-9]|\\2[0-9])"
    return re.compile(f"{begin}(?:{by_space}|{by_sign})")
