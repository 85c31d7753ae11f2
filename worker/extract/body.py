"""The article text of a page: trafilatura's result after removal of elements that cannot be text."""

from __future__ import annotations

import logging
import re

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from worker.text.nfc import nfc

# trafilatura logs each page without an article; here that is an ordinary outcome.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

# Built once: reading trafilatura's configuration takes as long as reading a small page.
_OPTIONS = Extractor(output_format="python", fast=True, comments=False)

# Real news pages have up to 5,000 elements and 0.2 MB of text. trafilatura's time grows with the square of the one
# (1.6 s at 20,000, 25 s at 100,000) and with the other times the depth. Above this the paragraphs alone are taken.
_MAX_ELEMENTS = 20_000
_MAX_CHARACTERS = 500_000

# Elements that trafilatura would remove too, after copying and searching them several times. Taken out once
# and early they halve its time; the scores on 416 real pages stay the same.
_NEVER_TEXT = (
    "style svg template noscript iframe head link meta button input select option video audio canvas object embed "
    "picture source map aside footer nav menu textarea datalist"
)
_MAY_BE_EMPTY = (
    "a article b blockquote dd div dt em figure h1 h2 h3 h4 h5 h6 header i li main ol p pre q section span strong ul"
)
_OF_HEAD = frozenset(("title", "meta", "link", "script", "style", "base", "noscript", "template", "object", "bgsound"))
_MAX_HIDDEN = 20
_HIDDEN = 400
"""Characters of paragraphs in an `aside` or the like that may be an article: less is a note."""
_COUNT = etree.XPath("count(.//*)")
_LENGTH = etree.XPath("string-length()")
_BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre")
_LINE_SPACE = re.compile(r"[ \t\r\f\v]+")


def strip_page(tree: HtmlElement) -> None:
    """Remove from a page, in place, all elements that are never article text: scripts, menus, forms, images…

    JSON-LD with an article in it stays: trafilatura reads it when the page shows none.
    """
    _empty_head(tree)
    for script in list(tree.iter("script")):
        if not _holds_text(script):
            _drop(script, keep="")
    etree.strip_elements(tree, *_NEVER_TEXT.split(), with_tail=False)
    etree.strip_tags(tree, "img", "wbr")


def _empty_head(tree: HtmlElement) -> None:
    """Move into the body the elements that libxml2 left in the head without a `<body>`: an `<article>` after a
    `<title>`.
    """
    head, body = tree.find("head"), tree.find("body")
    if head is None:
        return
    strays = [child for child in head if child.tag not in _OF_HEAD]
    if not strays:
        return
    if body is None:
        body = etree.SubElement(tree, "body")
    for place, child in enumerate(strays):
        body.insert(place, child)


def read_hidden(tree: HtmlElement) -> str:
    """Return the longest row of paragraphs in elements that seldom contain text: `aside`, `template`, `noscript`.

    Call it before the page is stripped of these; it is for pages that show no text anywhere else.
    """
    texts = []
    for _, element in zip(range(_MAX_HIDDEN), tree.iter("aside", "template", "noscript"), strict=False):
        lines = [" ".join(p.text_content().split()) for _, p in zip(range(200), element.iter("p"), strict=False)]
        texts.append("\n".join(line for line in lines if line))
    best = max(texts, key=len, default="")
    return paragraphs(best) if len(best) >= _HIDDEN else ""


def is_heavy(tree: HtmlElement) -> bool:
    """Return whether a stripped page is too large for extractors with superlinear run time."""
    hidden = sum(len(script.text or "") for script in tree.iter("script"))
    return float(_COUNT(tree)) > _MAX_ELEMENTS or float(_LENGTH(tree)) - hidden > _MAX_CHARACTERS


def read_body(tree: HtmlElement) -> str:
    """Return the article's paragraphs in a stripped page, separated by newlines, NFC; "" without any.

    The tree is consumed: its empty elements are gone afterwards.
    """
    if is_heavy(tree):
        return paragraphs(_plain(tree))
    _drop_empty(tree)
    try:
        document = bare_extraction(tree, options=_OPTIONS)
    except Exception:  # trafilatura documents no errors, and an untrusted page must not stop a batch
        return paragraphs(_plain(tree))
    return paragraphs(document.text or "") if isinstance(document, Document) else ""


def _drop_empty(tree: HtmlElement) -> None:
    """Remove elements without text, innermost first, so that their empty parents go too."""
    for element in reversed(list(tree.iter(*_MAY_BE_EMPTY.split()))):
        if len(element) == 0 and not (element.text and not element.text.isspace()):
            _drop(element, keep=element.text or "")


def paragraphs(text: str) -> str:
    """Return `text` with one paragraph a line: NFC, no empty lines, no white space at the ends of lines."""
    lines = (_LINE_SPACE.sub(" ", line).strip() for line in text.splitlines())
    return nfc("\n".join(line for line in lines if line))


def _holds_text(script: HtmlElement) -> bool:
    """Return whether a script is JSON-LD with the article in it, which trafilatura reads when the page shows none."""
    return "ld+json" in (script.get("type") or "") and "articleBody" in (script.text or "")


def _drop(element: HtmlElement, keep: str) -> None:
    """Remove an element but not the text after it, nor the white space `keep` that separates two words."""
    parent = element.getparent()
    if parent is None:
        return
    if rest := keep + (element.tail or ""):
        previous = element.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + rest
        else:
            previous.tail = (previous.tail or "") + rest
    parent.remove(element)


def _plain(tree: HtmlElement) -> str:
    """Return the text of all innermost blocks, the last resort for a page that no extractor handles."""
    blocks = (element for element in tree.iter(*_BLOCKS) if next(element.iterchildren(*_BLOCKS), None) is None)
    return "\n".join(" ".join(element.text_content().split()) for element in blocks)
