"""From the bytes of a feed to its entries. Pure: asks no network, resolves no external entity."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast
from urllib.parse import urljoin

import feedparser
from feedparser.urls import resolve_relative_uris

from crawlers.feeds import json_feed
from crawlers.feeds.authors import name_of, teach_feedparser
from crawlers.feeds.defused_xml import Monster, defused, refuse_monsters
from crawlers.feeds.links import link_of
from crawlers.feeds.text import feed_text, xml_of
from crawlers.sanitize import as_markup, clean, language_tag, plain_title, without_tags
from db.text.dates import ParsedDate, impossible_day, parse_date

MAX_BYTES = 20_000_000
MAX_ENTRIES = 10_000
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_PLAIN_TYPES = frozenset({"text/plain", "text"})
_FULL_TEXTS = ("_full-text", "_fulltext", "turbo_content", "full-text", "fulltext")
"""How the names end under which feeds for search engines carry the whole article."""

teach_feedparser()

Bodies: TypeAlias = Literal["clean", "raw", "none"]


_NO_XML = b"-"
"""Before a body, so that it is not taken for well-formed."""


class NotAFeed(ValueError):
    """What came is no feed; the text says what it is instead."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the entries of one feed are read: against which address, and what the feed says for all of them."""

    base: str | None
    bodies: Bodies
    date_is_published: bool
    language: str | None


class _Unknown(Exception):
    """XML without a feed in it; the text is what the parser says."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry as its feed gives it. Instants are aware UTC; `title` is plain text, `summary` and `content` HTML.

    `language` is what the entry declares, else what its feed does.
    """

    url: str | None
    guid: str | None
    title: str | None
    author: str | None
    published_at: datetime | None
    updated_at: datetime | None
    summary: str | None
    content: str | None
    language: str | None = None
    published_as: str | None = None
    """As exactly as the entry says it, in ISO 8601: a day, a clock without zone, an instant on its own clock.

    A day without `published_at` is one that cannot be: before 1990, after 2100.
    """
    updated_as: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed that could be read; `kind` is `rss20`, `atom10`, `json11` …, `problems` say what was wrong with it."""

    title: str | None
    entries: tuple[FeedEntry, ...]
    kind: str
    problems: tuple[str, ...] = ()


def parse_feed(
    body: bytes, *, url: str | None = None, content_type: str | None = None, bodies: Bodies = "clean"
) -> ParsedFeed:
    """Return the feed in `body`: every entry, in feed order, also those without link or with a GUID seen before.

    Relative links are resolved against `url`. Summaries and contents come `clean` (sanitized, their links resolved,
    at twice the price), `raw` as the feed has them, or not at all (`none`). What was cut (size, number of entries)
    is in `problems`.
    Raises NotAFeed, with a reason for people, for anything that is no RSS, Atom, RDF or JSON feed.
    """
    problems: list[str] = []
    if not body.strip():
        raise NotAFeed("empty body")
    if len(body) > MAX_BYTES:
        problems.append(f"cut at {MAX_BYTES:,} bytes, it has {len(body):,}")
        body = body[:MAX_BYTES]
    text = feed_text(body, content_type)
    if unread := text.count("\ufffd"):
        problems.append(f"{unread:,} letters could not be read")
    try:
        if json_feed.looks_like_json(text):
            title, kind, entries = _read_json(text, url)
        else:
            title, kind, entries = _read_xml(text, url, bodies, problems)
    except _Unknown as unknown:
        raise NotAFeed(_what_it_is(body, text, str(unknown))) from unknown
    if len(entries) > MAX_ENTRIES:
        problems.append(f"only the first {MAX_ENTRIES:,} of {len(entries):,} entries are used")
        entries = entries[:MAX_ENTRIES]
    return ParsedFeed(title, tuple(entries), kind, tuple(problems))


def _read_json(text: str, url: str | None) -> tuple[str | None, str, list[FeedEntry]]:
    try:
        document = json_feed.load(text)
        entries = [FeedEntry(**item) for item in json_feed.items(document, url)]
    except ValueError as error:
        raise NotAFeed(str(error)) from error
    return json_feed.title(document), json_feed.kind(document), entries


def _read_xml(
    text: str, url: str | None, bodies: Bodies, problems: list[str]
) -> tuple[str | None, str, list[FeedEntry]]:
    body = defused(xml_of(text, problems), problems)
    try:
        refuse_monsters(body)
    except Monster as monster:
        raise NotAFeed(str(monster)) from monster
    try:
        parsed = _parsed(body, bodies)
    except Exception:  # of its strict parser, say over a name of a namespace with a blank in it; the other one reads on
        parsed = _parsed(_NO_XML + body, bodies)
    kind, entries = str(parsed.get("version") or ""), parsed["entries"]
    fault = parsed.get("bozo_exception") if parsed.get("bozo") else None
    said = without_tags(str(fault))[:200] if fault else ""
    if not kind and not entries:
        raise _Unknown(said)
    if fault:
        problems.append(f"not well-formed: {said}")
    manner = _Manner(
        base=url,
        bodies=bodies,
        date_is_published=not kind.startswith("atom"),
        language=_language(parsed["feed"]),
    )
    return _plain(parsed["feed"], "title"), kind or "unknown", [_entry(entry, manner) for entry in entries]


def _parsed(body: bytes, bodies: Bodies) -> dict[str, Any]:
    return cast(
        "dict[str, Any]",
        feedparser.parse(
            io.BytesIO(body),  # never the bytes themselves: feedparser would open a file of that name
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=bodies == "clean",
            resolve_relative_uris=False,  # a GUID that was resolved can be told from an address no more
        ),
    )


def _entry(entry: Mapping[str, Any], manner: _Manner) -> FeedEntry:
    published = _moment(entry, "published") or _moment(entry, "created")
    updated = _moment(entry, "updated")
    if published is None and manner.date_is_published:  # dc:date, which feedparser calls an update
        published = updated
    return FeedEntry(
        url=link_of(entry, manner.base),
        guid=_text(entry, "id"),
        title=_plain(entry, "title"),
        author=_author(entry),
        published_at=published.as_utc if published else None,
        updated_at=updated.as_utc if updated else None,
        published_as=published.written if published else _impossible(entry),
        updated_as=updated.written if updated else None,
        summary=_summary(entry, manner),
        content=_content(entry, manner),
        language=_language(entry) or manner.language,
    )


def _summary(entry: Mapping[str, Any], manner: _Manner) -> str | None:
    text = _text(entry, "summary")
    detail = entry.get("summary_detail") or next(iter(_contents(entry)), None)  # feedparser copies one to the other
    return _body(text, detail, manner) if text and manner.bodies != "none" else None


def _content(entry: Mapping[str, Any], manner: _Manner) -> str | None:
    """Return the longest of the contents that an entry carries, by whatever name."""
    if manner.bodies == "none":
        return None
    parts = [(part.get("value"), part) for part in _contents(entry)]
    if manner.bodies == "raw":  # feedparser does not know what these are, and sanitizes none of them
        parts += [(value, {}) for name, value in entry.items() if name.endswith(_FULL_TEXTS)]
    several = [
        _body(text, detail, manner)
        for value, detail in parts
        if isinstance(value, str) and (text := clean(value).strip())
    ]
    return max(several, key=len, default=None)


def _body(text: str, detail: object, manner: _Manner) -> str:
    """Return a summary or a content as it is asked for; what was sanitized is not unescaped any more."""
    said = detail if isinstance(detail, Mapping) else {}
    if manner.bodies == "raw":
        return as_markup(text, is_plain=said.get("type") in _PLAIN_TYPES)
    try:
        base = urljoin(manner.base or "", said.get("base") or "")
    except ValueError:  # what it calls its base is no address
        base = manner.base or ""
    return str(resolve_relative_uris(text, base, "utf-8", "text/html"))


def _contents(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    several = said.get("content")
    return [part for part in several if isinstance(part, Mapping)] if isinstance(several, list) else []


def _language(said: Mapping[str, Any]) -> str | None:
    """Return the language that an entry or a feed declares for itself, as BCP 47 writes it."""
    details = [said.get("summary_detail"), said.get("title_detail"), *_contents(said)]
    several = [said.get("language"), *(detail.get("language") for detail in details if isinstance(detail, Mapping))]
    return next((language for value in several if (language := language_tag(value))), None)


def _author(entry: Mapping[str, Any]) -> str | None:
    several = [name for author in entry.get("authors") or () if (name := _plain(author, "name"))]
    return ", ".join(dict.fromkeys(several)) or next(filter(None, name_of(_plain(entry, "author") or "")), None)


def _moment(entry: Mapping[str, Any], name: str) -> ParsedDate | None:
    """Return a date as its own text tells it: feedparser fills what it cannot read with the day of reading."""
    # dict.get, because feedparser's own `get` answers for `updated` with `published`
    said = dict.get(cast("dict[str, Any]", entry), name)
    return parse_date(clean(said)) if isinstance(said, str) else None


def _impossible(entry: Mapping[str, Any]) -> str | None:
    said = dict.get(cast("dict[str, Any]", entry), "published")
    return impossible_day(clean(said)) if isinstance(said, str) else None


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return clean(value).strip() or None if isinstance(value, str) else None


def _plain(entry: Mapping[str, Any], name: str) -> str | None:
    """Return a field as plain text."""
    value = entry.get(name)
    return plain_title(value) or None if isinstance(value, str) else None


def _what_it_is(body: bytes, text: str, fault: str) -> str:
    """Return in words what a body is that is no feed."""
    head = text[:4096]
    if "<opml" in head.lower():
        return "an OPML list of feeds, not a feed"
    if _HTML.search(head):
        return "an HTML page, not a feed"
    if body.startswith(b"%PDF"):
        return "a PDF file, not a feed"
    if body.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        return "a compressed file, not a feed"
    if "<urlset" in head or "<sitemapindex" in head:
        return "a sitemap, not a feed"
    if not head.startswith("<"):
        return "text without any XML, not a feed"
    return f"XML that is no feed{': ' + fault if fault else ''}"
