"""Two real crawler processes share two outlets on this machine: neither ever sees two requests close together."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from subprocess import Popen

import pytest
from courier import LONG_AGO, follow
from material import ROOT
from processes import kill, running, wait_until
from servers.answering import QuietHandler, answering
from sqlalchemy import func, select
from templates import tables

from db.collection.sources.book import SourceIn, record_source
from db.engine import Database
from db.models import Capture, Feed, HostLease, Page

HOSTS = ("127.0.0.1", "127.0.0.2")
PAGES = 6
DISTANCE_S, WISHED_S = 0.2, 0.4
TAKES_S = 0.05
CRAWLERS = ("ann", "bob")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request from its first to its last byte, by the clock of the site."""

    host: str
    path: str
    agent: str
    began: float
    ended: float


@dataclass
class Site:
    """Two outlets. Every page takes a while; every third moves to the other outlet; one of them wants more distance."""

    port: int
    visits: list[Visit] = field(default_factory=list)
    begun: list[tuple[str, str, str]] = field(default_factory=list)
    """Host, path and agent of each request, answered or not."""
    slow: set[str] = field(default_factory=set)
    """Paths whose answer never ends."""

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    def answer(self, host: str, path: str) -> tuple[int, dict[str, str], str]:
        other = HOSTS[1 - HOSTS.index(host)]
        if path == "/robots.txt":
            return (
                200,
                {"Content-Type": "text/plain"},
                f"User-agent: *\nCrawl-delay: {WISHED_S}\n" if host == HOSTS[1] else "",
            )
        if path.endswith(".xml"):
            first = 0 if path == "/a.xml" else PAGES // 2
            links = (self.url(host, f"/{number}") for number in range(first, first + PAGES // 2))
            items = "".join(f"<item><title>On {link}</title><link>{link}</link></item>" for link in links)
            feed = f"<rss version='2.0'><channel><title>Courier</title>{items}</channel></rss>"
            return 200, {"Content-Type": "application/rss+xml"}, feed
        if path[1:].isdecimal() and int(path[1:]) % 3 == 0:
            return 302, {"Location": self.url(other, f"/moved{path}")}, ""
        return 200, {"Content-Type": "text/html"}, f"<p>words of {host}{path}</p>"


@pytest.fixture(name="site")
def running_site() -> Iterator[Site]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            began = time.monotonic()
            host = self.connection.getsockname()[0]
            site.begun.append((host, self.path, self.headers["User-Agent"]))
            status, headers, body = site.answer(host, self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            time.sleep(600 if self.path in site.slow else TAKES_S)
            ended = time.monotonic()  # before the last byte: the crawler cannot know of the end sooner
            site.visits.append(Visit(host, self.path, self.headers["User-Agent"], began, ended))
            self.wfile.write(body.encode())

    with answering(Handler, "0.0.0.0") as port:
        site = Site(port)
        yield site


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = tables(database_url)
    outlet = SourceIn(id="courier", name="Courier", domains=[], origin="person")
    opened.write(lambda conn: record_source(conn, outlet, now=LONG_AGO))
    yield opened
    opened.close()


@contextmanager
def crawling(site: Site, database: Database, folder: Path, **more: str) -> Iterator[dict[str, Popen[bytes]]]:
    """Run the crawlers, each with a name of its own."""
    allowed = ",".join(f"{host}:{site.port}" for host in HOSTS)
    usual = {"DATABASE_URL": database.url, "HOST_DELAY_S": str(DISTANCE_S), "ALLOW_PRIVATE_HOSTS": allowed, **more}
    with ExitStack() as stack:
        processes = {}
        for name in CRAWLERS:
            environment = {f"STEPPEWATCH_{key}": value for key, value in {**usual, "USER_AGENT": name}.items()}
            argv = [sys.executable, "-m", "crawlers.service"]
            processes[name] = stack.enter_context(running(argv, environment, ROOT, folder / f"{name}.log"))
        yield processes


def count(database: Database, table: type) -> int:
    return database.read(lambda conn: conn.scalar(select(func.count()).select_from(table)) or 0)


def test_one_outlet_never_has_two_visitors_nor_any_too_soon(site: Site, database: Database, tmp_path: Path) -> None:
    feeds = [site.url(host, path) for host in HOSTS for path in ("/a.xml", "/b.xml")]
    follow(database, *feeds)
    with crawling(site, database, tmp_path) as processes:
        wait_until(lambda: count(database, Capture) == PAGES * len(HOSTS), 90, "all pages are captured")
        for process in processes.values():
            process.terminate()
        assert [process.wait(20) for process in processes.values()] == [0, 0]
    for host in HOSTS:
        visits = sorted((visit for visit in site.visits if visit.host == host), key=lambda visit: visit.began)
        pauses = [later.began - sooner.ended for sooner, later in pairwise(visits)]
        assert min(pauses) >= DISTANCE_S, visits
        known = [place for place, visit in enumerate(visits) if visit.path == "/robots.txt"][-1]
        assert min(pauses[known:]) >= (WISHED_S if host == HOSTS[1] else DISTANCE_S), "both have read robots.txt by now"
    assert {visit.agent for visit in site.visits} == set(CRAWLERS), "both took part"
    asked = [(visit.host, visit.path) for visit in site.visits if visit.path != "/robots.txt"]
    assert len(asked) == len(set(asked)), "nothing is asked for twice"
    holders = database.read(lambda conn: set(conn.scalars(select(HostLease.holder))))
    assert holders == {None}, "who ends in order gives everything back"


def test_the_hosts_of_a_crawler_that_was_killed_are_taken_over_with_distance(
    site: Site, database: Database, tmp_path: Path
) -> None:
    site.slow.add("/1")
    follow(database, site.url(HOSTS[0], "/a.xml"))
    lease_s = 2

    def askers_of(path: str) -> list[str]:
        return [agent for _, asked, agent in site.begun if asked == path]

    with crawling(site, database, tmp_path, LEASE_S=str(lease_s)) as processes:
        wait_until(lambda: bool(askers_of("/1")), 60, "a crawler waits for an answer that never ends")
        (holder,) = askers_of("/1")
        time.sleep(lease_s + 1)  # renewed all the time
        last = [visit for visit in site.begun if visit[0] == HOSTS[0]][-1]
        assert last == (HOSTS[0], "/1", holder), "nobody else asks meanwhile"
        kill(processes[holder])
        killed_at = time.monotonic()
        site.slow.clear()
        wait_until(lambda: count(database, Capture) == PAGES // 2, 60, "the other one fetches the rest")
    (survivor,) = set(CRAWLERS) - {holder}
    after = [visit for visit in site.visits if visit.began > killed_at]
    assert {visit.agent for visit in after} == {survivor}
    assert min(visit.began for visit in after) >= killed_at + DISTANCE_S
    assert askers_of("/1") == [holder, survivor], "what was cut off is asked for again"
    assert count(database, Page) == PAGES // 2
    assert count(database, Feed) == 1
