"""The pages of an outlet that the links of one of its pages lead to. Pure; bounded in number."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from crawlers.reading.sections.address_shapes import AddressShape, is_media, read_shape
from crawlers.reading.sections.anchors import Anchor
from db.net.urls import canonical_url, read_host, registrable_domain, unwrapped

MAX_LINKS = 3_000
"""Maximum of different addresses that are judged in one page."""
_ARTICLE, _SURELY_ARTICLE = 2.0, 3.5
"""Scores by which the form of an address alone is that of an article."""


@dataclass(slots=True, kw_only=True)
class LinkedPage:
    """The links of a page to one address."""

    url: str
    canonical: str
    shape: AddressShape
    is_elsewhere: bool
    anchors: list[Anchor] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Return the address without its query."""
        return _path(self.canonical)


def group_links(anchors: Iterable[Anchor], url: str, base: str) -> list[LinkedPage]:
    """Return the pages of this host that the links lead to."""
    targets: dict[str, LinkedPage] = {}
    own = _canonical(url)
    host = read_host(own or url)
    domain = registrable_domain(host)
    for anchor in anchors:
        address = _address(anchor.href, base)
        canonical = _canonical(address) if address else None
        if not address or not canonical or canonical == own or is_media(canonical):
            continue
        if registrable_domain(read_host(canonical)) != domain or (own and _is_same_page(canonical, own)):
            continue
        if canonical not in targets and len(targets) >= MAX_LINKS:
            continue
        if canonical not in targets:
            is_elsewhere = read_host(canonical) != host
            targets[canonical] = LinkedPage(
                url=address, canonical=canonical, shape=read_shape(canonical), is_elsewhere=is_elsewhere
            )
        targets[canonical].anchors.append(anchor)
    return list(targets.values())


def _is_same_page(canonical: str, own: str) -> bool:
    """Return whether an address is that of the page in another view: the query differs, and names no article."""
    path, _, query = canonical.partition("?")
    names_article = read_shape(canonical).score >= _ARTICLE > read_shape(path).score
    return bool(query) and path == _path(own) and not names_article


def _path(canonical: str) -> str:
    return canonical.partition("?")[0].rstrip("/")


def is_part(target: LinkedPage, wholes: Collection[str]) -> bool:
    """Return whether a page stands below one of these: a comment, a picture, an entry of a running report."""
    above = target.path.rpartition("/")[0]
    while above.count("/") > 2:
        if above in wholes:
            return True
        above = above.rpartition("/")[0]
    return False


def _address(href: str, base: str) -> str | None:
    if href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
        return None
    try:
        return unwrapped(urljoin(base, href).partition("#")[0])
    except ValueError:
        return None


def _canonical(address: str) -> str | None:
    try:
        canonical = canonical_url(address)
    except ValueError:
        return None
    return canonical if canonical.startswith("http") else None


def find_wholes(targets: Iterable[LinkedPage], url: str) -> set[str]:
    """Return the addresses, without their queries, that surely are articles by their form; that of the page, too."""
    wholes = {target.path for target in targets if target.shape.score >= _SURELY_ARTICLE}
    if (own := _canonical(url)) and read_shape(own).score >= _SURELY_ARTICLE:
        wholes.add(_path(own))
    return wholes
