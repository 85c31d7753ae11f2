"""Signs of a page's kind, collected while its tree exists: for `worker.judging`, which decides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from worker.extract.jsonld import as_text
from worker.extract.metadata import Declared, tidy

_MOST = 4_000
"""Characters of the visible text that are read; a longer page is no mere notice."""
_SCRIPT = 400
_SCRIPTS = 40
_PARAGRAPH = 80
_TEASERS = XPath("count(.//*[self::h2 or self::h3 or self::h4][.//a or parent::a])")
_TEXTS = XPath(".//text()[not(parent::script)]")
_STRING = XPath("string()")
_LENGTH = XPath("string-length(normalize-space())")
_RAW_LENGTH = XPath("string-length()")
_LONG = 40_000
"""Characters, white space included, from which on a page is surely long: counting them exactly takes time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Evidence for or against a page being an article."""

    titles: tuple[str, ...]
    """Its headline as found, `<title>`, og:title and first `<h1>`s, each once."""
    words: str
    """The visible text without menus and footers in one line, at most 4,000 characters."""
    length: int
    """Characters of the visible text in full."""
    paragraphs: int
    """Elements `<p>` with 80 characters or more, among the first twenty."""
    teasers: int
    """Headings below the first that are links; not counted for a declared article."""
    linked: float
    """Share of the visible text in links; likewise."""
    scripts: str
    """Addresses and beginnings of its scripts, for the marks of protections."""
    has_password: bool
    is_declared: bool
    """JSON-LD or Open Graph call it an article."""
    is_dated: bool
    """It declares a date of publication."""
    is_website: bool
    """Open Graph calls it a site, not an article."""
    is_paid: bool
    """It declares that it is not accessible for free (schema.org `isAccessibleForFree`)."""
    page_url: str | None
    """Its own declared address."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Inputs and scripts of a page, visible only before the page is stripped."""

    scripts: str
    has_password: bool


def read_inputs(tree: HtmlElement) -> Inputs:
    """Return the scripts and inputs of a page; call it before scripts and forms are removed."""
    pieces = []
    for _, script in zip(range(_SCRIPTS), tree.iter("script"), strict=False):
        if "json" not in (script.get("type") or ""):
            pieces.append((script.get("src") or "")[:_SCRIPT] + " " + (script.text or "")[:_SCRIPT])
    has_password = any((field.get("type") or "").lower() == "password" for field in tree.iter("input"))
    return Inputs("\n".join(piece for piece in pieces if not piece.isspace()), has_password)


def read_signs(tree: HtmlElement, declared: Declared, inputs: Inputs, *, headline: str | None, is_dated: bool) -> Signs:
    """Return the signs of a stripped page, before its text is extracted."""
    article = declared.linked.article
    titles = [headline, tree.findtext(".//title"), declared.first("og:title"), as_text(article.get("headline"))]
    titles += [element.text_content()[:500] for _, element in zip(range(3), tree.iter("h1"), strict=False)]
    body = tree.find("body")
    visible = body if body is not None else tree
    length = int(_RAW_LENGTH(visible))
    if length <= _LONG:
        length = int(_LENGTH(visible))
    length -= sum(len(script.text or "") for script in visible.iter("script"))
    kind = (declared.first("og:type") or "").lower()
    is_declared = bool(article) or kind in ("article", "news", "news.article", "blog", "post")
    linked = 0 if is_declared else sum(len(_STRING(link)) for link in islice(visible.iter("a"), 500))
    return Signs(
        titles=tuple(dict.fromkeys(title for raw in titles if (title := tidy(raw or "")))),
        words=_words(visible) if length <= _MOST else "",
        length=length,
        paragraphs=sum(len(_STRING(p).strip()) >= _PARAGRAPH for p in islice(visible.iter("p"), 20)),
        teasers=0 if is_declared else int(_TEASERS(visible)),
        linked=min(linked / length, 1.0) if length > 0 else 0.0,
        scripts=inputs.scripts,
        has_password=inputs.has_password,
        is_declared=is_declared,
        is_dated=is_dated,
        is_website=kind in ("website", "webpage") and not article,
        is_paid=_is_paid(article.get("isAccessibleForFree")),
        page_url=declared.url,
    )


def _words(visible: HtmlElement) -> str:
    """Return the visible text, without JSON-LD, the only script left in a stripped page."""
    return " ".join(" ".join(_TEXTS(visible)).split())[:_MOST]


def _is_paid(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower().rsplit("/", 1)[-1] == "false")
