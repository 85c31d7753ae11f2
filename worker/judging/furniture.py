"""Removal of changing page elements around an article: counters, “5 minutes ago”, read-also lists, advertisements.

Only whole lines, and short ones, are removed: a number or a name that changes in a sentence is an edit.
"""

from __future__ import annotations

import re

from worker.judging.phrases import PHRASES, folded

_SHORT = 160
_LINES = 2_000
"""No article has more; a longer text is compared unchanged."""
_LIST = 8
"""Lines of a list below its heading."""

_NUMBER = r"\d[\d\s.,]*(?:k|m|тыс|млн|bin|万|к|т)?\.?"
_COUNTED, _UNITS, _AGO, _READ, _ADVERTISEMENT, _PROMOTED = (
    "|".join(PHRASES["furniture"][name])
    for name in ("counted", "units", "ago", "read_also", "advertisement", "promotion")
)
_MOVING = re.compile(
    rf"(?:{_NUMBER}\s*(?:{_COUNTED})(?!\w)|(?<!\w)(?:{_COUNTED})\s*[:：–—-]?\s*\(?{_NUMBER}\)?"
    rf"|(?:\d+|an?|одну?)\s*(?:{_UNITS})\s*(?:{_AGO})(?!\w)|just now|только что|az önce|刚刚)"
)
_READ_ALSO = re.compile(rf"(?:{_READ})(?:\s*[:：]|\W*\Z)")
_PROMOTION = re.compile(rf"(?:{_ADVERTISEMENT})\W*\Z|(?:{_PROMOTED})")


def without_furniture(text: str) -> str:
    """Return a text without the changing elements around an article, for comparison of two fetches."""
    lines = text.split("\n")
    if len(lines) > _LINES:
        return text
    kept: list[str] = []
    listed = 0
    for line in lines:
        plain = folded(line[: _SHORT + 1])
        if len(line) <= _SHORT and (_PROMOTION.match(plain) or _READ_ALSO.match(plain)):
            listed = _LIST if _READ_ALSO.match(plain) and _is_heading(plain) else 0
            continue
        if listed and len(line) <= _SHORT and not line.rstrip().endswith((".", "。", "։", "…", "!", "?")):
            listed -= 1
            continue
        listed = 0
        if len(line) <= _SHORT and _MOVING.search(plain):
            line = _MOVING.sub(" ", plain)
        if line := " ".join(line.split()):
            kept.append(line)
    return "\n".join(kept)


def is_same_article(old: tuple[str | None, str], new: tuple[str | None, str]) -> bool:
    """Return whether two fetches, each title and text, differ only in changing elements around an article."""
    return (old[0] or "") == (new[0] or "") and without_furniture(old[1]) == without_furniture(new[1])


def _is_heading(line: str) -> bool:
    """Return whether a list follows: a label followed by text names one article alone."""
    return _READ_ALSO.sub("", line).strip(" :：") == ""
