"""From the bytes of a feed to its text: read in the encoding that it is really in, and fit for a parser. Pure."""

from __future__ import annotations

import re

from db.encoding import charset_of, decode

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNFIT_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_TWO_REFERENCES = re.compile(r"&#([xX]?[0-9a-fA-F]{4,5});&#([xX]?[0-9a-fA-F]{4,5});")
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]{0,300}>\s*")
_DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'
_AHEAD = 10_000
"""So far into a feed may what a server said before it reach: a warning, a blank line, another mark."""


def feed_text(body: bytes, content_type: str | None = None) -> str:
    """Return the text of a feed without what neither XML nor a database takes; never fails.

    Labels are believed as far as the bytes bear them out; what cannot be read becomes U+FFFD.
    """
    return _UNFIT.sub("", decode(body, charset_of(content_type))).lstrip("\ufeff \t\r\n")


def xml_of(text: str) -> bytes:
    """Return XML in UTF-8 that says so, whatever it said before, and begins with that."""
    start = text.find("<?xml ", 0, _AHEAD)
    text = text[max(start, 0) :]
    while declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    if "&#" in text:
        text = _UNFIT_REFERENCE.sub("", _TWO_REFERENCES.sub(_one_letter, text))
    return (_DECLARED + text).encode("utf-8", "replace")


def _one_letter(found: re.Match[str]) -> str:
    """Return the letter that two halves of a surrogate pair stand for; anything else as it was."""
    high, low = (_number(reference) for reference in found.groups())
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return found[0]


def _number(reference: str) -> int:
    if reference[0] in "xX":
        return int(reference[1:], 16)
    return int(reference) if reference.isdigit() else 0
