"""Reader and writer of OPML lists of feeds. Pure.

Two thirds of the lists in circulation are not well-formed: descriptions hold a bare `&`, markup and quotes. So the tags
are found first, each attribute is read up to the quote that another attribute or the end of its tag follows, and a list
costs time in proportion to its length.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape, quoteattr

from crawlers.reading.text import feed_text
from crawlers.sanitize import clean, language_tag, one_line, plain_title

MAX_BYTES = 20_000_000
MAX_OUTLINES = 50_000
MAX_DEPTH = 20
_TITLE_MAX, _URL_MAX = 1_000, 2_000

_TAG = re.compile(r"<(?P<closing>/?)(?:[\w.-]{1,40}:)?(?P<name>outline|opml|body)(?![\w.:-])", re.IGNORECASE)
_NAME = re.compile(r"[\s\"']*([\w:.-]+)\s*=\s*(?:([\"'])|([^\s\"'<>]+))")
_AFTER_VALUE = {
    quote: re.compile(rf"{quote}(?=\s*/?>\s*\Z|\s+[\w:.-]+\s*=\s*[\"']|(?:xmlUrl|htmlUrl|type|text|title)\s*=|\s*/?\Z)")
    for quote in "\"'"
}
_NEXT_NAME = re.compile(r"(?<=[\s\"'])(?:xmlUrl|htmlUrl|url|type|text|title|language)\s*=\s*[\"']", re.IGNORECASE)
_SWALLOWED = re.compile(r"\sxmlUrl\s*=\s*[\"']?([^\s\"'<>]+)", re.IGNORECASE)
"""The address of a feed inside another attribute, whose closing quote is missing."""
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)
_LISTS = frozenset({"include", "link", "source"})
_FEEDS = frozenset({"rss", "atom", "feed", "json"})


class NotOpml(ValueError):
    """The body is not a list of feeds; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlOutline:
    """A feed in an OPML list; `categories` are the titles of the groups around it, from the outermost."""

    feed_url: str
    title: str | None = None
    site_url: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedOpml:
    """The feeds of a list in their order, repeated ones included; `problems` are remarks on its faults."""

    outlines: tuple[OpmlOutline, ...]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _List:
    """A list in the course of reading: open groups, feeds found, and what was left out, counted by its reason."""

    groups: list[str | None] = field(default_factory=list)
    outlines: list[OpmlOutline] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, attributes: dict[str, str], *, is_open: bool) -> None:
        """Take in an outline: a feed, a group, or neither."""
        title = plain_title(attributes.get("text") or attributes.get("title") or "")[:_TITLE_MAX] or None
        feed_url = _feed_url(attributes)
        if is_open:
            self.groups.append(None if feed_url else title)
        if feed_url:
            self._add_feed(feed_url, title, attributes)
        elif attributes.get("type", "").lower() in _LISTS:
            self.dropped["refer to other lists or pages, which are not read"] += 1
        elif attributes.get("htmlurl"):
            self.dropped["name a site without a feed"] += 1
        elif "xmlurl" in attributes or attributes.get("type", "").lower() in _FEEDS:
            self.dropped["have no address"] += 1

    def _add_feed(self, feed_url: str, title: str | None, attributes: dict[str, str]) -> None:
        if not feed_url.lower().startswith(("http://", "https://")) or len(feed_url) > _URL_MAX:
            self.dropped["have no address of the web"] += 1
            return
        if len(self.outlines) >= MAX_OUTLINES:
            self.dropped[f"come after the first {MAX_OUTLINES:,}"] += 1
            return
        site_url = _address(attributes.get("htmlurl", ""))
        self.outlines.append(
            OpmlOutline(
                feed_url=feed_url,
                title=title,
                site_url=site_url if site_url.lower().startswith("http") and len(site_url) <= _URL_MAX else None,
                categories=tuple(filter(None, self.groups[:MAX_DEPTH])) or _category(attributes.get("category", "")),
                language=language_tag(attributes.get("language")),
            )
        )


def parse_opml(body: bytes, *, content_type: str | None = None) -> ParsedOpml:
    """Return the feeds of the list in `body`, also where it is not well-formed.

    Outlines that are no feeds are counted in `problems`. Raises NotOpml if the body has neither an outline nor a root
    of OPML.
    """
    problems: list[str] = []
    if len(body) > MAX_BYTES:
        problems.append(f"cut at {MAX_BYTES:,} bytes, it has {len(body):,}")
        body = body[:MAX_BYTES]
    text = feed_text(body, content_type)
    if fault := _find_fault(text):
        problems.append(f"not well-formed: {fault}")
    text = _without_comments(text)
    found, is_list = _List(), False
    for is_closing, name, attributes, is_open in _iter_tags(text):
        is_list = True
        if name != "outline":
            continue
        if not is_closing:
            found.add(attributes, is_open=is_open)
        elif found.groups:
            found.groups.pop()
    if not is_list:
        raise NotOpml("not a list of feeds: it has no outline and no <opml>")
    problems += [f"{count:,} outlines {reason}" for reason, count in found.dropped.items()]
    return ParsedOpml(tuple(found.outlines), tuple(problems))


def _iter_tags(text: str) -> Iterator[tuple[bool, str, dict[str, str], bool]]:
    """Yield for each tag whether it closes, its name, its attributes, and whether it stays open."""
    tag = _TAG.search(text)
    while tag:
        following = _TAG.search(text, tag.end())
        if tag["closing"] or tag["name"].lower() != "outline":
            yield bool(tag["closing"]), tag["name"].lower(), {}, False
        else:
            piece = text[tag.end() : following.start() if following else len(text)].rstrip()
            attributes, rest = _read_attributes(piece)
            yield False, "outline", attributes, not rest.lstrip().startswith("/") and not piece.endswith("/>")
        tag = following


def _read_attributes(piece: str) -> tuple[dict[str, str], str]:
    """Return the attributes of a tag by their names in lower case, and what follows the last one.

    Of several with one name the first counts.
    """
    attributes: dict[str, str] = {}
    position = 0
    exhausted: set[str] = set()
    """Quotes that nothing fit follows from here on, so that they are searched for once."""
    while name := _NAME.match(piece, position):
        start, position = name.start(3), name.end()
        if quote := name[2]:
            end = None if quote in exhausted else _AFTER_VALUE[quote].search(piece, position)
            if end is None:
                exhausted.add(quote)
            start, stop = position, end.start() if end else piece.find(quote, position)
            stop = stop if stop >= 0 else len(piece)
            position = min(stop + 1, len(piece))
        else:
            stop = position
        attributes.setdefault(name[1].lower(), _REFERENCE.sub(_character, piece[start:stop]).strip())
        if not _NAME.match(piece, position) and (skipped := _NEXT_NAME.search(piece, position)):
            position = skipped.start()
    if "xmlurl" not in attributes and (address := _SWALLOWED.search(piece)):
        attributes["xmlurl"] = _REFERENCE.sub(_character, address[1])
    return attributes, piece[position:]


def _character(reference: re.Match[str]) -> str:
    return html.unescape(reference[0])


def _feed_url(attributes: dict[str, str]) -> str:
    """Return the address of a feed; empty for an outline that is none."""
    kind = attributes.get("type", "").lower()
    url = attributes.get("xmlurl") or (attributes.get("url", "") if kind in _FEEDS else "")
    return "" if kind == "source" else _FEED_SCHEME.sub(_scheme, _address(url))


def _scheme(prefix: re.Match[str]) -> str:
    rest = prefix.string[prefix.end() :]
    return "http:" if rest.startswith("//") else ""


def _address(url: str) -> str:
    """Return an address without the white space and control characters that lists wrap it with."""
    return "".join(clean(url).split())


def _category(text: str) -> tuple[str, ...]:
    """Return the path that the `category` attribute names first."""
    parts = text.partition(",")[0].split("/")[:MAX_DEPTH]
    return tuple(part for one in parts if (part := plain_title(one)[:_TITLE_MAX]))


def _without_comments(text: str) -> str:
    first, *others = text.split("<!--")
    kept = [first]
    for other in others:
        _, closing, rest = other.partition("-->")
        kept.append(rest if closing else other)
    return "".join(kept)


def _find_fault(text: str) -> str | None:
    """Return why a list is not well-formed, with line and column; None if it is."""
    try:
        ParserCreate("utf-8").Parse(text.encode("utf-8", "replace"), True)
    except ExpatError as error:
        return str(error)
    return None


def write_opml(outlines: Iterable[OpmlOutline], *, title: str, created_at: datetime | None = None) -> str:
    """Return an OPML 2.0 list of the feeds, nested by their categories in the order in which these come first."""
    root = _Group()
    for outline in outlines:
        group = root
        for name in outline.categories[:MAX_DEPTH]:
            group = group.groups.setdefault(name, _Group())
        group.feeds.append(outline)
    head = [f"    <title>{escape(one_line(title))}</title>"]
    if created_at:
        head.append(f"    <dateCreated>{format_datetime(created_at)}</dateCreated>")
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        '<opml version="2.0">',
        "  <head>",
        *head,
        "  </head>",
        "  <body>",
    ]
    return "\n".join([*lines, *_group_lines(root, "    "), "  </body>", "</opml>", ""])


@dataclass(slots=True)
class _Group:
    """A group of a list to be written."""

    groups: dict[str, _Group] = field(default_factory=dict)
    feeds: list[OpmlOutline] = field(default_factory=list)


def _group_lines(group: _Group, indent: str) -> Iterator[str]:
    for name, inner in group.groups.items():
        yield f"{indent}<outline{_attributes(text=name, title=name)}>"
        yield from _group_lines(inner, f"{indent}  ")
        yield f"{indent}</outline>"
    for feed in group.feeds:
        title = feed.title or feed.feed_url
        written = _attributes(
            type="rss", text=title, title=title, xmlUrl=feed.feed_url, htmlUrl=feed.site_url, language=feed.language
        )
        yield f"{indent}<outline{written}/>"


def _attributes(**values: str | None) -> str:
    return "".join(f" {name}={quoteattr(one_line(value))}" for name, value in values.items() if value)
