"""Parser of feeds. Pure: uses no network, resolves no external entities."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast
from urllib.parse import urljoin

import feedparser
from feedparser.urls import resolve_relative_uris

from crawlers.reading import json_feed
from crawlers.reading.authors import parse_author, patch_feedparser
from crawlers.reading.defused_xml import Monster, defuse, refuse_monsters
from crawlers.reading.hubs import HubLinks, feed_links, json_links
from crawlers.reading.links import find_link, find_older
from crawlers.reading.other_bodies import describe_body
from crawlers.reading.text import feed_text, to_xml
from crawlers.sanitize import as_markup, clean, language_tag, plain_title, without_tags
from crawlers.scheduling.hints import FeedHints, read_hints
from db.text.dates import ParsedDate, impossible_day, parse_date

MAX_BYTES = 20_000_000
MAX_ENTRIES = 10_000
_PLAIN_TYPES = frozenset({"text/plain", "text"})
_FULL_TEXTS = ("_full-text", "_fulltext", "turbo_content", "full-text", "fulltext")
"""Endings of element names in which feeds for search engines carry the whole article."""
_SKIPPED_WITHIN = 100_000
"""Characters at the start of a feed among which the hours and days to skip are looked for."""
_SKIPPED = {
    "hours": re.compile(r"<skipHours>([^&]{0,2000}?)</skipHours>", re.IGNORECASE),
    "days": re.compile(r"<skipDays>([^&]{0,2000}?)</skipDays>", re.IGNORECASE),
}
_HOUR, _DAY = re.compile(r"<hour>([^<]{0,20})<", re.IGNORECASE), re.compile(r"<day>([^<]{0,20})<", re.IGNORECASE)

patch_feedparser()

Bodies: TypeAlias = Literal["clean", "raw", "none"]


_NO_XML = b"-"
"""Prefix that makes feedparser use its tolerant parser."""


class NotAFeed(ValueError):
    """The body is not a feed; the message says what it is instead."""


@dataclass(frozen=True, slots=True)
class _Options:
    """Options for the entries of one feed: base URL, handling of bodies, and defaults from the feed."""

    base: str | None
    bodies: Bodies
    date_is_published: bool
    language: str | None


class _UnknownXml(Exception):
    """XML without a feed; the text is the parser's message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry of a feed. Instants are aware UTC; `title` is plain text, `summary` and `content` HTML.

    `language` is declared by the entry, else by its feed.
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
    """The date exactly as in the entry, in ISO 8601: a day, a time without zone, or an instant with its own offset.

    A day without `published_at` is out of range: before 1990 or after 2100.
    """
    updated_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A parsed feed; `kind` is `rss20`, `atom10`, `json11` …, `problems` are remarks on its faults."""

    title: str | None
    entries: tuple[FeedEntry, ...]
    kind: str
    problems: tuple[str, ...] = ()
    hints: FeedHints = field(default_factory=FeedHints)
    next_url: str | None = None
    """The page with older entries: RFC 5005, also in RSS, or `next_url` of a JSON Feed."""
    hub_links: HubLinks = field(default_factory=HubLinks)

    @property
    def compared(self) -> tuple[FeedEntry, ...]:
        """The entries that the next poll is compared with."""
        return self.entries


def parse_feed(
    body: bytes, *, url: str | None = None, content_type: str | None = None, bodies: Bodies = "clean"
) -> ParsedFeed:
    """Return the feed in `body` with all entries in order, including those without a link or with a repeated GUID.

    Relative links are resolved against `url`. Summaries and contents are `clean` (sanitized, with links resolved, at
    twice the cost), `raw` (as in the feed) or `none` (omitted). Truncations (size, number of entries) are listed in
    `problems`. Raises NotAFeed with a reason if it is not an RSS, Atom, RDF or JSON feed.
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
        feed = _read_json(text, url) if json_feed.looks_like_json(text) else _read_xml(text, url, bodies, problems)
    except _UnknownXml as unknown:
        raise NotAFeed(describe_body(body, text, str(unknown))) from unknown
    if len(feed.entries) > MAX_ENTRIES:
        problems.append(f"only the first {MAX_ENTRIES:,} of {len(feed.entries):,} entries are used")
    return replace(feed, entries=feed.entries[:MAX_ENTRIES], problems=tuple(problems))


def _read_json(text: str, url: str | None) -> ParsedFeed:
    try:
        document = json_feed.load(text)
        entries = [FeedEntry(**item) for item in json_feed.items(document, url)]
    except ValueError as error:
        raise NotAFeed(str(error)) from error
    return ParsedFeed(
        title=json_feed.title(document),
        entries=tuple(entries),
        kind=json_feed.kind(document),
        next_url=json_feed.next_url(document, url),
        hub_links=json_links(document, url),
    )


def _read_xml(text: str, url: str | None, bodies: Bodies, problems: list[str]) -> ParsedFeed:
    body = defuse(to_xml(text, problems), problems)
    try:
        refuse_monsters(body)
    except Monster as monster:
        raise NotAFeed(str(monster)) from monster
    try:
        parsed = _run_feedparser(body, bodies)
    # its strict parser fails, for example on a namespace with a blank in its name; the tolerant one continues
    except Exception:
        parsed = _run_feedparser(_NO_XML + body, bodies)
    kind, entries = str(parsed.get("version") or ""), parsed["entries"]
    fault = parsed.get("bozo_exception") if parsed.get("bozo") else None
    message = without_tags(str(fault))[:200] if fault else ""
    if not kind and not entries:
        raise _UnknownXml(message)
    if fault:
        problems.append(f"not well-formed: {message}")
    options = _Options(
        base=url,
        bodies=bodies,
        date_is_published=not kind.startswith("atom"),
        language=_language(parsed["feed"]),
    )
    return ParsedFeed(
        title=_plain(parsed["feed"], "title"),
        entries=tuple(_entry(entry, options) for entry in entries),
        kind=kind or "unknown",
        hints=_hints(parsed["feed"], text),
        next_url=find_older(parsed["feed"], url),
        hub_links=feed_links(parsed["feed"], url),
    )


def _hints(feed: Mapping[str, Any], text: str) -> FeedHints:
    """Return the feed's hints; feedparser keeps only the last of several hours or days."""
    skipped = {name: block[1] for name, form in _SKIPPED.items() if (block := form.search(text, 0, _SKIPPED_WITHIN))}
    return read_hints(
        ttl=_text(feed, "ttl"),
        period=_text(feed, "sy_updateperiod"),
        frequency=_text(feed, "sy_updatefrequency"),
        hours=_HOUR.findall(skipped.get("hours", "")),
        days=_DAY.findall(skipped.get("days", "")),
    )


def _run_feedparser(body: bytes, bodies: Bodies) -> dict[str, Any]:
    return cast(
        "dict[str, Any]",
        feedparser.parse(
            io.BytesIO(body),  # not the bytes: feedparser would open a file of that name
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=bodies == "clean",
            resolve_relative_uris=False,  # a resolved GUID would look like a URL
        ),
    )


def _entry(entry: Mapping[str, Any], options: _Options) -> FeedEntry:
    published = _moment(entry, "published") or _moment(entry, "created")
    updated = _moment(entry, "updated")
    if published is None and options.date_is_published:  # dc:date, which feedparser treats as an update
        published = updated
    return FeedEntry(
        url=find_link(entry, options.base),
        guid=_text(entry, "id"),
        title=_plain(entry, "title"),
        author=_author(entry),
        published_at=published.as_utc if published else None,
        updated_at=updated.as_utc if updated else None,
        published_as=published.written if published else _impossible(entry),
        updated_as=updated.written if updated else None,
        summary=_summary(entry, options),
        content=_content(entry, options),
        language=_language(entry) or options.language,
    )


def _summary(entry: Mapping[str, Any], options: _Options) -> str | None:
    text = _text(entry, "summary")
    detail = entry.get("summary_detail") or next(iter(_contents(entry)), None)  # feedparser copies one to the other
    return _body(text, detail, options) if text and options.bodies != "none" else None


def _content(entry: Mapping[str, Any], options: _Options) -> str | None:
    """Return the longest of the contents of an entry, whatever their element names."""
    if options.bodies == "none":
        return None
    parts = [(part.get("value"), part) for part in _contents(entry)]
    if options.bodies == "raw":  # feedparser does not know and does not sanitize these elements
        parts += [(value, {}) for name, value in entry.items() if name.endswith(_FULL_TEXTS)]
    several = [
        _body(text, detail, options)
        for value, detail in parts
        if isinstance(value, str) and (text := clean(value).strip())
    ]
    return max(several, key=len, default=None)


def _body(text: str, detail: object, options: _Options) -> str:
    """Return a summary or content in the requested form; sanitized text is not unescaped again."""
    attributes = detail if isinstance(detail, Mapping) else {}
    if options.bodies == "raw":
        return as_markup(text, is_plain=attributes.get("type") in _PLAIN_TYPES)
    try:
        base = urljoin(options.base or "", attributes.get("base") or "")
    except ValueError:  # the declared base is not a valid URL
        base = options.base or ""
    return str(resolve_relative_uris(text, base, "utf-8", "text/html"))


def _contents(element: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    several = element.get("content")
    return [part for part in several if isinstance(part, Mapping)] if isinstance(several, list) else []


def _language(element: Mapping[str, Any]) -> str | None:
    """Return the language that an entry or feed declares, as BCP 47."""
    details = [element.get("summary_detail"), element.get("title_detail"), *_contents(element)]
    several = [element.get("language"), *(detail.get("language") for detail in details if isinstance(detail, Mapping))]
    return next((language for value in several if (language := language_tag(value))), None)


def _author(entry: Mapping[str, Any]) -> str | None:
    several = [name for author in entry.get("authors") or () if (name := _plain(author, "name"))]
    return ", ".join(dict.fromkeys(several)) or next(filter(None, parse_author(_plain(entry, "author") or "")), None)


def _moment(entry: Mapping[str, Any], name: str) -> ParsedDate | None:
    """Return a date parsed from its own text: feedparser fills unreadable parts with the current day."""
    # dict.get, because feedparser's own `get` falls back from `updated` to `published`
    text = dict.get(cast("dict[str, Any]", entry), name)
    return parse_date(clean(text)) if isinstance(text, str) else None


def _impossible(entry: Mapping[str, Any]) -> str | None:
    text = dict.get(cast("dict[str, Any]", entry), "published")
    return impossible_day(clean(text)) if isinstance(text, str) else None


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return clean(value).strip() or None if isinstance(value, str) else None


def _plain(entry: Mapping[str, Any], name: str) -> str | None:
    """Return a field as plain text."""
    value = entry.get(name)
    return plain_title(value) or None if isinstance(value, str) else None
