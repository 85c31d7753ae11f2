"""The URL of an entry's page. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawlers.sanitize import clean

_SCHEMES = re.compile(r"(?:https?(?::/{1,3}|//))*(https?)(?::/{1,3}|//)(?=[^/\s]+\.)", re.IGNORECASE)
"""Misspelled schemes: `http:/c.example`, `https://https://c.example`, `http//c.example`."""
_BREAK = re.compile(r"[\r\n\t]+ *")
_LONGEST = 10_000


def find_link(entry: Mapping[str, Any], base: str | None) -> str | None:
    """Return the absolute URL of an entry's page; None if there is none.

    Prefers the original URL over that of a proxy that counts readers; without a link, uses a GUID that is a URL.
    """
    link = next((link for link in _candidates(entry) if link), None)
    return absolute(link, base) if link else None


def find_older(feed: Mapping[str, Any], base: str | None) -> str | None:
    """Return the absolute URL of the page with a feed's older entries (RFC 5005 §3 and §4); None if there is none."""
    links = [link for link in feed.get("links") or () if link.get("href")]
    for relation in ("next", "prev-archive"):
        if found := next((str(link["href"]) for link in links if link.get("rel") == relation), None):
            return absolute(clean(found).strip(), base)
    return None


def absolute(link: str, base: str | None) -> str:
    """Return a link as an absolute URL, if possible."""
    link = _BREAK.sub("", link[:_LONGEST]).strip()
    if doubled := _SCHEMES.match(link):
        link = f"{doubled[1].lower()}://{link[doubled.end() :]}"
    if not base:
        return link
    try:
        host = urlsplit(base).hostname or ""
        first = link.partition("/")[0].lower()
        if "." in first and first.removeprefix("www.") == host.removeprefix("www."):
            return f"{urlsplit(base).scheme}://{link}"  # a host without a scheme
        return urljoin(base, link)
    except ValueError:
        return link


def _candidates(entry: Mapping[str, Any]) -> list[str | None]:
    hidden = _text(entry, "feedburner_origlink") or ""
    links = [link for link in entry.get("links") or () if link.get("href")]
    alternate = next((link for link in links if link.get("rel", "alternate") == "alternate"), None)
    guid = _text(entry, "id") or ""
    named = None if entry.get("guidislink") and not alternate else _text(entry, "link")
    return [
        hidden if hidden.startswith(("http://", "https://")) else None,
        named,
        clean(str(alternate["href"])).strip() if alternate else None,
        guid if guid.lower().startswith(("http://", "https://", "/")) else None,
    ]


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return clean(value).strip() or None if isinstance(value, str) else None
