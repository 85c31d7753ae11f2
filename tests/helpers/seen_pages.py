"""Pages as readers and programs see them: requested from the application, taken apart."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from asgi import Answer, get
from samplestore import ENTITIES, NOON

from db.engine import Database
from db.vocabulary.versions import record_version
from web.app import create_app
from worker.vocabulary.entities import Alias, Entity, Vocabulary

NOW = NOON + timedelta(hours=2)


def load_names(store: Database) -> None:
    """Make a vocabulary with the entities of the samples, and more names for one of them, the current one."""
    aliases = (("CSTO", "en"), ("ОДКБ", "ru"), ("ҰҚШҰ", "kk"))
    entities = [
        Entity(
            id=key,
            type=kind,
            label=label,
            description=f"About {label}",
            aliases=tuple(
                Alias(text=text, language=language, level="name")
                for text, language in (aliases if key == "csto" else ((label, "en"),))
            ),
        )
        for key, (kind, label) in ENTITIES.items()
    ]
    rows = [
        {"id": one.id, "type": one.type, "label": one.label, "wikidata": None, "in_seed": False}
        | {"description": one.description}
        for one in entities
    ]
    content = Vocabulary(entities=tuple(sorted(entities, key=lambda one: one.id))).to_json()
    store.write(lambda conn: record_version(conn, version="3d4e5f", content=content, entities=rows, aliases=6, now=NOW))


def open_page(store: Database, address: str, *, now: datetime = NOW) -> Answer:
    """Return the answer to a request of an address with its parameters."""
    path, _, query = address.partition("?")
    return get(create_app(store, now=lambda: now), unquote(path), query=quote(query, safe="&=%+"))


def read_json(store: Database, address: str, *, now: datetime = NOW) -> Any:
    """Return the JSON of a page."""
    answer = open_page(store, _with_format(address, "json"), now=now)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


def read_csv(store: Database, address: str, *, now: datetime = NOW) -> list[dict[str, str]]:
    """Return the rows of the CSV of a page."""
    answer = open_page(store, _with_format(address, "csv"), now=now)
    assert answer.status == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def _with_format(address: str, format: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}format={format}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[tuple[str, str]] = []
        self._is_in_link = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Keep a tag; a link's words follow."""
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append((dict(attrs).get("href") or "", ""))
            self._is_in_link = True

    def handle_endtag(self, tag: str) -> None:
        """End the words of a link."""
        self._is_in_link = self._is_in_link and tag != "a"

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)
        if self._is_in_link:
            href, words = self.links[-1]
            self.links[-1] = (href, words + data)


def read_words(page: str) -> str:
    """Return the words of a page, white space folded."""
    return re.sub(r"\s+", " ", " ".join(_read(page).words))


def read_links(page: str) -> list[tuple[str, str]]:
    """Return (address, words) of all links of a page."""
    return [(href, " ".join(words.split())) for href, words in _read(page).links]


def read_tags(page: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return the tags of a page with their attributes."""
    return _read(page).tags


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def count_behind(store: Database, address: str) -> int:
    """Return the number of articles in the list that an address of the search leads to, page by page."""
    assert urlsplit(address).path == "/search", address
    count, following = 0, f"{address}{'&' if '?' in address else '?'}limit=200"
    while following:
        part = read_json(store, following.removesuffix("&format=json"))
        count += len(part["articles"])
        following = part["next"] or ""
    return count
