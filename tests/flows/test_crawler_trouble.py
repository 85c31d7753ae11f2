"""Everything that can be wrong with an outlet, met by the real crawler in one run: it says why, and goes on."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from courier import Reply, Site, serving, settings_for, store_for
from sqlalchemy import select, text

from crawlers.crawl_once import collect_once
from db.models import Capture, Feed, Page, Problem


@dataclass(frozen=True)
class Harvest:
    site: Site
    counts: dict[str, int]
    pages: dict[str, tuple[str, str | None, str | None]]
    """State, outcome and reason of each page, by the end of its address."""
    problems: dict[tuple[str, str], str]
    captured: frozenset[str]
    told: frozenset[str]
    """Of what there is only what the feed says."""


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
            "/to-file": Reply(status=302, headers={"Location": "file://depot.example/secret"}),
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
            captured = frozenset(conn.scalars(select(Capture.url).where(Capture.size > 0)))
            told = frozenset(conn.scalars(select(Capture.url).where(Capture.size == 0)))
        yield Harvest(
            site,
            counts,
            {url.removeprefix(site.url("")): (state, outcome, reason) for url, state, outcome, reason in found},
            {(stage, subject.removeprefix(site.url(""))): reason for stage, subject, reason in problems},
            captured,
            frozenset(url.removeprefix(site.url("")) for url in told),
        )


@pytest.mark.parametrize(
    ("path", "state", "outcome", "reason"),
    [
        ("/secret/plan", "refused", "robots", "robots.txt forbids it"),
        ("/to-secret", "refused", "robots", "robots.txt forbids what it redirects to"),
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


def test_the_feed_speaks_for_pages_whose_trouble_is_their_own(harvest: Harvest) -> None:
    own = {path for path, (_, outcome, _) in harvest.pages.items() if outcome not in _PASSING}
    assert harvest.told == own - {"/good", *(path for path in own if harvest.pages[path][1] == "refused")}
    assert {"/ill", "/sound", "/void", "/secret/plan", "/missing"} <= harvest.told


_PASSING = {"timed out", "broken", "unreachable"}


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


def test_our_own_fault_over_a_feed_is_a_failure_of_that_feed(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    site.feed("/good")
    site.feed("/odd", path="/odd.xml")
    site.page("/good")
    database = store_for(settings, site.url("/feed.xml"), site.url("/odd.xml"))
    spoil = "CREATE TRIGGER spoil BEFORE INSERT ON sightings WHEN NEW.title = 'About /odd' BEGIN {} END"
    database.write(lambda conn: conn.execute(text(spoil.format("SELECT RAISE(ABORT, 'not to be stored');"))))
    counts = collect_once(settings)
    with database.reading() as conn:
        feeds = {url.rpartition("/")[2]: rest for url, *rest in conn.execute(select(Feed.url, *_STATE))}
        problem = conn.scalar(select(Problem.reason).where(Problem.subject == site.url("/odd.xml")))
    database.close()
    assert (counts["poll: changed"], counts["poll: internal error"], counts["fetch: captured"]) == (1, 1, 1)
    (outcome, failures, polled_at, next_poll_at) = feeds["odd.xml"]
    assert (outcome, failures, feeds["feed.xml"][:2]) == ("internal error", 1, ["changed", 0])
    assert next_poll_at - polled_at > timedelta(seconds=settings.poll_every_s)
    assert "not to be stored" in (problem or "")


def test_a_database_that_cannot_be_used_is_held_against_no_feed(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path)
    site.feed("/good")
    database = store_for(settings, site.url("/feed.xml"))
    database.write(lambda conn: conn.execute(text("ALTER TABLE sightings RENAME TO sightings_away")))
    counts = collect_once(settings)
    with database.reading() as conn:
        outcome, failures, polled_at, next_poll_at = conn.execute(select(*_STATE)).one()
    database.close()
    assert counts == {"poll: internal error": 1}
    assert (outcome, failures, polled_at) == (None, 0, None)
    assert next_poll_at < datetime.now(UTC)


_STATE = (Feed.last_outcome, Feed.failures, Feed.polled_at, Feed.next_poll_at)
