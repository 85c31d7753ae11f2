"""Charts in a page: the spec is data, whatever it says, and the script that draws is kept by browsers."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from asgi import get
from chartsamples import HOSTILE, every_spec
from samplestore import empty_store

from db.engine import Database
from web.answers import render
from web.answers.render import chart_script_address
from web.app import create_app
from web.charts.bundle import bundle_name
from web.charts.sparkline import draw_sparkline

PAGE = '{% from "chart.html" import chart, chart_head %}{{ chart_head() }}{{ chart(spec, still, label, "series") }}'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


class Reader(HTMLParser):
    """What a browser makes of a page: its elements, and the text of its data scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements[-1] == ("script", {"type": "application/json"}):
            self.data.append(data)


@pytest.mark.parametrize("spec", every_spec(HOSTILE), ids=lambda spec: spec["description"][:12])
def test_a_chart_is_a_sparkline_with_its_spec_as_data(spec: dict[str, Any]) -> None:
    still = draw_sparkline([1, 2], label=HOSTILE)
    page = Reader(render._templates.from_string(PAGE).render(spec=spec, still=still, label=HOSTILE))
    assert json.loads("".join(page.data)) == spec
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert scripts == [{"src": "/static/chart.js", "defer": None}, {"type": "application/json"}]
    assert [tag for tag, _ in page.elements] == [
        "link", "script", "figure", "div", "svg", "title", "path", "div", "figcaption", "script",
    ]  # fmt: skip
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in names if name == "style" or name.startswith("on")]


@pytest.mark.slow
def test_browsers_get_the_script_once_and_keep_it(store: Database, tmp_path: Path) -> None:
    app = create_app(store, cache=tmp_path / "cache")
    answer = get(app, chart_script_address())
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert b"vegaEmbed" in answer.body
    headers = ((b"host", b"127.0.0.1"), (b"accept-encoding", b"gzip, br"))
    packed = get(app, chart_script_address(), headers=headers)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == answer.body


def test_no_other_file_of_the_cache_is_served(store: Database, tmp_path: Path) -> None:
    (tmp_path / "vega-0000000000000000.js").write_text("old")
    (tmp_path / "tagging.tables").write_text("secret")
    app = create_app(store, cache=tmp_path)
    for name in ("vega-0000000000000000.js", "tagging.tables", "..%2ftagging.tables", f"{bundle_name()}.gz"):
        assert get(app, f"/charts/{name}").status == 404
    assert get(create_app(store), chart_script_address()).status == 404


def test_the_script_of_pages_evaluates_nothing_and_writes_no_markup() -> None:
    script = (Path(__file__).parents[4] / "web" / "static" / "chart.js").read_text("utf-8")
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?://", script
    )
