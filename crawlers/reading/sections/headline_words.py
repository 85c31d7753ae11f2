"""The resemblance of the words of a link to a headline. Pure."""

from __future__ import annotations

import re

HEADLINE, SECTION = 1.5, -1.2
"""The highest and the lowest rating."""
_WORD = re.compile(r"\w+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MORE = re.compile(
    r"(?:read|see|learn|show)\s+more|more|continue(?: reading)?|details?|подробнее|далее|ещё|еще"
    r"|читать(?: далее| полностью)?"
    r"|devam[ıi]|davam[ıi]|daha ətraflı|batafsil|толығырақ|толук|муфассал"
    r"|weiterlesen|mehr|lire la suite|阅读全文|更多|详细"
    r"|մանրամասն|ավելին|»|›|→|\.{3}|…",
    re.IGNORECASE,
)


def is_more(words: str) -> bool:
    """Return whether the words only invite to read on."""
    return len(words) < 40 and _MORE.fullmatch(words.strip(" .:[]()")) is not None


def rate_words(words: str) -> float:
    """Return how much words look like a headline: from `SECTION` (the name of a section) to `HEADLINE`."""
    wide = len(_WIDE.findall(words))
    number = wide // 2 + len(_WORD.findall(_WIDE.sub(" ", words)))
    length = len(words) + 2 * wide
    if number >= 5 and length >= 25:
        return HEADLINE if length <= 250 else 1.2
    if number >= 3 and length >= 18:
        return 0.6
    if number == 2 and length >= 18:
        return -0.3
    return SECTION
