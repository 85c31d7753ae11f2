"""What stands in a page: its words, its elements, and whether anything in it could act."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

Element = tuple[str, dict[str, str | None]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[Element] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def words_of(page: str) -> str:
    """Return what a reader sees of a page, white space folded."""
    return re.sub(r"[ \n]+", " ", " ".join(_read(page).words))


def text_of(page: str) -> str:
    """Return the text of a page or of a part, exactly."""
    return "".join(_read(page).words)


def elements_of(page: str) -> list[Element]:
    """Return the elements of a page with their attributes."""
    return _read(page).elements


def links_of(page: str) -> list[str]:
    """Return the addresses that a page links to."""
    return [attrs.get("href") or "" for tag, attrs in elements_of(page) if tag == "a"]


def part_of(page: str, begin: str, end: str) -> str:
    """Return the part of a page from one text to the next other one."""
    at = page.index(begin)
    return page[at : page.index(end, at)]


def assert_inert(page: str) -> None:
    """Assert that nothing of strangers acts: no script or handler but ours, no address that is not of the web."""
    for tag, attrs in elements_of(page):
        assert not [name for name in attrs if name.startswith("on") or name == "style"], (tag, attrs)
        if tag == "script" and attrs.get("type") != "application/json":
            assert (attrs.get("src") or "").startswith("/static/")
        assert tag not in ("iframe", "object", "embed", "style", "base", "b-test")
        address = (attrs.get("href") or attrs.get("src") or attrs.get("action") or "/").lower()
        assert re.match(r"(https?://|/(?!/)|#|\?)", address), (tag, address)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", page)


def assert_charts_inert(page: str) -> None:
    """Assert that the charts of a page lead to pages of ours only, and that no label hides or reorders anything."""
    for spec in re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL):
        for name, text in _strings(json.loads(spec)):
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), text
            assert name != "href" or re.match(r"[/?](?!/)", text), text
            assert name != "name" or len(text) <= 70, text


def _strings(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, text) of all texts in a value of JSON."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _strings(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, name)


def assert_data_inert(kind: str, body: bytes) -> None:
    """Assert that a page as JSON, CSV or Atom can be read, and that no cell is a formula and no entry has markup."""
    if kind.startswith("application/json"):
        json.loads(body)
    elif kind.startswith("text/csv"):
        for cell in (cell for row in csv.reader(io.StringIO(body.decode(), newline="")) for cell in row):
            is_number = re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)
            assert is_number or not cell.lstrip().startswith(("=", "+", "-", "@")), cell
    elif kind.startswith("application/atom+xml"):
        for element in ElementTree.fromstring(body).iter():
            assert element.tag.startswith("{http://www.w3.org/2005/Atom}"), element.tag
            assert element.get("type", "text") in ("text", "application/atom+xml"), element.attrib
            assert re.match(r"https?://|/|$", element.get("href", "")), element.attrib


HOSTILE = "</title></script></a><script>document.title='run'</script><img src=x onerror=\"alert('x')\"><b-test>"
"""Words of a stranger that would act on a page that trusts them."""
BIDI = "\u202eesrever\u2066 \u200f\u061c"
LONG_WORD = "Ж" * 10_000
CONTROLS = "\x00\x1b[31m\x7f\x85 &lt; ' \""


def shown(text: str) -> str:
    """Return a text as pages show it: with another character for each control character."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text)
