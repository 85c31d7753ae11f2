"""Servers that are a little wrong are read as a browser reads them, by the real crawler."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import quote

from courier import Reply, Site, captures, settings_for, store_for
from sqlalchemy import select

from crawlers.crawl_once import collect_once
from crawlers.fetch_urls import fetch_once
from db.models import Page
from db.settings import Settings

HTML = {"Content-Type": "text/html"}


def test_a_cookie_that_a_redirect_sets_is_sent_back(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/self", "/bounce", "/proud")
    feed = site.pages["/feed.xml"]
    again = {"Location": "/feed.xml", "Set-Cookie": "feed=1; Path=/"}
    site.pages["/feed.xml"] = Reply(feed.body, 200, feed.headers, needs="feed=1", otherwise=Reply(b"", 302, again))
    page = {"Location": site.url("/self"), "Set-Cookie": "seen=1; Path=/"}
    site.pages["/self"] = Reply(b"<p>words", 200, HTML, needs="seen=1", otherwise=Reply(b"", 302, page))
    site.pages["/bounce"] = Reply(b"<p>bounced", 200, HTML, needs="tok=", otherwise=Reply(b"", 307, {"Location": "/t"}))
    site.pages["/t"] = Reply(b"", 303, {"Location": "/bounce", "Set-Cookie": "tok=1; Path=/"})
    # sends round for ever
    site.pages["/proud"] = Reply(b"", 302, {"Location": "/proud", "Set-Cookie": "seen=2; Path=/"})
    counts = collect_once(settings)
    assert counts == {"poll: changed": 1, "entry: new": 3, "fetch: captured": 2, "fetch: redirects": 1}
    assert {(row.url, row.body_hash is not None) for row in captures(database) if row.size} == {
        (site.url("/self"), True), (site.url("/bounce"), True),
    }  # fmt: skip
    assert site.asked("/proud") == 2


PAGE = b"<!doctype html><html><title>Pass</title><p>Patrols met at the pass.</p></html>"


def collected(site: Site, folder: Path) -> dict[str, tuple[str, bytes]]:
    """Return for each page of the feed what came of it, and the body that was captured, as the real crawler has it."""
    settings = settings_for(site, folder, fetch_timeout_s=5)
    database = store_for(settings, site.url("/feed.xml"))
    collect_once(settings)
    bodies = {row.page_id: zlib.decompress(row.body) for row in captures(database) if row.size}
    with database.reading() as conn:
        pages = conn.execute(select(Page.id, Page.url, Page.last_outcome)).all()
    return {url.removeprefix(site.url("")): (outcome, bodies.get(page_id, b"")) for page_id, url, outcome in pages}


def test_whatever_a_server_says_of_a_page_the_page_is_read(site: Site, tmp_path: Path) -> None:
    good = {
        "/twice": Reply(PAGE, headers={"Content-Type": "text/html, text/html"}),
        "/html": Reply(PAGE, headers={"Content-Type": "html"}),
        "/octets": Reply(PAGE, headers={"Content-Type": "application/octet-stream"}),
        "/php": Reply(PAGE, headers={"Content-Type": "application/x-httpd-php"}),
        "/json": Reply(PAGE, headers={"Content-Type": "application/json"}),
        "/nothing": Reply(PAGE),
        "/page.gz": Reply(gzip.compress(PAGE), headers={"Content-Type": "application/gzip"}),
        "/double": Reply(gzip.compress(gzip.compress(PAGE)), headers={**HTML, "Content-Encoding": "gzip"}),
        "/long": Reply(PAGE, headers={**HTML, "Content-Length": "5000"}),
        "/longer": Reply(
            gzip.compress(PAGE[:-7]), headers={**HTML, "Content-Encoding": "gzip", "Content-Length": "999"}
        ),
    }
    bad = {
        "/cut": Reply(PAGE[:60], headers={**HTML, "Content-Length": "5000"}),
        "/pdf": Reply(b"%PDF-1.7 words", headers=HTML),
        "/busy": Reply(b'{"error": "busy"}', headers={"Content-Type": "application/json"}),
    }
    site.pages |= good | bad
    site.feed(*good, *bad)
    feed = site.pages["/feed.xml"]
    site.pages["/feed.xml"] = Reply(gzip.compress(feed.body), headers={"Content-Type": "application/x-gzip"})
    site.pages["/robots.txt"] = Reply(b"User-agent: *\nAllow: /\n", headers={"Content-Length": "400"})
    found = collected(site, tmp_path)
    assert {path: found[path] for path in good} == {
        path: ("captured", PAGE[:-7] if path == "/longer" else PAGE) for path in good
    }
    assert {path: found[path][0] for path in bad} == {"/cut": "broken", "/pdf": "not a page", "/busy": "not a page"}


def test_a_redirect_is_followed_however_it_is_written(site: Site, tmp_path: Path) -> None:
    raw = {
        "/utf-8": site.url("/жаңалық").encode(),
        "/cp1251": "/новости?q=мир".encode("cp1251"),
        "/relative": b"there",
        "/no-scheme": site.url("/there").removeprefix("http:").encode(),
        "/spaces": b"  /there ",
        "/backslashes": site.url("\\there").encode(),
    }
    moved = {path: Reply(status=302, headers={"Location": to.decode("latin-1")}) for path, to in raw.items()}
    sends_on = b"<html><meta http-equiv='refresh' content='0; url=/there'></html>"
    site.pages |= {
        **moved,
        "/refresh": Reply(sends_on, headers=HTML),
        "/header": Reply(PAGE, 200, {"Refresh": "0; url=/there"}),
    }
    site.pages["/round"] = Reply(sends_on.replace(b"/there", b"/round2"), headers=HTML)
    site.pages["/round2"] = Reply(sends_on.replace(b"/there", b"/round"), headers=HTML)
    site.pages["/inside"] = Reply(sends_on.replace(b"/there", b"http://10.0.0.1/"), headers=HTML)
    for path in ("/there", quote("/жаңалық"), quote("/новости", encoding="cp1251") + "?q=%EC%E8%F0"):
        site.pages[path] = Reply(PAGE, headers=HTML)
    site.feed(*raw, "/refresh", "/header", "/round", "/inside")
    found = collected(site, tmp_path)
    assert {path: found[path] for path in (*raw, "/refresh", "/header")} == {
        path: ("captured", PAGE) for path in (*raw, "/refresh", "/header")
    }
    assert (found["/round"][0], found["/inside"][0]) == ("redirects", "refused")


ENDLESS = {
    "/several": ("Content-Length: 5000", f"Content-Length: {len(PAGE)}"),
    "/twice": (f"Content-Length: {len(PAGE)}, {len(PAGE)}",),
    "/words": ("Content-Length: many",),
    "/negative": ("Content-Length: -1",),
    "/empty": ("Content-Length: ",),
    "/identity": ("Transfer-Encoding: identity",),
    "/none": ("Transfer-Encoding: none", f"Content-Length: {len(PAGE)}"),
    "/no-colon": ("no colon here",),
    "/nothing": (),
}
"""Headers that do not say where the body ends, each answered to one path."""


@contextmanager
def speaking() -> Iterator[int]:
    """Answer with such headers, word by word, and close the connection; yield the port."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            lines = ("HTTP/1.1 200 OK", "Content-Type: text/html", *ENDLESS.get(path, ()), "", "")
            self.wfile.write("\r\n".join(lines).encode() + PAGE)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def test_a_body_of_unknown_length_goes_on_until_the_connection_closes(tmp_path: Path) -> None:
    with speaking() as port:
        settings = Settings(
            data_dir=tmp_path, allow_private_hosts=f"127.0.0.1:{port}", fetch_timeout_s=5, host_delay_s=0
        )
        answers = fetch_once(settings, [f"http://127.0.0.1:{port}{path}" for path in ENDLESS])
    found = {path: (answer.trouble, answer.body) for path, answer in zip(ENDLESS, answers, strict=True)}
    assert found == dict.fromkeys(ENDLESS, (None, PAGE))


def _with_headers(*lines: bytes) -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", b"Content-Type: text/html", *lines, b"", b"")) + PAGE


HOSTILE = {
    "/sixty": [_with_headers(b"Content-Encoding: " + b", ".join([b"br"] * 60)) + bytes(200)],
    "/sixty-headers": [_with_headers(*[b"Content-Encoding: gzip"] * 60) + gzip.compress(gzip.compress(bytes(99)))],
    "/three": [_with_headers(b"Content-Encoding: gzip, gzip, gzip")[: -len(PAGE)] + gzip.compress(
        gzip.compress(gzip.compress(PAGE)))],
    "/megabytes": [_with_headers(*[b"X-%d: " % at + b"x" * 1000 for at in range(10_000)])],
    "/one-line": [b"HTTP/1.1 200 OK\r\nX: ", *[b"x" * 65_536] * 160],
    "/no-end": [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n" * 1_000] * 2_000],
    "/folded": [b"HTTP/1.1 200 OK\r\nX: y\r\n", *[b" z\r\n" * 1_000] * 2_000],
    "/continue": [*[b"HTTP/1.1 100 Continue\r\n\r\n" * 100] * 2_000],
    "/no-line": [b"x" * 65_536] * 160,
}  # fmt: skip
"""Answers that would never end, or be unpacked sixty times, in the pieces in which they are sent."""


@contextmanager
def hostile() -> Iterator[int]:
    """Answer so, and yield the port; the other paths of the server are a page."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            try:
                for piece in HOSTILE.get(path, [_with_headers()]):
                    self.wfile.write(piece)
            except OSError:
                return  # it was cut off

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def test_heads_without_an_end_and_bodies_packed_many_times_cost_one_failure_each(tmp_path: Path) -> None:
    paths = [*HOSTILE, "/good"]
    with hostile() as port:
        settings = Settings(
            data_dir=tmp_path, allow_private_hosts=f"127.0.0.1:{port}", fetch_timeout_s=10, host_delay_s=0
        )
        answers = fetch_once(settings, [f"http://127.0.0.1:{port}{path}" for path in paths])
    found = {path: answer.trouble for path, answer in zip(paths, answers, strict=True)}
    assert found.pop("/good") is None
    assert {path: trouble and trouble.kind for path, trouble in found.items()} == dict.fromkeys(HOSTILE, "broken")
    reasons = {path: trouble.reason for path, trouble in found.items() if trouble}
    assert "packed 60 times over" in reasons["/sixty"]
    assert "packed 3 times over" in reasons["/three"]
    assert all("more than 1,000 headers" in reasons[path] for path in ("/megabytes", "/no-end", "/folded", "/continue"))
    assert "a header of more than 16,384 bytes" in reasons["/one-line"]
