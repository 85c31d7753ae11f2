"""The authors of an article: names from JSON-LD, meta tags and the page's by-line, cleaned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from worker.extract.jsonld import as_text
from worker.extract.metadata import Declared, get_host, read_text, squeezed, tidy

_MAX_AUTHORS = 10
_MAX_NAME = 80
_META_AUTHORS = (
    "parsely-author",
    "sailthru.author",
    "author",
    "article:author",
    "article:author_name",
    "og:article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "twitter:data1",
)
_RE = {"re": "http://exslt.org/regular-expressions"}
_MARKED = XPath(
    ".//*[@rel='author' or @itemprop='author' or @data-testid='author-name' or "
    "contains(concat(' ', normalize-space(@class), ' '), ' author-name ') or "
    "contains(concat(' ', normalize-space(@class), ' '), ' author ') or "
    "contains(concat(' ', normalize-space(@class), ' '), ' authors ') or "
    "contains(concat(' ', normalize-space(@class), ' '), ' author__name ') or "
    "contains(concat(' ', normalize-space(@class), ' '), ' byline-name ')]"
)
_PROFILES = XPath(
    ".//a[contains(@href, '/author') or contains(@href, '/writer') or contains(@href, '/contributor') or "
    "contains(@href, '/journalist') or contains(@href, '/columnist') or contains(@href, '/avtor') or "
    "contains(@href, '/yazar')]"
)
_BYLINES = XPath(
    ".//*[self::p or self::div or self::span or self::a or self::address or self::li]["
    "contains(@class, 'byline') or contains(@class, 'Byline') or contains(@class, 'by-line') or "
    "contains(@class, 'author') or contains(@class, 'Author') or contains(@id, 'author')]"
)
_LEAD = re.compile(
    r"^(?:(?:(?:story|words|text|report|article|written|posted|published|reported|reviewed|created) )?by\b:?"
    r"|authors?\s*:|от\b|автор(?:ы|лар|у|и|лары)?\b(?:\s+(?:статьи|текста|материала))?\s*[:—–-]?|текст\s*[:—–-]|"
    r"yazar(?:lar|ı)?\s*:|yazan\s*:|haber\s*:|muallif(?:lar)?\s*:|муалли(?:ф|фон)\s*:|müəllif\s*:|"
    r"von\b(?=\s+\S+\s+\S)|par\b|por\b|text\s*:|foto\s*:)\s*",
    re.I,
)
_ADDRESS = re.compile(r"(?:https?:|www\.)\S+")
_MAIL = re.compile(r"[<(\[]?\s*[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\s*[>)\]]?")
_PARENTHESIS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_SPLIT = re.compile(
    r"\s*(?:,\s*and\b|,\s*und\b|[,;|•·/]|\s&\s|\s+(?:and|und|et|y|и|ve|və|va|және|жана|ва|with)\s)\s*(?=\S)", re.I
)
_TITLE_SUFFIX = re.compile(r"^(?:ph\.?\s?d|m\.?d|jr|sr|dr|esq|m\.?a|r\.?n|mba|i{2,3}|iv)\.?$", re.I)
_ROLE = re.compile(
    r"\b(?:editors?|reporter|correspondent|writer|contributor|contributing|columnist|producer|journalist|"
    r"staff (?:writer|reporter)|director|fellow|professor|freelance|analyst|photograph\w*|special to|for the|at the|"
    r"редактор\w*|корреспондент\w*|журналист\w*|обозреватель|muhabir\w*|editör\w*|redakteur\w*|korrespondent\w*|"
    r"updated|published|posted|min read)\b",
    re.I,
)
_INSTITUTION = re.compile(
    r"\b(?:media|news|press|agency|agentur|magazine|newspaper|university|institute|times|tribune|reuters|afp|ap|tass|"
    r"агентство|газета|журнал|институт|университет)\b",
    re.I,
)
_INSTITUTION_PAIR = re.compile(r"^The\s.{1,40}\s&\s\S+$")
_INITIAL = re.compile(r"\b\w\.$")
_SLUG = re.compile(r"^[a-z0-9]+(?:[-_][a-z0-9]+)+$")
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\d{2,}|^(?:admin\w*|webmaster|root|user|guest|unknown|anonymous|none|null|n/a|undefined|home|"
    r"view all .*|read more.*|follow.*|share.*|comments?.*|powered by.*|sponsored|advert\w*|(?:about the )?authors?|"
    r"by|von|par|por|от|автор|yazar|biography|profile|e-?mail|bio|facebook|twitter|x)$",
    re.I,
)


def find_author(tree: HtmlElement, declared: Declared) -> str | None:
    """Return the names of the authors, joined with ", "; None without any.

    JSON-LD first, then meta tags, then elements marked as author, then the by-line. The outlet's own name counts only
    without a person.
    """
    publisher = as_text(declared.linked.resolve(declared.linked.article.get("publisher")))
    outlet = {
        squeezed(name) for name in (declared.site_name, publisher, get_host(declared.page_url), "") if name is not None
    }
    institution: list[str] = []
    for candidates in _sources(tree, declared):
        names = clean_names(candidates)
        if people := [name for name in names if squeezed(name) not in outlet]:
            return ", ".join(people)
        institution = institution or names
    return ", ".join(institution) or None


def clean_names(raw: Iterable[str]) -> list[str]:
    """Return the names in raw by-lines: without “By”, roles, dates, addresses; each once."""
    names: dict[str, str] = {}
    for text in islice(raw, _MAX_AUTHORS * 2):
        for part in _parts(text):
            key = squeezed(part)
            if key and key not in names:
                names[key] = part
    return list(names.values())[:_MAX_AUTHORS]


def _sources(tree: HtmlElement, declared: Declared) -> Iterator[list[str]]:
    """Yield possible names, the best source first."""
    article = declared.linked.article
    for value in (article.get("author"), article.get("creator")):
        yield _linked_names(
            [declared.linked.resolve(person) for person in (value if isinstance(value, list) else [value])]
        )
    for name in _META_AUTHORS:
        if name != "twitter:data1" or "by" in (declared.first("twitter:label1") or "").lower():
            yield list(declared.every(name))
    yield _short_texts(_MARKED(tree))
    yield _short_texts(_PROFILES(tree))[:1]
    yield [text for element in _BYLINES(tree)[:3] if len(text := _text(element)) <= 150]


def _linked_names(people: list[object]) -> list[str]:
    names: list[str] = []
    for person in people[:_MAX_AUTHORS]:
        several = person.get("name") if isinstance(person, dict) else None
        if isinstance(several, list):
            names += [name for name in several[:_MAX_AUTHORS] if isinstance(name, str)]
        elif name := as_text(person):
            names.append(name)
    return names


def _short_texts(elements: list[HtmlElement], most: int = 3) -> list[str]:
    """Return the texts of the first few elements that are short enough for a name."""
    names: list[str] = []
    for element in elements[:20]:
        inner = element.find(".//*[@itemprop='name']")
        text = _text(inner if inner is not None else element)
        if text and len(text) <= _MAX_NAME and any(_parts(text)):
            names.append(text)
        if len(names) == most:
            break
    return names


def _text(element: HtmlElement) -> str:
    return tidy((element.get("content") or "")[:500]) or read_text(element)


def _parts(text: str) -> Iterator[str]:
    text = tidy(re.sub(r"<[^>]{0,200}>", " ", unescape(text[:1_000])))
    text = _PARENTHESIS.sub(" ", _MAIL.sub(" ", _ADDRESS.sub(" ", text)))
    previous = ""
    while previous != text:
        previous, text = text, _LEAD.sub("", text).strip()
    signed = False
    for piece in [text] if _INSTITUTION_PAIR.match(text) else _SPLIT.split(text):
        name = _LEAD.sub("", piece.strip(" :;,-–—*\"'“”")).strip()
        name = name if _INITIAL.search(name) else name.rstrip(".")
        # “Jane Roe, Some News Agency”: the agency is her employer
        if _is_name(name) and not (signed and _INSTITUTION.search(name)):
            signed = True
            yield name


def _is_name(text: str) -> bool:
    if not 1 < len(text) <= _MAX_NAME or len(text.split()) > 6:
        return False
    if _NOT_A_NAME.search(text) or _ROLE.search(text) or _TITLE_SUFFIX.match(text) or _SLUG.match(text):
        return False
    return any(char.isalpha() for char in text)
