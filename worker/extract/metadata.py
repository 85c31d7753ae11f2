"""Declarations of a page: its meta tags, its JSON-LD, its address, its outlet, its language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from worker.extract.jsonld import LinkedData, as_text, read_linked_data
from worker.text.nfc import nfc

_MAX_VALUE = 2_000
_MAX_TAGS = 1_000
_SPACE = re.compile(r"[\s\u200b\u2060\ufeff]+")
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*\Z", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The declarations of one page; `meta` maps lower-case names (name, property, itemprop) to their values."""

    meta: Mapping[str, list[str]]
    linked: LinkedData
    url: str | None
    page_url: str | None
    language: str | None
    region: str | None

    def first(self, *names: str) -> str | None:
        """Return the first value of the meta tags `names`, in the order of the names."""
        return next(self.every(*names), None)

    def every(self, *names: str) -> Iterator[str]:
        """Yield all values of the meta tags `names`, in the order of the names."""
        for name in names:
            yield from self.meta.get(name, ())

    @property
    def site_name(self) -> str | None:
        """The outlet's name in the page; None without one."""
        publisher = self.linked.resolve(self.linked.article.get("publisher") or self.linked.page.get("publisher"))
        for name in (self.first("og:site_name"), as_text(publisher), self.first("application-name")):
            if name and len(tidy(name)) <= 80 and not name.startswith(("http", "@")):
                return tidy(name)
        return None


def read_declared(tree: HtmlElement, url: str | None) -> Declared:
    """Return the declarations of a page; `url` is its address, if known."""
    meta = _meta_tags(tree)
    declared_url = _declared_url(tree, meta, url)
    known = frozenset(address.partition("#")[0].rstrip("/") for address in (declared_url, url) if address)
    linked = read_linked_data(tree, known)
    tags = [
        tree.get("lang") or tree.get("xml:lang"),
        as_text(linked.article.get("inLanguage") or linked.page.get("inLanguage")),
        *(
            value
            for name in ("content-language", "language", "og:locale", "dc.language")
            for value in meta.get(name, ())
        ),
    ]
    matches = [match for tag in tags if tag and (match := _LANGUAGE_TAG.match(tag.strip()))]
    return Declared(
        meta=meta,
        linked=linked,
        url=declared_url,
        page_url=declared_url or url,
        language=matches[0][1].lower() if matches else None,
        region=next((tag[0][-2:].upper() for tag in matches if len(tag[0]) == 5), None),
    )


def tidy(text: str) -> str:
    """Return `text` on one line: NFC, runs of white space (NBSP too) one space, soft hyphens gone."""
    return nfc(_SPACE.sub(" ", text.replace("\u00ad", ""))).strip()


def read_text(element: HtmlElement, limit: int = 500) -> str:
    """Return the beginning of an element's text, tidy; no more than `limit` characters are collected."""
    pieces: list[str] = []
    length = 0
    for piece in element.itertext():
        pieces.append(piece[:limit])
        length += len(pieces[-1])
        if length >= limit:
            break
    return tidy(" ".join(pieces)[:limit])


def squeezed(name: str) -> str:
    """Return the normal form of a name for comparing outlets: “The Daily World” and `dailyworld` alike."""
    return re.sub(r"[\W_]+", "", name.casefold().removeprefix("the "))


def get_host(url: str | None) -> str:
    """Return the host of a URL without `www.`; the empty string when there is none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _meta_tags(tree: HtmlElement) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for _, element in zip(range(_MAX_TAGS), tree.iter("meta"), strict=False):
        value = element.get("content")
        if not value or not (value := value[:_MAX_VALUE].strip()):
            continue  # an empty tag is no declaration
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := element.get(attribute):
                tags.setdefault(name.strip().lower(), []).append(value)
                break
    return tags


def _declared_url(tree: HtmlElement, meta: Mapping[str, list[str]], base: str | None) -> str | None:
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    for href in (*links[:3], *meta.get("og:url", ())[:3]):
        if href and (url := _absolute(href.strip(), base)):
            return url
    return None


def _absolute(href: str, base: str | None) -> str | None:
    if len(href) > _MAX_VALUE or re.search(r"[\s<>\"\x00-\x1f]", href):
        return None
    try:
        url = urljoin(base, href) if base else href
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.hostname or ""
    return url if parts.scheme in ("http", "https") and "." in host else None
