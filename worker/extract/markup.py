"""Bytes → the tree of a page: recognition of pages, their encoding, and limits of size."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from db.text.encoding import decode
from worker.extract.errors import Unextractable

# The largest of 416 real news pages has 1.5 MB. Above 10 MB comes a data dump, or an attack.
MAX_BYTES = 10_000_000
# Real pages have fewer than 10,000 tags; each element costs 150 bytes, so this many cost 30 MB.
_MAX_TAGS = 200_000

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"\x1f\x8b", "compressed data"),
    (b"\x28\xb5\x2f\xfd", "compressed data"),
    (b"BZh", "compressed data"),
    (b"\xfd7zXZ", "compressed data"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"PK\x03\x04", "archive or office document"),
    (b"\xd0\xcf\x11\xe0", "office document"),
    (b"{\\rtf", "office document"),
    (b"ID3", "sound"),
    (b"OggS", "sound or film"),
    (b"\x1aE\xdf\xa3", "film"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
)
_CONTAINERS = {b"WEBP": "image", b"AVI ": "film", b"WAVE": "sound"}
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.I)
_SITEMAP = re.compile(r"<(?:urlset|sitemapindex)[\s>]", re.I)
_TAG = re.compile(r"<[a-z!/]", re.I)
_PROLOGUE = re.compile(r"(?:\s+|<\?.{0,2000}?\?>|<!--.{0,5000}?-->|<!DOCTYPE[^>]{0,500}>)+", re.S | re.I)
# Characters that no XML tree may hold (https://www.w3.org/TR/xml/#charsets); libxml2 would end the page at a NUL.
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_NONCHARACTERS = {0xFFFE: None, 0xFFFF: None}
# All elements are plain HtmlElements: lxml's own lookup asks a Python function for each and costs 1 µs a time.
_LOOKUP = etree.ElementDefaultClassLookup(element=HtmlElement)
# Elements without effect on the text, removed from a page nested beyond the parser's depth.
_WRAPPERS = re.compile(r"</?(?:div|span|font|center|section|table|tbody|tr|td|ul|ol|b|i|em|strong)\b[^<>]*>", re.I)


def parse_page(body: bytes, charset: str | None = None) -> HtmlElement:
    """Return the root of a fetched page; `charset` is from the HTTP header.

    The tree holds neither comments nor processing instructions. Raises `Unextractable` for an empty or too large body
    and for other formats than HTML: a PDF, an image, a feed, plain text…
    """
    if len(body) > MAX_BYTES:
        raise Unextractable(f"larger than {MAX_BYTES // 1_000_000} MB")
    if not body.strip():
        raise Unextractable("empty body")
    if kind := _binary_kind(body):
        raise Unextractable(f"not a page: {kind}")
    if body.count(b"<") > _MAX_TAGS:
        raise Unextractable(f"more than {_MAX_TAGS:,} tags")
    html = decode(body, charset)
    if kind := _other_text(html):
        raise Unextractable(kind)
    try:
        return _tree(html)
    except etree.LxmlError as error:
        raise Unextractable("not a page: the HTML parser finds no element in it") from error


def _binary_kind(body: bytes) -> str | None:
    """Return the format by the first bytes (the file signatures of file(1)), None for text."""
    for signature, kind in _KINDS:
        if body.startswith(signature):
            return kind
    if body[4:8] == b"ftyp":
        return "image or film"
    if body[:4] == b"RIFF":
        return _CONTAINERS.get(body[8:12], "sound or film")
    return None


def _other_text(html: str) -> str | None:
    start = html.removeprefix("\ufeff")[:20_000]
    if prologue := _PROLOGUE.match(start):
        start = start[prologue.end() :]
    start = start.lstrip()
    if _FEED.match(start):
        return "a feed, not a page"
    if _SITEMAP.match(start):
        return "a sitemap, not a page"
    if start[:6].lower().startswith("<svg"):
        return "not a page: image"
    if start[:1] in "{[":
        return "not a page: JSON"
    if not _TAG.search(html):
        return "not a page: no HTML in it"
    return None


def _tree(html: str) -> HtmlElement:
    tree, errors = _parsed(html)
    if errors and errors[-1].type == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        # libxml2 stops at 256 nested elements and drops the rest of the page.
        tree, _ = _parsed(_WRAPPERS.sub("\n", html))
    return tree


def _parsed(html: str) -> tuple[HtmlElement, etree._ListErrorLog]:
    # A parser of its own for each page: its error log is the page's, and threads share nothing.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_LOOKUP)
    if "\ufffe" in html or "\uffff" in html:
        html = html.translate(_NONCHARACTERS)
    root = etree.fromstring(html.encode("utf-8", "replace").translate(None, _CONTROLS), parser)
    if not isinstance(root, HtmlElement):
        raise etree.ParserError("no element")
    return root, parser.error_log
