"""The headline of the article, as its readers see it and without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from worker.extract.jsonld import as_text
from worker.extract.metadata import Declared, get_host, squeezed, tidy

_MAX_LENGTH = 500
_SEPARATOR = re.compile(r"(\s+[|\-–—:·•»«/>]+\s+|\s*[|｜ㅣ]\s*|\s*::\s*|\s+\\\s+|\s*--\s*|:\s+(?=\S+\Z))")
_WORD = re.compile(r"\w+")
_META_TITLES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title", "title")


def find_headline(tree: HtmlElement, declared: Declared) -> str | None:
    """Return the headline, or None.

    The page's own `<h1>` is visible to its readers: JSON-LD, OpenGraph and `<title>` often hold a variant for search
    engines and networks. They identify the right `<h1>`, and replace a missing one.
    """
    sites = _site_names(declared)
    declared_titles = [title for raw in _declared_titles(tree, declared) if (title := without_site(raw, sites))]
    shown = [title for raw in _shown_titles(tree) if (title := without_site(raw, sites))]
    for title in shown:
        if any(_resemble(title, other) for other in declared_titles):
            return _without_kicker(title, declared_titles)
    if declared_titles:
        return declared_titles[0]
    return shown[0] if shown else None


def without_site(title: str, sites: Iterable[str]) -> str | None:
    """Return a title without the outlet's name at its end or start; None if the rest is empty.

    `sites` are the outlet's names, squeezed (see `squeezed`).
    """
    names = set(sites)
    parts = _SEPARATOR.split(tidy(title)[:_MAX_LENGTH])
    stripped = False
    while len(parts) > 2 and _is_site(parts[-1], names):
        parts, stripped = parts[:-2], True
    if stripped and len(parts) > 2 and "|" in parts[-2] and _words(parts[-1]) <= 3 <= _words(parts[0]):
        parts = parts[:-2]  # “Headline | Section | Outlet”
    while len(parts) > 2 and ":" not in parts[1] and _is_site(parts[0], names):
        parts = parts[2:]
    rest = "".join(parts).strip()
    return None if squeezed(rest) in names else rest or None


def _site_names(declared: Declared) -> set[str]:
    host = get_host(declared.page_url)
    labels = host.split(".")
    names = [declared.site_name or "", host, labels[-2] if len(labels) > 1 else "", *declared.every("application-name")]
    return {name for raw in names if len(name := squeezed(raw)) > 1}


def _is_site(part: str, names: set[str]) -> bool:
    name = squeezed(part)
    if not name or name in names:
        return True
    # “BBC News” of site “BBC”, “Eurasianet.org” of “eurasianet”: few words around the name.
    return _words(part) <= 4 and any(
        len(known) > 2 and (name.startswith(known) or (known.startswith(name) and len(name) > 3)) for known in names
    )


def _declared_titles(tree: HtmlElement, declared: Declared) -> list[str]:
    article = declared.linked.article
    titles = [as_text(article.get("headline")), *declared.every(*_META_TITLES)]
    titles += [as_text(article.get("name")), tree.findtext(".//title")]
    return [title for title in titles if title and len(title) <= _MAX_LENGTH and _is_headline(title)]


def _is_headline(title: str) -> bool:
    return any(char.isalpha() for char in title) and not title.startswith(("http://", "https://"))


def _shown_titles(tree: HtmlElement) -> list[str]:
    titles = []
    for _, element in zip(range(20), tree.iter("h1"), strict=False):
        text = tidy(element.text_content()[: _MAX_LENGTH * 4])
        if text and len(text) <= _MAX_LENGTH:
            titles.append(text)
    return titles


def _resemble(title: str, other: str) -> bool:
    """Return whether half of the shorter title's words stand in the other, and it is not just a word or two."""
    left, right = set(_WORD.findall(title.casefold())), set(_WORD.findall(other.casefold()))
    if squeezed(title) == squeezed(other):
        return True
    shared = len(left & right)
    return shared >= 2 and shared * 2 >= min(len(left), len(right)) and len(left) * 4 >= len(right)


def _without_kicker(title: str, declared_titles: list[str]) -> str:
    """Return the title without a rubric (“Opinion”, “News |”) in its `<h1>` that is missing in the page's titles."""
    for other in declared_titles:
        kicker = title.removesuffix(other)
        if kicker != title and len(other) > 15 and _words(kicker) <= 3 and ":" not in kicker:
            return other
    return title


def _words(text: str) -> int:
    return len(_WORD.findall(text))
