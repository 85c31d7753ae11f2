"""Protection against hostile XML that would keep a parser busy for hours: it is cleaned or refused."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from xml.parsers.expat import ExpatError, ParserCreate

_MAX_EXPANSION = 4_000_000
"""Maximum number of bytes by which declared entities may expand a feed; real feeds need none."""

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_FIRST_ELEMENT = re.compile(rb"<\w")
_BLANKS = re.compile(rb"\s{2,}")
_MAX_DEPTH = 500
_MAX_ATTRIBUTES = 1_000
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_MOST_DIGITS = 7
_NO_CHARACTER = "\ufffd".encode()
_MAX_PROLOG = 65_536
"""Maximum number of bytes before the first element: feedparser searches them in quadratic time."""


class Monster(ValueError):
    """The XML would keep a parser busy for hours; the message says why."""


def defuse(body: bytes, problems: list[str]) -> bytes:
    """Return the body in UTF-8 with entity declarations of XML bombs and long prologs removed."""
    body = _REFERENCE.sub(_existing, body)
    start = _FIRST_ELEMENT.search(body)
    prolog, rest = (body[: start.start()], body[start.start() :]) if start else (body, b"")
    prolog = _BLANKS.sub(b"\n", prolog)  # feedparser looks for the DOCTYPE in quadratic time
    if rest and len(prolog) > _MAX_PROLOG:
        problems.append(f"{len(prolog):,} bytes before the first element were ignored")
        return _DECLARATION + rest
    before, *declared = _ENTITY.split(prolog)
    several = [one.partition(b">") for one in declared]
    if sum(len(one) for one, _, _ in several) * rest.count(b"&") > _MAX_EXPANSION:
        problems.append(f"{len(declared)} entity declarations were ignored: resolving them would blow the feed up")
        prolog = before + b"".join(after for _, _, after in several)
    return prolog + rest


def _existing(reference: re.Match[bytes]) -> bytes:
    """Return a character reference unchanged, or U+FFFD for an invalid one, on which feedparser fails."""
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0")
    code = int(digits or b"0", 16 if hexadecimal else 10) if len(digits) <= _MOST_DIGITS else sys.maxunicode + 1
    return _NO_CHARACTER if code > sys.maxunicode or 0xD800 <= code < 0xE000 else reference[0]


def refuse_monsters(body: bytes) -> None:
    """Raise Monster for XML that keeps feedparser busy for hours: it reads attributes in quadratic time."""
    depth = 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise Monster(f"XML nested more than {_MAX_DEPTH} elements deep")
        if len(attributes) > 2 * _MAX_ATTRIBUTES:
            raise Monster(f"an XML element with more than {_MAX_ATTRIBUTES} attributes")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(ExpatError):  # feedparser has a second parser for XML that is not well-formed
        parser.Parse(body, True)
