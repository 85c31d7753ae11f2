"""`source add` and `source check` with an outlet on loopback: what is found, taken, and told. All of it is invented."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from commandline import run
from front_pages import blog
from servers.answering import QuietHandler, answering

from cli.source import add

pytestmark = pytest.mark.slow

PAGE = blog().body.replace(b'<a href="/feed/">RSS</a>', b"")


@dataclass
class Outlet:
    """What the outlet answers, by path: bytes, or a status, or another path that it redirects to."""

    answers: dict[str, bytes | int | str] = field(default_factory=dict)
    port: int = 0

    @property
    def home(self) -> str:
        """Return its front page."""
        return f"http://127.0.0.1:{self.port}/"

    def at(self, path: str) -> str:
        """Return an address of it."""
        return self.home.rstrip("/") + path


@pytest.fixture
def outlet(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outlet]:
    """Serve an outlet that nobody else has heard of."""
    served = Outlet({"/": PAGE})

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            given = served.answers.get(self.path, 404)
            if isinstance(given, str):
                self.send_response(301)
                self.send_header("Location", given)
            else:
                self.send_response(given if isinstance(given, int) else 200)
                kind = (
                    "text/xml" if isinstance(given, bytes) and given.startswith((b"<rss", b"<urlset")) else "text/html"
                )
                self.send_header("Content-Type", kind)
            body = given if isinstance(given, bytes) else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with answering(Handler) as served.port:
        monkeypatch.setenv("STEPPEWATCH_ALLOW_PRIVATE_HOSTS", f"127.0.0.1:{served.port}")
        monkeypatch.setenv("STEPPEWATCH_HOST_DELAY_S", "0")
        yield served


def feed(outlet: Outlet, *numbers: int, days: int = 1) -> bytes:
    """Return a feed whose newest entry is so many days old."""
    at = format_datetime(datetime.now(UTC) - timedelta(days=days))
    items = "".join(
        f"<item><title>Headline {n}</title><link>{outlet.at(f'/a/{n}')}</link><pubDate>{at}</pubDate></item>"
        for n in numbers
    )
    return (
        f"<rss version='2.0'><channel><title>The Herald</title><language>en</language>{items}</channel></rss>".encode()
    )


def naming(*paths: str) -> bytes:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in paths)
    return PAGE.replace(b"<body", f"<head>{links}</head><body".encode(), 1)


def said(*arguments: str) -> dict[str, Any]:
    result = run("source", *arguments)
    assert result.exit_code == 0, result.stderr
    return dict(json.loads(result.stdout))


def rows(data: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(data / "steppewatch.db")) as store:
        return list(store.execute("SELECT url, kind FROM feeds ORDER BY url"))


def test_what_is_found_is_listed_and_taken_when_said_so(outlet: Outlet, data: Path) -> None:
    outlet.answers |= {"/": naming("/rss.xml"), "/rss.xml": feed(outlet, 1, 2)}
    listed = said("add", outlet.home)
    assert (listed["new"], listed["feeds"]) == (True, [])
    best = listed["found"][0]
    assert (best["url"], best["kind"], best["title"], best["entries"]) == (
        outlet.at("/rss.xml"),
        "feed",
        "The Herald",
        2,
    )
    assert (best["language"], best["found_by"], best["state"]) == ("en", "alternate", "works")
    taken = said("add", outlet.home, "--yes")
    assert (taken["new"], taken["feeds"]) == (False, [outlet.at("/rss.xml")])
    assert rows(data) == [(outlet.at("/rss.xml"), "feed")]


def test_a_person_on_a_terminal_chooses(outlet: Outlet, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outlet.answers |= {"/": naming("/rss.xml", "/en.xml"), "/rss.xml": feed(outlet, 1, 2), "/en.xml": feed(outlet, 3)}
    monkeypatch.setattr(add, "is_on_terminal", lambda: True)
    result = run("source", "add", outlet.home, stdin="9\n2,3\n")
    assert "numbers from 1 to 3" in result.stderr
    assert sorted(kind for _, kind in rows(data)) == ["feed", "section"]
    assert len(json.loads(result.stdout.splitlines()[-1])["feeds"]) == 2  # the runner writes the answers before it


@pytest.mark.parametrize(("answer", "taken"), [("", 2), ("all", 3), ("none", 0)])
def test_answers_of_a_person(
    outlet: Outlet, data: Path, monkeypatch: pytest.MonkeyPatch, answer: str, taken: int
) -> None:
    outlet.answers |= {"/": naming("/rss.xml", "/en.xml"), "/rss.xml": feed(outlet, 1, 2), "/en.xml": feed(outlet, 3)}
    monkeypatch.setattr(add, "is_on_terminal", lambda: True)
    run("source", "add", outlet.home, stdin=f"{answer}\n")
    assert len(rows(data)) == taken


def test_without_a_feed_the_page_itself_is_a_section(outlet: Outlet, data: Path) -> None:
    assert [way["kind"] for way in said("add", outlet.home, "--yes")["found"]] == ["section"]
    assert rows(data) == [(outlet.home, "section")]


def test_an_outlet_that_cannot_be_reached_is_added_all_the_same(filled: Path) -> None:
    result = run("source", "add", "http://127.0.0.1:1/", "--yes")
    assert json.loads(result.stdout) == {"id": "127.0.0.1", "new": True, "feeds": [], "found": []}
    assert "nothing could be looked at" in result.stderr


def test_the_address_of_a_feed_is_taken_for_what_it_is(outlet: Outlet, data: Path) -> None:
    outlet.answers["/rss.xml"] = feed(outlet, 1)
    assert said("add", outlet.at("/rss.xml"), "--yes")["feeds"] == [outlet.at("/rss.xml")]
    assert said("show", "127.0.0.1")["homepage"] == outlet.home


def test_a_feed_that_works_is_said_to_with_its_next_poll(outlet: Outlet) -> None:
    outlet.answers["/rss.xml"] = feed(outlet, 1, 2)
    said("add", outlet.home, "--feed", outlet.at("/rss.xml"))
    checked = said("check", "127.0.0.1")
    assert (checked["source"], checked["url"], checked["advice"]) == ("127.0.0.1", outlet.home, [])
    (one,) = checked["feeds"]
    assert (one["url"], one["title"], one["entries"], one["state"]) == (outlet.at("/rss.xml"), "The Herald", 2, "works")
    assert one["newest_at"].endswith("Z")
    assert one["next"].startswith("polled again at ")
    assert "problem" not in one
    assert said("check", outlet.at("/rss.xml"))["feeds"] == checked["feeds"]


@pytest.mark.parametrize(
    ("given", "state", "problem", "advice"),
    [
        (404, "missing", "404", "looks for another address"),
        (403, "refused", "does not let us in", "admit this crawler"),
        (b"<html><body>No such thing</body></html>", "other", "not a feed", "switched off"),
        (
            b"<html><title>Just a moment...</title></html>",
            "other",
            "whether a person asks",
            "nothing passes such a test",
        ),
        (
            b"<rss version='2.0'><channel><title>x</title></channel></rss>",
            "empty",
            "lists nothing",
            "not used any more",
        ),
        (500, "failing", "500", "wait"),
        ("/moved.xml", "moved", "has moved to", "--replace-feed"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(
    outlet: Outlet, given: bytes | int | str, state: str, problem: str, advice: str
) -> None:
    outlet.answers |= {"/rss.xml": given, "/moved.xml": feed(outlet, 1)}
    said("add", outlet.home, "--feed", outlet.at("/rss.xml"))
    checked = said("check", "127.0.0.1")
    assert checked["feeds"][0]["state"] == state
    assert problem in checked["feeds"][0]["problem"]
    assert advice in " ".join(checked["advice"])


def test_what_robots_txt_forbids_and_what_is_old_is_told(outlet: Outlet) -> None:
    outlet.answers |= {
        "/robots.txt": b"User-agent: *\nDisallow: /closed\n",
        "/closed.xml": feed(outlet, 1),
        "/old.xml": feed(outlet, 2, days=90),
    }
    said("add", outlet.home, "--feed", outlet.at("/closed.xml"), "--feed", outlet.at("/old.xml"))
    closed, old = said("check", "127.0.0.1")["feeds"][:2]
    assert (closed["state"], closed["problem"]) == ("refused", "robots.txt forbids it")
    assert (old["state"], old["problem"][:24]) == ("stale", "its newest entry is of 2")


def test_a_paused_feed_is_said_to_be_paused(outlet: Outlet) -> None:
    outlet.answers["/rss.xml"] = feed(outlet, 1)
    said("add", outlet.home, "--feed", outlet.at("/rss.xml"))
    run("source", "pause", "127.0.0.1")
    checked = said("check", "127.0.0.1")
    assert (checked["feeds"][0]["state"], checked["feeds"][0]["next"]) == ("paused", "it is not polled")
    assert "source resume 127.0.0.1" in checked["advice"][0]


def test_another_feed_is_found_for_one_that_is_gone(outlet: Outlet) -> None:
    outlet.answers |= {"/": naming("/new.xml"), "/new.xml": feed(outlet, 1)}
    said("add", outlet.home, "--feed", outlet.at("/rss.xml"))
    checked = said("check", "127.0.0.1")
    assert [(one["url"], one["state"]) for one in checked["feeds"][:2]] == [
        (outlet.at("/rss.xml"), "missing"),
        (outlet.at("/new.xml"), "works"),
    ]
    assert f"--add-feed {outlet.at('/new.xml')}" in " ".join(checked["advice"])


def test_any_address_is_checked_without_an_outlet(outlet: Outlet) -> None:
    outlet.answers |= {"/": naming("/rss.xml"), "/rss.xml": feed(outlet, 1)}
    checked = said("check", outlet.home)
    assert "source" not in checked
    assert [one["state"] for one in checked["feeds"]] == ["works", "works"]
    assert checked["advice"] == [
        f"steppewatch source add {outlet.home} --yes adds the outlet with what is recommended here"
    ]
    wrong = said("check", outlet.at("/no-such-rss.xml"))
    assert (wrong["feeds"][0]["url"], wrong["feeds"][0]["state"]) == (outlet.at("/no-such-rss.xml"), "missing")


def test_a_check_as_a_table(outlet: Outlet) -> None:
    said("add", outlet.home, "--feed", outlet.at("/rss.xml"))
    words = " ".join(run("source", "check", "127.0.0.1", "--format", "table").stdout.split())
    assert "missing" in words
    assert "- the address is wrong or was given up" in words
