"""The real crawler process against a small site on this machine. Everything the site says is invented."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from material import ROOT
from sqlalchemy import insert, select, update

from crawlers.collect_once import collect_once
from crawlers.once import fetch_once
from db.engine import Database
from db.feeds import add_feed, count_feeds, find_network_problem
from db.models import Base, Capture, Feed, Page, Problem, Source
from db.settings import Settings
from worker.setup import prepare

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    """Waited before each of ten parts of the body."""


@dataclass
class Site:
    """Serves what is in `pages`, honours ETags as a server does, and remembers who asked for what and when."""

    port: int
    pages: dict[str, Reply] = field(default_factory=dict)
    requests: list[tuple[float, str]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def feed(self, *links: str, path: str = "/feed.xml", **headers: str) -> None:
        items = "".join(
            f"<item><title>About {link}</title><link>{link if '://' in link else self.url(link)}</link>"
            f"<author>Ann</author><pubDate>Thu, 06 Jan 2022 10:00:00 GMT</pubDate></item>"
            for link in links
        )
        body = f'<rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'
        self.pages[path] = Reply(body.encode(), headers={"Content-Type": "application/rss+xml", **headers})

    def page(self, path: str, text: str = "words", **headers: str) -> None:
        self.pages[path] = Reply(f"<p>{text}</p>".encode(), headers={"Content-Type": "text/html", **headers})

    def asked(self, path: str) -> int:
        return sum(asked == path for _, asked in self.requests)


@contextmanager
def serving() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.requests.append((time.monotonic(), self.path))
            reply = site.pages.get(self.path, Reply(status=404))
            etag = reply.headers.get("ETag")
            is_known = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if is_known else reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if not is_known:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                self._send(b"" if is_known else reply.body, reply.delay_s)
            except OSError:  # the crawler has had enough
                self.close_connection = True

        def _send(self, body: bytes, delay_s: float) -> None:
            step = max(1, len(body) // 10)
            for start in range(0, len(body), step):
                time.sleep(delay_s)
                self.wfile.write(body[start : start + step])

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(name="site")
def running_site() -> Iterator[Site]:
    with serving() as served:
        yield served


def settings_for(site: Site, folder: Path, database_url: str = "", **more: Any) -> Settings:
    usual = {"host_delay_s": 0.02, "fetch_timeout_s": 20, "allow_private_hosts": f"127.0.0.1:{site.port}", "lease_s": 5}
    return Settings(data_dir=folder, database_url=database_url, **{**usual, **more})


def environment_of(settings: Settings) -> dict[str, str]:
    values = settings.model_dump(mode="json")
    return {**os.environ, **{f"STEPPEWATCH_{name.upper()}": str(value) for name, value in values.items()}}


def store_for(settings: Settings, *feeds: str) -> Database:
    database = Database(settings.database)
    Base.metadata.create_all(database.engine)
    source = {"id": "courier", "name": "Courier", "languages": [], "origin": "person", "added_at": LONG_AGO}
    database.write(lambda conn: conn.execute(insert(Source), [source]))
    for url in feeds:
        database.write(lambda conn, url=url: add_feed(conn, source_id="courier", url=url, now=LONG_AGO))  # type: ignore[misc]  # a default
    return database


def captures(database: Database) -> list[Capture]:
    with database.reading() as conn:
        return list(conn.execute(select(Capture.__table__).order_by(Capture.id)))  # type: ignore[arg-type]  # rows of it


def look_again(database: Database) -> None:
    """Make all pages due, as if the time had come."""
    database.write(lambda conn: conn.execute(update(Page).values(next_fetch_at=LONG_AGO)))


# one feed, followed


def test_a_feed_is_followed_to_captures(site: Site, tmp_path: Path, database_url: str) -> None:
    settings = settings_for(site, tmp_path, database_url)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1", "/2?utm_source=rss")
    site.page("/1")
    site.page("/2?utm_source=rss", "other words")
    said: list[str] = []
    counts = collect_once(settings, progress=said.append)
    assert counts == {"poll: changed": 1, "entry: new": 2, "fetch: captured": 2}
    assert sorted(said) == [
        f"{site.url('/1')}: captured",
        f"{site.url('/2?utm_source=rss')}: captured",
        f"{site.url('/feed.xml')}: 2 entries",
    ]
    first = next(capture for capture in captures(database) if capture.url == site.url("/1"))
    assert first.hints == {"title": "About /1", "author": "Ann", "published_at": "2022-01-06T10:00:00+00:00"}
    assert (first.source_id, first.content_type, first.stage, first.size) == ("courier", "text/html", "fetched", 12)


def test_what_has_not_changed_is_asked_for_with_validators_and_not_stored_again(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"), site.url("/plain.xml"))
    site.feed("/1", ETag='"feed"')
    site.feed("/2", path="/plain.xml")
    site.page("/1", ETag='"page"')
    site.page("/2")
    collect_once(settings)
    look_again(database)
    assert collect_once(settings) == {"poll: unchanged": 2, "fetch: unchanged": 2}
    assert len(captures(database)) == 2
    assert [site.asked(path) for path in ("/feed.xml", "/1", "/2")] == [2, 2, 2]


def test_a_silent_edit_is_a_second_capture(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1", ETag='"feed"')
    site.page("/1", "the minister resigned", ETag='"1"')
    collect_once(settings)
    site.page("/1", "the minister stays", ETag='"2"')
    look_again(database)
    assert collect_once(settings)["fetch: captured"] == 1
    assert len({capture.body_hash for capture in captures(database)}) == 2
    assert {capture.page_id for capture in captures(database)} == {1}


def test_requests_to_one_host_keep_their_distance(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path, host_delay_s=0.3)
    store_for(settings, site.url("/feed.xml"), site.url("/other.xml"))
    site.feed("/1", "/2", "/moved")
    site.feed("/3", path="/other.xml")
    for path in ("/1", "/2", "/3"):
        site.page(path)
    site.pages["/moved"] = Reply(status=301, headers={"Location": "/1"})
    collect_once(settings)
    times = [at for at, _ in site.requests]
    assert len(times) == 8  # robots.txt, two feeds, four pages, one redirect
    assert min(later - sooner for sooner, later in pairwise(times)) > 0.3 - 0.05


def test_crawl_once_collects_and_understands(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    site.feed("/1")
    site.page("/1", "The ministers of Kazakhstan and Turkey met in the old customs house on the lake. " * 5)
    database = Database(settings.database)
    prepare(database, now=LONG_AGO)
    database.write(lambda conn: conn.execute(update(Feed).values(state="paused")))
    source_id = database.write(lambda conn: conn.scalar(select(Source.id).limit(1)))
    database.write(lambda conn: add_feed(conn, source_id=source_id or "", url=site.url("/feed.xml"), now=LONG_AGO))
    command = [sys.executable, "-m", "cli.main", "crawl", "--once", "--source", source_id or "", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env=environment_of(settings), stdout=subprocess.PIPE, check=True)
    assert json.loads(done.stdout) == {
        "poll": {"changed": 1},
        "entry": {"new": 1},
        "fetch": {"captured": 1},
        "understand": {"new": 1},
    }


# everything that can be wrong with a site, met in one run


@dataclass(frozen=True)
class Harvest:
    site: Site
    counts: dict[str, int]
    pages: dict[str, tuple[str, str | None, str | None]]
    """State, outcome and reason of each page, by the end of its address."""
    problems: dict[tuple[str, str], str]
    captured: frozenset[str]


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    with serving() as site:
        settings = settings_for(
            site, tmp_path_factory.mktemp("bad"), fetch_timeout_s=1.5, fetch_max_bytes=300_000, redirects_max=3
        )
        wrong = {
            "/html.xml": Reply(b"<!DOCTYPE html><html><body>Not found"),
            "/empty.xml": Reply(b""),
            "/down.xml": Reply(status=503, headers={"Retry-After": "86400"}),
            "/ended.xml": Reply(status=410),
        }
        database = store_for(settings, site.url("/feed.xml"), *map(site.url, wrong))
        html = {"Content-Type": "text/html"}
        site.pages |= wrong
        site.pages |= {
            "/robots.txt": Reply(b"User-agent: *\nDisallow: /secret\n"),
            "/to-private": Reply(status=302, headers={"Location": "http://10.1.2.3/inside"}),
            "/to-loopback": Reply(status=302, headers={"Location": "http://localhost/admin"}),
            "/to-file": Reply(status=302, headers={"Location": "file:///etc/passwd"}),
            "/to-secret": Reply(status=302, headers={"Location": "/secret/plan"}),
            "/loop": Reply(status=302, headers={"Location": "/loop2"}),
            "/loop2": Reply(status=302, headers={"Location": "/loop"}),
            **{f"/chain{n}": Reply(status=302, headers={"Location": f"/chain{n + 1}"}) for n in range(9)},
            "/bomb": Reply(gzip.compress(b"x" * 20_000_000), headers={**html, "Content-Encoding": "gzip"}),
            "/huge": Reply(b"x" * 1_000_000, headers=html),
            "/broken": Reply(b"this is not gzip", headers={**html, "Content-Encoding": "gzip"}),
            "/packed": Reply(b"....", headers={**html, "Content-Encoding": "snappy"}),
            "/slow": Reply(b"<p>" + b"slow " * 100, headers=html, delay_s=0.6),
            "/sound": Reply(b"RIFF", headers={"Content-Type": "audio/mpeg"}),
            "/void": Reply(b"  ", headers=html),
            "/ill": Reply(status=500),
        }
        site.page("/good")
        names = [path for path in site.pages if path.count("/") == 1 and "." not in path and path != "/loop2"]
        links = [path for path in names if not path.startswith("/chain")]
        site.feed(
            *links,
            "/chain0",
            "/missing",
            "/secret/plan",
            "/good",
            "http://10.0.0.1/x",
            "https:///no-host",
            "mailto:editor@courier.kz",
        )
        counts = collect_once(settings)
        with database.reading() as conn:
            found = conn.execute(select(Page.url, Page.state, Page.last_outcome, Page.last_error)).all()
            problems = conn.execute(select(Problem.stage, Problem.subject, Problem.reason)).all()
            captured = frozenset(conn.scalars(select(Capture.url)))
        yield Harvest(
            site,
            counts,
            {url.removeprefix(site.url("")): (state, outcome, reason) for url, state, outcome, reason in found},
            {(stage, subject.removeprefix(site.url(""))): reason for stage, subject, reason in problems},
            captured,
        )


@pytest.mark.parametrize(
    ("path", "state", "outcome", "reason"),
    [
        ("/secret/plan", "refused", "robots", "robots.txt forbids it"),
        ("/to-secret", "refused", "robots", "robots.txt forbids it"),
        ("/to-private", "refused", "refused", "refused: private address 10.1.2.3"),
        ("/to-loopback", "refused", "refused", "refused: loopback address 127.0.0.1"),
        ("/to-file", "active", "redirects", "the server answered 302 without an address that can be followed"),
        ("/loop", "active", "redirects", "redirect loop at {}/loop"),
        ("/chain0", "active", "redirects", "too many redirects (more than 3)"),
        ("/bomb", "active", "too large", "larger than 0.3 MB after decompression"),
        ("/huge", "active", "too large", "larger than 0.3 MB"),
        ("/broken", "active", "broken", "the response could not be read: Not a gzipped file (b'th')"),
        ("/packed", "active", "broken", "compressed in a way that cannot be read: snappy"),
        ("/slow", "active", "timed out", "timed out after 1.5 s"),
        ("/sound", "refused", "not a page", "audio/mpeg where a page was expected"),
        ("/void", "active", "empty", "an empty body"),
        ("/ill", "active", "server error", "the server answered 500"),
        ("/missing", "active", "missing", "the server answered 404: it is not there"),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_had_says_why(harvest: Harvest, path: str, state: str, outcome: str, reason: str) -> None:
    assert harvest.pages[path] == (state, outcome, reason.format(harvest.site.url("")))
    assert harvest.problems["fetch", path] == harvest.pages[path][2]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/html.xml", "an HTML page, not a feed"),
        ("/empty.xml", "empty body"),
        ("/down.xml", "the server answered 503"),
        ("/ended.xml", "the server answered 410: it is not there"),
    ],
)
def test_a_feed_that_cannot_be_had_says_why(harvest: Harvest, path: str, reason: str) -> None:
    assert harvest.problems["poll", path] == reason


def test_nothing_else_is_lost_with_the_bad_ones(harvest: Harvest) -> None:
    assert harvest.captured == {harvest.site.url("/good")}


def test_what_robots_txt_forbids_is_never_asked_for(harvest: Harvest) -> None:
    assert harvest.site.asked("/secret/plan") == 0
    assert harvest.site.asked("/robots.txt") == 1


def test_every_input_ends_in_one_counted_outcome(harvest: Harvest) -> None:
    by_stage: Counter[str] = Counter()
    for name, inputs in harvest.counts.items():
        by_stage[name.partition(":")[0]] += inputs
    entries = harvest.site.pages["/feed.xml"].body.count(b"<item>")
    dropped = ("refused", "unusable", "duplicate", "no link")
    unfetched = sum(harvest.counts.get(f"entry: {outcome}", 0) for outcome in dropped)
    assert by_stage == {"poll": 5, "entry": entries, "fetch": entries - unfetched}


# the network, and the end


def test_when_no_outlet_can_be_reached_it_is_our_network_and_nobody_is_blamed(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path, allow_private_hosts="127.0.0.1:1,127.0.0.2:1,127.0.0.3:1,127.0.0.4:1")
    database = store_for(settings, *(f"http://127.0.0.{n}:1/feed.xml" for n in (1, 2, 3, 4)))
    counts = collect_once(settings)
    assert sum(inputs for name, inputs in counts.items() if name.startswith("poll: ")) == 4
    with database.reading() as conn:
        assert (find_network_problem(conn) or "").startswith("outlets cannot be reached: no network (127.0.0.")
        assert count_feeds(conn)["failing"] == 0
        assert set(conn.scalars(select(Feed.failures))) == {0}


def test_the_first_answer_takes_the_note_of_an_outage_away(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    database = store_for(settings, site.url("/feed.xml"))
    note = {"stage": "network", "subject": "outlets", "reason": "no network", "last_at": LONG_AGO, "times": 1}
    database.write(lambda conn: conn.execute(insert(Problem), [note]))
    site.feed()
    collect_once(settings)
    with database.reading() as conn:
        assert find_network_problem(conn) is None


def test_single_addresses_are_fetched_with_the_same_guard(site: Site, tmp_path: Path) -> None:
    site.feed("/1")
    urls = [
        site.url("/feed.xml"),
        site.url("/feed.xml", "localhost"),
        "http://localhost/",
        "nonsense",
        site.url("/none"),
    ]
    answers = fetch_once(settings_for(site, tmp_path), urls)
    assert [answer.trouble.reason if answer.trouble else answer.status for answer in answers] == [
        200,
        f"refused: port {site.port}",
        "refused: loopback address 127.0.0.1",
        "not a usable address (Missing scheme in request url: nonsense)",
        "the server answered 404: it is not there",
    ]
    assert answers[0].body == site.pages["/feed.xml"].body


@contextmanager
def service(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "crawlers.service"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment_of(settings))
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_the_service_picks_up_what_becomes_due_and_ends_at_a_signal(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path, lease_s=600)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1")
    site.page("/1")
    site.pages["/slow.xml"] = Reply(b"x" * 100, delay_s=5)
    with service(settings) as process:
        wait_until(lambda: len(captures(database)) == 1)
        # due while it runs, and still under way when the signal comes
        database.write(lambda conn: add_feed(conn, source_id="courier", url=site.url("/slow.xml"), now=LONG_AGO))
        wait_until(lambda: site.asked("/slow.xml") == 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    with database.reading() as conn:
        claims = dict(conn.execute(select(Feed.url, Feed.claimed_until)).all())
    assert claims == {site.url("/feed.xml"): None, site.url("/slow.xml"): None}


def test_a_crawler_that_is_killed_loses_nothing(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path, lease_s=2)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1")
    site.page("/1")
    site.pages["/1"] = Reply(site.pages["/1"].body, headers={"Content-Type": "text/html"}, delay_s=1)
    with service(settings) as process:
        wait_until(lambda: site.asked("/1") == 1)
        process.kill()
    site.page("/1")
    with service(settings):
        wait_until(lambda: len(captures(database)) == 1)
    assert site.asked("/1") == 2
