"""Atom feeds (RFC 4287) from their parts. Pure.

Texts may hold anything: characters that XML 1.0 does not allow are left out.
"""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_ATOM = "http://www.w3.org/2005/Atom"
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not allow (§2.2)."""
_NO_TITLE = "(no words)"


class AtomFeed:
    """A feed that grows by entries, in the order in which readers get them."""

    def __init__(self, id: str, title: str, *, updated: datetime, subtitle: str = "") -> None:
        self._feed = Element("feed", xmlns=_ATOM)
        _add(self._feed, "id", id)
        _add(self._feed, "title", _clean(title) or _NO_TITLE)
        _add(self._feed, "updated", updated.isoformat())
        _add(self._feed, "generator", "Steppewatch")
        if subtitle:
            _add(self._feed, "subtitle", subtitle)

    def add_entry(
        self,
        id: str,
        title: str,
        *,
        updated: datetime,
        author: str,
        published: datetime | None = None,
        link: str = "",
        summary: str = "",
        html: str = "",
    ) -> None:
        """Add an entry after the others: with its content as HTML, or a summary, or neither."""
        entry = SubElement(self._feed, "entry")
        _add(entry, "id", id)
        _add(entry, "title", _clean(title) or _NO_TITLE)
        _add(entry, "updated", updated.isoformat())
        _add(SubElement(entry, "author"), "name", author)
        if html:
            _add(entry, "content", html, type="html")
        address = _clean(link)
        if address:
            SubElement(entry, "link", href=address, rel="alternate")
        if summary:
            _add(entry, "summary", summary)
        if published is not None:
            _add(entry, "published", published.isoformat())

    def to_bytes(self) -> bytes:
        """Return the feed as a document in UTF-8."""
        indent(self._feed)
        written: bytes = tostring(self._feed, encoding="UTF-8", xml_declaration=True)
        return written


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _clean(text)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
