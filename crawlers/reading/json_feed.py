"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), which feedparser does not read."""

from __future__ import annotations

import html
import json
from typing import Any

from crawlers.reading.links import absolute
from crawlers.sanitize import clean, language_tag, plain_title
from db.text.dates import ParsedDate, impossible_day, parse_date


def looks_like_json(text: str) -> bool:
    """Return whether a text starts like a JSON document."""
    return text.startswith(("{", "["))


def load(text: str) -> dict[str, Any]:
    """Return the document. Raises ValueError with a reason if it is not a JSON Feed."""
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"broken JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise ValueError("JSON without items")
    return document


def title(document: dict[str, Any]) -> str | None:
    """Return the feed's title."""
    return _plain(document.get("title"))


def kind(document: dict[str, Any]) -> str:
    """Return `json10`, `json11` or, for an unknown version, `json`."""
    version = str(document.get("version") or "").rstrip("/")
    return {"1": "json10", "1.1": "json11"}.get(version.rpartition("/")[2], "json")


def next_url(document: dict[str, Any], base: str | None) -> str | None:
    """Return the absolute URL of the page with older items; None if there is none."""
    url = _string(document.get("next_url"))
    return absolute(url, base) if url else None


def items(document: dict[str, Any], base: str | None) -> list[dict[str, Any]]:
    """Return the fields of each item, in order; an item that is not an object becomes an empty one."""
    base = base or _string(document.get("feed_url")) or _string(document.get("home_page_url")) or ""
    language = language_tag(document.get("language"))
    return [_item(item if isinstance(item, dict) else {}, base, language) for item in document["items"]]


def _item(item: dict[str, Any], base: str, language: str | None) -> dict[str, Any]:
    url = _string(item.get("url")) or _string(item.get("external_url"))
    text = _string(item.get("content_text"))
    published, updated = _moment(item.get("date_published")), _moment(item.get("date_modified"))
    return {
        "url": absolute(url, base) if url else None,
        "guid": _string(item.get("id")),
        "title": _plain(item.get("title")),
        "author": _authors(item),
        "published_at": published.as_utc if published else None,
        "updated_at": updated.as_utc if updated else None,
        "published_as": published.written if published else _impossible(item.get("date_published")),
        "updated_as": updated.written if updated else None,
        "summary": _string(item.get("summary")),
        "content": _string(item.get("content_html")) or (html.escape(text, quote=False) if text else None),
        "language": language_tag(item.get("language")) or language,
    }


def _authors(item: dict[str, Any]) -> str | None:
    several = item.get("authors")
    authors = several if isinstance(several, list) else [item.get("author")]
    names = [_plain(author.get("name") if isinstance(author, dict) else author) for author in authors]
    return ", ".join(dict.fromkeys(filter(None, names))) or None


def _impossible(value: object) -> str | None:
    return impossible_day(clean(str(value))) if isinstance(value, str | int) and value is not False else None


def _moment(value: object) -> ParsedDate | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)  # seconds since 1970, which the specification does not define
    return parse_date(clean(value)) if isinstance(value, str) else None


def _plain(value: object) -> str | None:
    return plain_title(value) or None if isinstance(value, str) else None


def _string(value: object) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # ids are numbers in practice, as the specification warns
    return clean(value).strip() or None if isinstance(value, str) else None
