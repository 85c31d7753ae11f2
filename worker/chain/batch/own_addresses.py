"""Other addresses of an article: the end of redirects, and the declaration of its page. Pure.

A declaration is accepted if it may be true: of the same outlet, and no front page, section or list. The texts of two
articles with a common address are compared when they are stored (`db.articles.recording.joins`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from db.articles.recording.addresses import Claim
from db.net.urls import canonical_url, read_host, registrable_domain

_SECTION = re.compile(r"(?:/[a-z]{2,3})?/[a-z]{1,24}")
"""A path of a section, perhaps in a language, unless it is the longest one."""
_SPECIFIC = re.compile(r"/[^/]*(?:\d|-)[^/]*(?<!\.php)(?<!\.asp)(?<!\.aspx)(?<!\.cgi)(?<!\.jsp)$")
"""A path that is no script's: it identifies its article without the query."""
_LIST = re.compile(
    r"/(?:tag|tags|author|authors|category|categories|search|archive|topics?|rubric|rubrics)/[^/]*", re.I
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """The addresses of an article other than the requested one."""

    claims: Sequence[Claim] = ()
    is_form: bool = False
    """True if the page declares another address than its own: it is a form of that page."""


NONE = OwnAddresses()


def own_addresses(requested: str, *, led_to: str | None, declared: str | None) -> OwnAddresses:
    """Return the addresses of a page requested as `requested`.

    `led_to` is the end of redirects, None if there were none; `declared` is the address that the page declares as its
    own.
    """
    own = _canonical(requested)
    if own is None:
        return NONE
    claims = []
    place, end, name = own, _canonical(led_to), _canonical(declared)
    if led_to and end and end != own and _may_be_an_article(end, own):
        claims.append(Claim(end, led_to, is_declared=False))
        place = end
    is_form = False
    if declared and name and _is_believable(name, place):
        claims.append(Claim(name, requested if name == own else declared, is_declared=True))
        is_form = name != place
    if all(claim.canonical_url == own for claim in claims):
        claims = []
    return OwnAddresses(tuple(claims), is_form)


def _canonical(url: str | None) -> str | None:
    try:
        address = canonical_url(url) if url else None
    except ValueError:
        return None
    return address if address and address.startswith("http") else None


def _is_believable(name: str, place: str) -> bool:
    if registrable_domain(read_host(name)) != registrable_domain(read_host(place)):
        return False
    return name == place or _may_be_an_article(name, place)


def _may_be_an_article(name: str, place: str) -> bool:
    """Return whether an address may be that of the article at `place`: no front page, no folder or list above it."""
    parts, there = urlsplit(name), urlsplit(place)
    path, below = parts.path.rstrip("/").lower(), there.path.rstrip("/").lower()
    if parts.fragment:
        return True
    if path == below and _has_lost_number(parts.query, there.query):
        return _SPECIFIC.search(path) is not None
    if parts.query and _DIGIT.search(parts.query):
        return True
    is_section = path.count("/") < below.count("/") and _SECTION.fullmatch(path)
    return not (path == "" or is_section or _LIST.fullmatch(path) or below.startswith(path + "/"))


def _has_lost_number(query: str, before: str) -> bool:
    """Return whether a number that may select content is in one query and not in the other."""
    return any(_DIGIT.search(value) and value not in query for _, value in parse_qsl(before))
