"""Links in the paragraphs of a page: addresses that its text refers to. Pure."""

from __future__ import annotations

from lxml.html import HtmlElement

MAX_LINKS = 100
_LOOKED_AT, _LONGEST = 1_000, 2_000


def read_outlinks(tree: HtmlElement) -> tuple[str, ...]:
    """Return the absolute http(s) addresses in links of paragraphs, each once, in their order; at most `MAX_LINKS`."""
    found: dict[str, None] = {}
    for place, link in enumerate(tree.iter("a")):
        if place >= _LOOKED_AT or len(found) >= MAX_LINKS:
            break
        address = (link.get("href") or "").strip()
        if address.lower().startswith(("http://", "https://")) and len(address) <= _LONGEST and _is_in_text(link):
            found.setdefault(address)
    return tuple(found)


def _is_in_text(link: HtmlElement) -> bool:
    """Return whether a link stands in a paragraph: the nearest five elements around it decide."""
    around = link.getparent()
    for _ in range(5):
        if around is None:
            return False
        if around.tag in ("p", "blockquote"):
            return True
        around = around.getparent()
    return False
