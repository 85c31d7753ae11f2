"""Scanner of the XML of sitemaps. Pure.

The tags are found in the bytes one after the other, by their local names and not by their namespaces: these are wrong
or missing in many sitemaps, and so is the end of a file. No entity is expanded; time and memory grow with what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from crawlers.sanitize import clean

_TAG = re.compile(
    rb"<(?P<closing>/?)(?:(?P<prefix>[A-Za-z_][\w.-]{0,40}):)?(?P<name>[A-Za-z_][\w.-]{0,60})(?=[\s/>])"
    rb"[^<>]{0,20000}?(?P<end>/?)>"
)
_ROOTS = frozenset({b"urlset", b"sitemapindex"})
_ITEMS = frozenset({b"url", b"sitemap"})
_TEXTS = frozenset({b"loc", b"lastmod", b"publication_date", b"title", b"language"})
_ASIDE = frozenset({b"image", b"video"})
"""Elements, also with a prefix of the same name, whose addresses and titles are not those of the page."""
_KNOWN = _ITEMS | _TEXTS | _ASIDE | _ROOTS | {b"news", b"publication", b"name", b"keywords"}
_MARKUP = re.compile(r"<[^<>]*>?")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MAX_DEPTH = 500
_TEXT_MAX = 4_000


class TooDeep(ValueError):
    """The XML is nested deeper than any sitemap; the message says how deep."""


def iter_items(body: bytes, problems: list[str]) -> Iterator[dict[bytes, str]]:
    """Yield the texts of each `url` or `sitemap` by the names of their elements.

    One whose address is cut off by the end of the file is left out, and the end is a remark among `problems`.
    """
    scanner = _Scanner()
    for tag in _TAG.finditer(_without_comments(body)):
        item = scanner.read(tag)
        if item is not None:
            yield item
    if scanner.item:
        yield scanner.item
    if not scanner.is_closed:
        problems.append("not well-formed: it ends too early")


class _Scanner:
    """The state between two tags."""

    __slots__ = ("_aside", "_depth", "_wanted", "is_closed", "item")

    def __init__(self) -> None:
        self.item: dict[bytes, str] | None = None
        self.is_closed = False
        self._depth = 0
        self._aside = False
        """Return whether the tags are those of a picture or a film."""
        self._wanted: tuple[bytes, int] | None = None
        """The element whose text is being read, and where the text begins."""

    def read(self, tag: re.Match[bytes]) -> dict[bytes, str] | None:
        """Take in a tag; return the item that ends with it."""
        name = tag["name"].lower()
        if self._wanted is not None:
            if name not in _KNOWN:
                return None  # markup in a headline
            if self.item is not None:
                self.item.setdefault(self._wanted[0], _text(tag.string[self._wanted[1] : tag.start()]))
            self._wanted = None
        if tag["end"]:
            return None
        return self._close(name) if tag["closing"] else self._open(name, tag)

    def _open(self, name: bytes, tag: re.Match[bytes]) -> dict[bytes, str] | None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise TooDeep(f"XML nested more than {_MAX_DEPTH} elements deep")
        if name in _ITEMS:
            ended, self.item, self._aside = self.item, {}, False
            return ended
        if name in _ASIDE:
            self._aside = True
        elif name in _TEXTS and not self._aside and tag["prefix"] not in _ASIDE:
            self._wanted = name, tag.end()
        return None

    def _close(self, name: bytes) -> dict[bytes, str] | None:
        self._depth = max(self._depth - 1, 0)
        if name in _ITEMS:
            ended, self.item, self._aside = self.item, None, False
            return ended
        if name in _ASIDE:
            self._aside = False
        self.is_closed = self.is_closed or name in _ROOTS
        return None


def _text(raw: bytes) -> str:
    """Return the characters of an element: references and CDATA read, other markup left out."""
    text = raw[:_TEXT_MAX].decode("utf-8", "replace")
    if "<" in text:
        first, *others = text.split("<![CDATA[")
        pieces = [_MARKUP.sub("", first)]
        for other in others:
            inside, _, outside = other.partition("]]>")
            pieces += [inside, _MARKUP.sub("", outside)]
        text = "".join(pieces)
    if "&" in text:
        text = _REFERENCE.sub(lambda found: unescape(found[0]), text)
    return clean(text).strip()


def _without_comments(body: bytes) -> bytes:
    if b"<!--" not in body:
        return body
    first, *others = body.split(b"<!--")
    pieces = [first]
    for other in others:
        _, closing, rest = other.partition(b"-->")
        pieces.append(rest if closing else other)
    return b"".join(pieces)
