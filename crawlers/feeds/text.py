"""From the bytes of a feed to its text: read in the encoding that it is really in, and fit for a parser. Pure."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

from db.text.encoding import charset_of, decode

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNFIT_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_TWO_REFERENCES = re.compile(r"&#([xX]?[0-9a-fA-F]{4,5});&#([xX]?[0-9a-fA-F]{4,5});")
_ODD_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,10}|#x[0-9a-fA-F]{1,8});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
"""An `&` that is no reference of XML, with the name of HTML's that it may be."""
_CDATA = "<![CDATA["
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]{0,300}>\s*")
_DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'
_AHEAD = 10_000
"""So far into a feed may what a server said before it reach: a warning, a blank line, another mark."""


def feed_text(body: bytes, content_type: str | None = None) -> str:
    """Return the text of a feed without what neither XML nor a database takes; never fails.

    Labels are believed as far as the bytes bear them out; what cannot be read becomes U+FFFD.
    """
    return _UNFIT.sub("", decode(body, charset_of(content_type))).lstrip("\ufeff \t\r\n")


def xml_of(text: str, problems: list[str]) -> bytes:
    """Return XML in UTF-8 that says so, whatever it said before, and begins with that.

    What is HTML in it and no XML (`&nbsp;`, a bare `&`) is written as XML has it, so that one such sign does not cost
    the strict reading of the whole feed.
    """
    start = text.find("<?xml ", 0, _AHEAD)
    text = text[max(start, 0) :]
    while declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    if "&#" in text:
        text = _UNFIT_REFERENCE.sub("", _TWO_REFERENCES.sub(_one_letter, text))
    if _ODD_REFERENCE.search(text) and "<!ENTITY" not in text:
        text, bare = _with_xml_references(text)
        if bare:
            problems.append(f"not well-formed: {bare} times a bare &")
    return (_DECLARED + text).encode("utf-8", "replace")


def _with_xml_references(text: str) -> tuple[str, int]:
    """Return the text with references as XML knows them, and how many `&` were none."""
    bare = 0

    def written(found: re.Match[str]) -> str:
        nonlocal bare
        if letters := html5.get(f"{found[1]};"):
            return escape(letters, quote=False)
        bare += 1
        return f"&amp;{found[0][1:]}"

    first, *others = text.split(_CDATA)
    pieces = [_ODD_REFERENCE.sub(written, first)]
    for other in others:
        inside, closing, outside = other.partition("]]>")
        pieces.append(f"{_CDATA}{inside}{closing}{_ODD_REFERENCE.sub(written, outside)}")
    return "".join(pieces), bare


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
