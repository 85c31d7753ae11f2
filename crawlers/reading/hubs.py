"""The hub that a feed names, and the address under which the hub knows the feed (WebSub §4). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from crawlers.reading.links import absolute
from crawlers.sanitize import clean

_VALUE = re.compile(r"<([^<>]{1,2000})>([^<]{0,1000})")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]{0,300})"|([^\s;,"]{1,300}))', re.IGNORECASE)
_MOST = 50
_URL_MAX = 2_000


@dataclass(frozen=True, slots=True)
class HubLinks:
    """The links of a document to its hubs and to itself."""

    hubs: tuple[str, ...] = ()
    own: str | None = None


@dataclass(frozen=True, slots=True)
class NamedHub:
    """The hub to subscribe at, and the topic to subscribe to."""

    url: str
    topic: str


def hub_links(links: Iterable[tuple[str, str]], base: str | None) -> HubLinks:
    """Return the links among pairs of relations and address."""
    hubs: list[str] = []
    own: str | None = None
    for relations, address in islice(links, _MOST):
        names = relations.lower().split()
        url = absolute(address, base)
        if not address or not _is_web(url):
            continue
        if "hub" in names and url != base:
            hubs.append(url)
        if "self" in names and own is None:
            own = url
    return HubLinks(tuple(dict.fromkeys(hubs)), own)


def feed_links(feed: Mapping[str, Any], base: str | None) -> HubLinks:
    """Return the links of a feed as feedparser has it."""
    links = [link for link in feed.get("links") or () if link.get("href")]
    return hub_links(((str(link.get("rel") or ""), clean(str(link["href"])).strip()) for link in links), base)


def json_links(document: Mapping[str, Any], base: str | None) -> HubLinks:
    """Return the links of a JSON Feed: `hubs` of the type WebSub, and `feed_url`."""
    return hub_links(_json_pairs(document), base)


def _json_pairs(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    own, hubs = document.get("feed_url"), document.get("hubs")
    if isinstance(own, str):
        yield "self", clean(own).strip()
    for hub in islice(hubs, _MOST) if isinstance(hubs, Sequence) and not isinstance(hubs, str) else ():
        if isinstance(hub, Mapping) and str(hub.get("type", "")).lower() == "websub":
            yield "hub", clean(str(hub.get("url", ""))).strip()


def find_hub(links: HubLinks, link_header: str | None, url: str) -> NamedHub | None:
    """Return the hub of the feed that was read at `url`; None if it names none. The header goes before the document.

    Of several hubs one with a secure address is taken, for the secret that it is told.
    """
    of_header = hub_links(_header_pairs(link_header or ""), url)
    named = of_header if of_header.hubs else links
    if not named.hubs:
        return None
    hub = next((hub for hub in named.hubs if hub.startswith("https:")), named.hubs[0])
    return NamedHub(hub, named.own or links.own or url)


def _header_pairs(header: str) -> Iterator[tuple[str, str]]:
    for value in islice(_VALUE.finditer(header), _MOST):
        if found := _REL.search(value[2]):
            yield found[1] or found[2] or "", value[1].strip()


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return len(url) <= _URL_MAX and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
