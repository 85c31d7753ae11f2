"""XML from strangers, made harmless: what would keep a parser busy for hours is taken out or refused."""

from __future__ import annotations

import re
from contextlib import suppress
from xml.parsers.expat import ExpatError, ParserCreate

_MAX_EXPANSION = 4_000_000
"""Bytes that the entities a feed declares may add to it; a feed needs none, a bomb needs many."""

_FIRST_ELEMENT = re.compile(rb"<\w")
_BLANKS = re.compile(rb"\s{2,}")
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAX_DEPTH = 500
_MAX_ATTRIBUTES = 1_000
_ENTITY = re.compile(rb"<!ENTITY[^>]*>", re.IGNORECASE)


class Monster(ValueError):
    """XML on which a parser would spend hours; the text says why."""


def defused(body: bytes, problems: list[str]) -> bytes:
    """Return the body without what makes a parser work for hours: two kinds of XML bomb."""
    body = _narrow(body)
    start = _FIRST_ELEMENT.search(body)
    prolog, rest = (body[: start.start()], body[start.start() :]) if start else (body, b"")
    prolog = _BLANKS.sub(b"\n", prolog)  # feedparser looks for the DOCTYPE in quadratic time
    declared = _ENTITY.findall(prolog)
    if sum(map(len, declared)) * rest.count(b"&") > _MAX_EXPANSION:
        problems.append(f"{len(declared)} entity declarations were ignored: resolving them would blow the feed up")
        prolog = _ENTITY.sub(b"", prolog)
    return prolog + rest


def refuse_monsters(body: bytes) -> None:
    """Raise Monster for XML on which feedparser would spend hours: it reads attributes in quadratic time."""
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

    parser = ParserCreate("utf-8" if _is_utf8(body) else "iso-8859-1")
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(ExpatError):  # feedparser has a second way of reading what is not well-formed
        parser.Parse(body, True)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _narrow(body: bytes) -> bytes:
    """Return UTF-16 and UTF-32 as UTF-8, so that what follows may look at bytes."""
    codec = next((codec for mark, codec in _WIDE if body.startswith(mark)), None)
    if codec is None:
        return body
    text = body.decode(codec, "replace").lstrip("\ufeff")
    return _DECLARATION.sub("", text).encode("utf-8", "replace")
