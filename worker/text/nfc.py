"""NFC in linear time. Python sorts the marks on a letter by insertion: 500,000 of them would take minutes."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby
from typing import Final

MOST_MARKS: Final = 30
"""On one letter; further marks are dropped (UAX #15, stream-safe text format). No language needs more than a few."""


def nfc(text: str) -> str:
    """Return the text in NFC, without marks beyond `MOST_MARKS` in a row."""
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _excess().sub(r"\1", text))


@cache
def _excess() -> re.Pattern[str]:
    marks = (code for code in range(0x300, sys.maxunicode + 1) if unicodedata.combining(chr(code)))
    ranges = []
    for _, run in groupby(enumerate(marks), key=lambda pair: pair[1] - pair[0]):
        codes = [code for _, code in run]
        ranges.append(f"{chr(codes[0])}-{chr(codes[-1])}")
    return re.compile(f"([{''.join(ranges)}]{{{MOST_MARKS}}})[{''.join(ranges)}]+")
