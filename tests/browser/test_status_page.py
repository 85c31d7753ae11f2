"""The status page in a real browser: it fits the screen, loads its style, and runs nothing that others wrote."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from samplestore import NOON, Sample, store_of
from sqlalchemy import Connection, update
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from webserved import served

from db.collection.feeds.feeds import add_feed, record_network
from db.models import Feed, Source
from db.outcomes import ProblemSeen, record_problems
from web.app import create_app

OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=4000",
)
DEED = "document.title='run'"
RUN = f'<script>{DEED}</script><img src=x onerror="{DEED}"><svg onload="{DEED}">'
ENDLESS = "a" * 300

# Invented: none of this was ever published.
SAMPLES = [
    Sample("https://herald.example/1", title=RUN, text="CSTO.", says=(("CSTO", "csto"),)),
    Sample(
        "https://oasis.example/1", "oasis-wire", title=ENDLESS, published_at=None, copies="https://herald.example/1"
    ),
    Sample("https://meadow.example/1", "meadow.example", title=None, text="Дала туралы бірнеше сөз. " * 20),
]

PROBE = """<!doctype html><title>probe</title><p id="result">none</p>
<iframe id="page" style="width:WIDTHpx;height:20000px;border:0"></iframe>
<script>
fetch("/status").then(answer => answer.text()).then(text => {
  const frame = document.getElementById("page");
  frame.onload = () => {
    const root = frame.contentDocument.documentElement;
    const style = getComputedStyle(frame.contentDocument.querySelector(".tiles")).display;
    document.getElementById("result").textContent = `wide ${root.scrollWidth} tiles ${style}`;
  };
  frame.srcdoc = text.replace("data-again-after", "data-shown-once");
});
</script>"""


@pytest.fixture
def page(sqlite_url: str) -> Iterator[str]:
    """Give the address of a page full of trouble; below it /probe/WIDTH measures the page in a frame."""
    store = store_of(sqlite_url, SAMPLES)

    def trouble(conn: Connection) -> None:
        conn.execute(update(Source).where(Source.id == "oasis-wire").values(name=ENDLESS))
        conn.execute(update(Source).where(Source.id == "meadow.example").values(name=RUN))
        add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOON)
        conn.execute(update(Feed).values(failures=1, polled_at=NOON, last_error=f"{RUN} {ENDLESS}"))
        record_problems(conn, "fetch", [ProblemSeen(f"https://oasis.example/{ENDLESS}", RUN)], at=NOON)
        record_network(conn, f"no network {ENDLESS}", at=NOON)

    store.write(trouble)
    with served(with_probe(create_app(store, now=lambda: NOON))) as address:
        yield address
    store.close()


def with_probe(app: ASGIApp) -> ASGIApp:
    async def probed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/probe/"):
            width = scope["path"].removeprefix("/probe/")
            await HTMLResponse(PROBE.replace("WIDTH", width))(scope, receive, send)
        else:
            await app(scope, receive, send)

    return probed


def look(browser: str, address: str, profile: Path) -> str:
    """Return the document as it stands when the browser has loaded and run all there is."""
    command = [browser, *OPTIONS, f"--user-data-dir={profile}", "--dump-dom", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_nothing_that_others_wrote_is_run(browser_path: str, page: str, tmp_path: Path) -> None:
    document = look(browser_path, f"{page}/status", tmp_path / "profile")
    assert re.findall("<title>(.*?)</title>", document) == ["3 articles – Steppewatch"]
    assert f"&lt;script&gt;{DEED}&lt;/script&gt;" in document
    assert "Outlets cannot be reached" in document


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_page_fits_the_screen(browser_path: str, page: str, tmp_path: Path, width: int) -> None:
    document = look(browser_path, f"{page}/probe/{width}", tmp_path / "profile")
    assert re.findall('<p id="result">(.*?)</p>', document) == [f"wide {width} tiles flex"]
