"""Decoding of feeds in their real encoding, and repair of their XML for the parser. Pure."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

from db.text.encoding import decode, find_charset

_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNFIT_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_TWO_REFERENCES = re.compile(r"&#([xX]?[0-9a-fA-F]{4,5});&#([xX]?[0-9a-fA-F]{4,5});")
_ODD_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,10}|#x[0-9a-fA-F]{1,8});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
"""An `&` that is not an XML reference, with the name of the HTML reference that it may be."""
_CDATA = "<![CDATA["
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]{0,300}>\s*")
_DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'
_AHEAD = 10_000
"""Number of characters searched for the XML declaration after server output: a warning, a blank line, another BOM."""


def feed_text(body: bytes, content_type: str | None = None) -> str:
    """Return the text of a feed without characters that are invalid in XML or a database; never fails.

    A declared encoding is used only if the bytes agree with it; undecodable bytes become U+FFFD.
    """
    return _UNFIT.sub("", decode(body, find_charset(content_type))).lstrip("\ufeff \t\r\n")


def to_xml(text: str, problems: list[str]) -> bytes:
    """Return the XML in UTF-8, with a matching declaration in place of any other.

    HTML references (`&nbsp;`) and bare `&` are rewritten, so that a single one does not defeat the strict parser.
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
    """Return the text with valid XML references, and the number of bare `&`."""
    bare = 0

    def rewrite(found: re.Match[str]) -> str:
        nonlocal bare
        if letters := html5.get(f"{found[1]};"):
            return escape(letters, quote=False)
        bare += 1
        return f"&amp;{found[0][1:]}"

    first, *others = text.split(_CDATA)
    pieces = [_ODD_REFERENCE.sub(rewrite, first)]
    for other in others:
        inside, closing, outside = other.partition("]]>")
        pieces.append(f"{_CDATA}{inside}{closing}{_ODD_REFERENCE.sub(rewrite, outside)}")
    return "".join(pieces), bare


def _one_letter(found: re.Match[str]) -> str:
    """Return the character of a surrogate pair written as two references; anything else unchanged."""
    high, low = (_number(reference) for reference in found.groups())
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return found[0]


def _number(reference: str) -> int:
    if reference[0] in "xX":
        return int(reference[1:], 16)
    return int(reference) if reference.isdigit() else 0
