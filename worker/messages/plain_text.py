"""Foreign text → text without control over its surroundings: no header, no terminal, no writing direction. Pure."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_HALVES = re.compile(r"[\ud800-\udfff]")
_JOINERS = "\u200d\ufe0e\ufe0f"
_BACK_MAX = 40


def one_line(text: str) -> str:
    """Return the text as one line: controls and line ends become blanks, halves of characters become U+FFFD.

    Runs of blanks become one blank. Characters that a script needs, such as no-break spaces and joiners, stay.
    """
    return _BREAKS.sub(" ", _HALVES.sub("\ufffd", _TURNS.sub("", text))).strip(" ")


def escape_controls(text: str) -> str:
    """Return the text with its lines and tabs, but without other control characters."""
    if _OBEYED.search(text) or _HALVES.search(text):
        text = _OBEYED.sub(" ", text.replace("\r\n", "\n"))
        return _HALVES.sub("\ufffd", text)
    return text


def cut(text: str, length: int) -> str:
    """Return at most `length` characters of a text, ending in `…` if it was cut.

    It is cut at a blank if one is near, and never between a letter and the marks on it.
    """
    if len(text) <= length:
        return text
    end = length - 2
    blank = text.rfind(" ", max(0, end - _BACK_MAX), end + 1)
    if blank > 0:
        return text[:blank].rstrip(" ") + " …"
    while end > max(1, length - _BACK_MAX) and _joins(text, end):
        end -= 1
    return text[:end].rstrip(" ") + "…"


def _joins(text: str, at: int) -> bool:
    """Return whether the character belongs to the one before it."""
    return unicodedata.category(text[at]).startswith("M") or text[at] in _JOINERS or text[at - 1] == "\u200d"
