"""Every address that a page of ours links to is a page that exists, and nothing that strangers wrote acts on any."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from asgi import get
from starlette.types import ASGIApp
from webpages import assert_charts_inert, assert_data_inert, assert_inert, elements_of, shown, words_of
from webstore import ALIASES, NOW, full_store

from web.app import create_app

_EACH = 4
"""Pages to read of each kind: those that differ in their numbers only are alike."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ASGIApp]:
    folder: Path = tmp_path_factory.mktemp("site")
    store = full_store(f"sqlite:///{folder / 'steppewatch.db'}")
    yield create_app(store, now=lambda: NOW)
    store.close()


@pytest.mark.slow
def test_all_links_lead_to_pages_on_which_nothing_acts(site: ASGIApp) -> None:
    waiting, known, read = deque(["/"]), {"/"}, dict[str, int]()
    broken = {}
    while waiting:
        address = waiting.popleft()
        path, query = urlsplit(address)[2:4]
        kind = _kind(path, query)
        read[kind] = read.get(kind, 0) + 1
        if read[kind] > _EACH:
            continue
        answer = get(site, unquote(path), query=query)
        if answer.status not in (200, 302):
            broken[address] = answer.status
        kind_of_answer = answer.headers.get("content-type", "")
        assert_data_inert(kind_of_answer, answer.body)
        if kind_of_answer.startswith("text/html"):
            assert_inert(answer.text)
            assert_charts_inert(answer.text)
            for link in _links(answer.text, address):
                if link not in known:
                    known.add(link)
                    waiting.append(link)
    assert broken == {}
    assert {"/", "/search", "/entities", "/compare", "/outlets", "/alerts", "/exports", "/status"} <= {
        kind.partition("?")[0] for kind in read
    }


@pytest.mark.parametrize(
    "address",
    [
        "/search?entity=csto",
        "/search?entity=csto&q=csto&level=name",
        "/entities?q=ОДКБ",
        "/entities?q=javascript",
        "/entities/csto",
        "/entities/tashkent",
        "/entities/tashkent?split=source",
        "/compare?entity=csto&entity=tashkent&entity=turan",
        "/compare?entity=csto&split=source&first=2021-12&second=2022-01",
        "/outlets/oasis-wire",
        "/outlets/meadow.example",
        "/articles/1",
        "/articles/1/revisions",
        "/exports?kind=mentions&since=2021",
        "/status",
    ],
)
def test_names_of_strangers_are_inert_in_every_format(site: ASGIApp, address: str) -> None:
    path, _, query = address.partition("?")
    for format in ("html", "json", "csv", "atom"):
        answer = get(site, path, query=quote(f"{query}&format={format}", safe="&=%+"))
        if format == "atom" and answer.status == 422:
            continue  # a page that lists no articles
        assert answer.status == 200
        assert_data_inert(answer.headers["content-type"], answer.body)
        if format == "html":
            assert_inert(answer.text)
            assert_charts_inert(answer.text)


def test_all_names_of_an_entity_are_shown_as_text(site: ASGIApp) -> None:
    words = words_of(get(site, "/entities/csto").text)
    for text, language in ALIASES:
        assert shown(" ".join(text.split()))[:150] in words, language
    marks = [attrs for _, attrs in elements_of(get(site, "/articles/3").text) if attrs.get("class") == "name"]
    assert marks
    assert all(len(mark["data-about"] or "") < 1_000 for mark in marks)


def _kind(path: str, query: str) -> str:
    """Return the first part of a path, and the names of its parameters."""
    names = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    parts = path.split("/")
    return f"/{parts[1]}{'/…' * (len(parts) - 2)}?{','.join(names)}"


def _links(page: str, base: str) -> Iterator[str]:
    """Yield the addresses on this site that a page links to."""
    for tag, attrs in elements_of(page):
        link = attrs.get("href") or attrs.get("src") or ""
        if tag in ("a", "link", "script", "img") and link.startswith("/") and not link.startswith("//"):
            yield link.partition("#")[0]
        elif tag == "a" and link.startswith("?"):
            yield base.partition("?")[0] + link
