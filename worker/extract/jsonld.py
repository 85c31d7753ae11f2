"""JSON-LD of a page (https://schema.org): the node of the article, read defensively."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TypeAlias

from lxml.html import HtmlElement

Node: TypeAlias = dict[str, object]

# 416 real news pages carry at most 0.5 MB of it, in at most 30 blocks.
_MAX_CHARS = 1_000_000
_MAX_BLOCKS = 50
_MAX_BROKEN = 100_000  # characters searched in a block that is no JSON
_MAX_DEPTH = 8
_MAX_NODES = 2_000

# Where an article's node may hang; lists of other articles (itemListElement, hasPart, comment) are not entered.
_BRANCHES = ("@graph", "mainEntity", "mainEntityOfPage", "@list", "article", "about")
_ARTICLE = re.compile(r"(?:article|posting|report|newsitem|blogpost|claimreview)$", re.I)
_PAGE = re.compile(r"(?:webpage|itempage|videoobject|audioobject|podcastepisode|creativework|dataset)$", re.I)
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$"
)
_LOOSE_COMMA = re.compile(r",(\s*[}\]])")
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|inLanguage)"\s*:\s*"((?:[^"\\\n]|\\.){1,500})"',
)
_AUTHOR_FIELD = re.compile(r'"author"\s*:\s*[\[{][^\]}]{0,300}?"name"\s*:\s*"((?:[^"\\\n]|\\.){1,200})"')


@dataclass(frozen=True, slots=True)
class LinkedData:
    """The nodes of a page by their role; `article` and `page` are empty if the page has none."""

    article: Node
    page: Node
    by_id: dict[str, Node]

    def resolve(self, value: object) -> object:
        """Return the node of a bare reference `{"@id": …}`; any other value unchanged."""
        if isinstance(value, dict) and "name" not in value and isinstance(key := value.get("@id"), str):
            return self.by_id.get(key, value)
        return value


def read_linked_data(tree: HtmlElement, page_urls: frozenset[str] = frozenset()) -> LinkedData:
    """Return the article in the JSON-LD blocks of a page.

    Of several articles the one is taken whose address is among `page_urls`, else the first. Blocks that are not JSON
    are repaired where that is easy, else their main fields are extracted.
    """
    nodes = list(_nodes(list(_blocks(tree))))
    by_id = {key: node for node in reversed(nodes) if isinstance(key := node.get("@id"), str) and len(node) > 1}
    articles = [node for node in nodes if _is_kind(node, _ARTICLE)]
    pages = [node for node in nodes if _is_kind(node, _PAGE)]
    own = [node for node in articles if page_urls and not page_urls.isdisjoint(_addresses(node))]
    return LinkedData(next(iter(own or articles), {}), next(iter(pages), {}), by_id)


def as_text(value: object) -> str | None:
    """Return the first text in a JSON-LD value (`"x"`, `["x"]`, `{"@value": "x"}`), entities resolved; or None."""
    for _ in range(_MAX_DEPTH):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name")
        else:
            break
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    return unescape(value).strip() or None if isinstance(value, str) else None


def _blocks(tree: HtmlElement) -> Iterator[object]:
    budget = _MAX_CHARS
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower())
    for _, script in zip(range(_MAX_BLOCKS), scripts, strict=False):
        text = script.text or ""
        budget -= len(text)
        if budget < 0:
            return
        yield _loaded(text)


def _loaded(text: str) -> object:
    for mend in (lambda raw: raw, _mended, lambda raw: unescape(_mended(raw))):
        try:
            return json.loads(mend(text), strict=False)
        except (ValueError, RecursionError):
            continue  # the next attempt is more lenient; the last resort is below
    text = text[:_MAX_BROKEN]
    fields: Node = {name: _unquoted(value) for name, value in reversed(_FIELD.findall(text))}
    if author := _AUTHOR_FIELD.search(text):
        fields["author"] = _unquoted(author[1])
    return {"@type": "Article", **fields} if fields else None


def _mended(text: str) -> str:
    text = _WRAPPING.sub("", _WRAPPING.sub("", text))
    return _LOOSE_COMMA.sub(r"\1", text)


def _unquoted(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _nodes(blocks: list[object]) -> Iterator[Node]:
    """Yield the objects that may describe the page, in reading order, bounded in number and depth."""
    stack = [(block, 0) for block in reversed(blocks)]
    seen = 0
    while stack and seen < _MAX_NODES:
        value, depth = stack.pop()
        seen += 1
        if isinstance(value, list) and depth < _MAX_DEPTH:
            stack += [(item, depth + 1) for item in reversed(value[:_MAX_NODES])]
        elif isinstance(value, dict):
            yield value
            if depth < _MAX_DEPTH:
                stack += [
                    (value[key], depth + 1) for key in reversed(_BRANCHES) if isinstance(value.get(key), (list, dict))
                ]


def _is_kind(node: Node, kind: re.Pattern[str]) -> bool:
    types = node.get("@type")
    return any(isinstance(name, str) and kind.search(name) for name in (types if isinstance(types, list) else [types]))


def _addresses(node: Node) -> set[str]:
    page = node.get("mainEntityOfPage")
    values = [node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page]
    return {value.partition("#")[0].rstrip("/") for value in values if isinstance(value, str)}
