"""From the bytes of a feed to its entries. Pure: asks no network, resolves no external entity."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from xml.parsers.expat import ExpatError, ParserCreate

import feedparser

from crawlers import dates, jsonfeed
from crawlers.texts import clean, without_tags
from db.moments import parse_moment

MAX_BYTES = 20_000_000
MAX_ENTRIES = 10_000
_MAX_EXPANSION = 4_000_000
"""Bytes that the entities a feed declares may add to it; a feed needs none, a bomb needs many."""

_FIRST_ELEMENT = re.compile(rb"<\w")
_BLANKS = re.compile(rb"\s{2,}")
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAX_DEPTH = 500
_MAX_ATTRIBUTES = 1_000
_ENTITY = re.compile(rb"<!ENTITY[^>]*>", re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_PLAIN_TYPES = frozenset({"text/plain", "text"})


class NotAFeed(ValueError):
    """What came is no feed; the text says what it is instead."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry as its feed gives it. Instants are aware UTC; `title` is plain text, `summary` and `content` HTML."""

    url: str | None
    guid: str | None
    title: str | None
    author: str | None
    published_at: datetime | None
    updated_at: datetime | None
    summary: str | None
    content: str | None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed that could be read; `kind` is `rss20`, `atom10`, `json11` …, `problems` say what was wrong with it."""

    title: str | None
    entries: tuple[FeedEntry, ...]
    kind: str
    problems: tuple[str, ...] = ()


def parse_feed(
    body: bytes, *, url: str | None = None, content_type: str | None = None, with_bodies: bool = True
) -> ParsedFeed:
    """Return the feed in `body`: every entry, in feed order, also those without link or with a GUID seen before.

    Relative links are resolved against `url`. `with_bodies=False` is half as dear again: summaries and contents are
    then neither resolved nor sanitized, and come as None. What was cut (size, number of entries) is in `problems`.
    Raises NotAFeed, with a reason for people, for anything that is no RSS, Atom, RDF or JSON feed.
    """
    problems: list[str] = []
    if not body.strip():
        raise NotAFeed("empty body")
    if len(body) > MAX_BYTES:
        problems.append(f"cut at {MAX_BYTES:,} bytes, it has {len(body):,}")
        body = body[:MAX_BYTES]
    if jsonfeed.looks_like_json(body):
        title, kind, entries = _read_json(body, url)
    else:
        title, kind, entries = _read_xml(body, url, content_type, with_bodies, problems)
    if len(entries) > MAX_ENTRIES:
        problems.append(f"only the first {MAX_ENTRIES:,} of {len(entries):,} entries are used")
        entries = entries[:MAX_ENTRIES]
    return ParsedFeed(title, tuple(entries), kind, tuple(problems))


def _read_json(body: bytes, url: str | None) -> tuple[str | None, str, list[FeedEntry]]:
    try:
        document = jsonfeed.load(body)
        entries = [FeedEntry(**item) for item in jsonfeed.items(document, url)]
    except ValueError as error:
        raise NotAFeed(str(error)) from error
    return jsonfeed.title(document), jsonfeed.kind(document), entries


def _read_xml(
    body: bytes, url: str | None, content_type: str | None, with_bodies: bool, problems: list[str]
) -> tuple[str | None, str, list[FeedEntry]]:
    body = _defused(body, problems)
    _refuse_monsters(body)
    headers = {"content-location": url or "", "content-type": content_type or ""}
    parsed = cast(
        "dict[str, Any]",
        feedparser.parse(
            io.BytesIO(body),  # never the bytes themselves: feedparser would open a file of that name
            response_headers={name: value for name, value in headers.items() if value},
            sanitize_html=with_bodies,
            resolve_relative_uris=with_bodies,
        ),
    )
    kind, entries = str(parsed.get("version") or ""), parsed["entries"]
    if not kind and not entries:
        raise NotAFeed(_what_it_is(body, parsed.get("bozo_exception")))
    if parsed.get("bozo") and not isinstance(
        error := parsed["bozo_exception"], feedparser.NonXMLContentType | feedparser.CharacterEncodingOverride
    ):
        problems.append(f"not well-formed: {without_tags(str(error))[:200]}")
    said_by_feed = not kind.startswith("atom")
    return (
        _plain(parsed["feed"], "title"),
        kind or "unknown",
        [_entry(entry, with_bodies=with_bodies, date_is_published=said_by_feed) for entry in entries],
    )


def _entry(entry: Mapping[str, Any], *, with_bodies: bool, date_is_published: bool) -> FeedEntry:
    published = _instant(entry, "published") or _instant(entry, "created")
    updated = _instant(entry, "updated")
    if published is None and date_is_published:  # dc:date, which feedparser calls an update
        published = updated
    contents = [value for part in entry.get("content") or () if (value := part.get("value"))]
    return FeedEntry(
        url=_link(entry),
        guid=_text(entry, "id"),
        title=_plain(entry, "title"),
        author=_author(entry),
        published_at=published,
        updated_at=updated,
        summary=_text(entry, "summary") if with_bodies else None,
        content=clean(max(contents, key=len)) if with_bodies and contents else None,
    )


def _link(entry: Mapping[str, Any]) -> str | None:
    if link := _text(entry, "link"):
        return link
    links = [link for link in entry.get("links") or () if link.get("href")]
    best = next((link for link in links if link.get("rel", "alternate") == "alternate"), None)
    if best is not None:
        return clean(str(best["href"])).strip() or None
    guid = _text(entry, "id") or ""
    return guid if guid.startswith(("http://", "https://")) else None


def _author(entry: Mapping[str, Any]) -> str | None:
    several = [name for author in entry.get("authors") or () if (name := _plain(author, "name"))]
    return ", ".join(dict.fromkeys(several)) or _plain(entry, "author")


def _instant(entry: Mapping[str, Any], name: str) -> datetime | None:
    # dict.get, because feedparser's own `get` answers for `updated` with `published`
    read = dict.get(cast("dict[str, Any]", entry), f"{name}_parsed")
    said = dict.get(cast("dict[str, Any]", entry), name)
    if not isinstance(said, str):
        return dates.from_parsed(read)
    if moment := parse_moment(clean(said)):
        return moment.at
    parsed = dates.from_parsed(read)
    if parsed is None:
        return dates.from_text(clean(said))
    return parsed if _names(said, parsed) else None


def _names(text: str, instant: datetime) -> bool:
    """Return whether the year stands in a date: feedparser takes what it does not find from the day of reading."""
    return str(instant.year) in text or str(instant.year)[2:] in text


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return clean(value).strip() or None if isinstance(value, str) else None


def _plain(entry: Mapping[str, Any], name: str) -> str | None:
    """Return a field as plain text; what the feed itself declares to be plain keeps its `<` and `&`."""
    value = entry.get(name)
    if not isinstance(value, str):
        return None
    detail = entry.get(f"{name}_detail") or {}
    if detail.get("type") in _PLAIN_TYPES and "</" not in value and "&" not in value:
        return " ".join(clean(value).split()) or None
    return without_tags(value) or None


def _defused(body: bytes, problems: list[str]) -> bytes:
    """Return the body without what makes a parser work for hours: two kinds of XML bomb."""
    body = _narrow(body)
    start = _FIRST_ELEMENT.search(body)
    prolog, rest = (body[: start.start()], body[start.start() :]) if start else (body, b"")
    prolog = _BLANKS.sub(b"\n", prolog)  # feedparser looks for the DOCTYPE in quadratic time
    declared = _ENTITY.findall(prolog)
    if sum(map(len, declared)) * rest.count(b"&") > _MAX_EXPANSION:
        problems.append(f"{len(declared)} entity declarations were ignored: resolving them would blow the feed up")
        prolog = _ENTITY.sub(b"", prolog)
    return prolog + rest


def _refuse_monsters(body: bytes) -> None:
    """Raise NotAFeed for XML on which feedparser would spend hours: it reads attributes in quadratic time."""
    depth = 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise NotAFeed(f"XML nested more than {_MAX_DEPTH} elements deep")
        if len(attributes) > 2 * _MAX_ATTRIBUTES:
            raise NotAFeed(f"an XML element with more than {_MAX_ATTRIBUTES} attributes")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = ParserCreate("utf-8" if _is_utf8(body) else "iso-8859-1")
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(ExpatError):  # feedparser has a second way of reading what is not well-formed
        parser.Parse(body, True)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _narrow(body: bytes) -> bytes:
    """Return UTF-16 and UTF-32 as UTF-8, so that what follows may look at bytes."""
    codec = next((codec for mark, codec in _WIDE if body.startswith(mark)), None)
    if codec is None:
        return body
    text = body.decode(codec, "replace").lstrip("\ufeff")
    return _DECLARATION.sub("", text).encode("utf-8", "replace")


def _what_it_is(body: bytes, error: object) -> str:
    """Return in words what a body is that is no feed."""
    head = body[:4096].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if "<opml" in head.lower():
        return "an OPML list of feeds, not a feed"
    if _HTML.search(head):
        return "an HTML page, not a feed"
    if head.startswith("%PDF"):
        return "a PDF file, not a feed"
    if body.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "a compressed file, not a feed"
    if "<urlset" in head or "<sitemapindex" in head:
        return "a sitemap, not a feed"
    if not head.startswith("<"):
        return "text without any XML, not a feed"
    reason = without_tags(str(error))[:200] if error else ""
    return f"XML that is no feed{': ' + reason if reason else ''}"
