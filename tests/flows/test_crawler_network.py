"""The network goes and comes, the service is stopped and killed: nobody is blamed and nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from courier import LONG_AGO, Reply, Site, captures, environment_of, follow, settings_for, store_for
from material import ROOT
from processes import running, wait_until
from sqlalchemy import insert, select

from crawlers.crawl_once import collect_once
from crawlers.fetch_urls import fetch_once
from db.collection.feeds.feeds import count_feeds, find_network_problem
from db.models import Feed, Problem
from db.settings import Settings


def test_when_no_outlet_can_be_reached_it_is_our_network_and_nobody_is_blamed(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path, allow_private_hosts="127.0.0.1:1,127.0.0.2:1,127.0.0.3:1,127.0.0.4:1")
    database = store_for(settings, *(f"http://127.0.0.{n}:1/feed.xml" for n in (1, 2, 3, 4)))
    counts = collect_once(settings)
    assert sum(inputs for name, inputs in counts.items() if name.startswith("poll: ")) == 4
    with database.reading() as conn:
        assert (find_network_problem(conn) or "").startswith("no network: no answer from 127.0.0.")
        assert count_feeds(conn)["failing"] == 0
        assert set(conn.scalars(select(Feed.failures))) == {0}


def test_a_feed_of_links_to_hosts_that_nobody_reaches_is_no_outage_of_ours(site: Site, tmp_path: Path) -> None:
    hosts = [f"127.0.1.{number}:1" for number in range(1, 13)]
    settings = settings_for(site, tmp_path, allow_private_hosts=",".join([f"127.0.0.1:{site.port}", *hosts]))
    database = store_for(settings, site.url("/feed.xml"))
    site.feed(*(f"http://{host}/x" for host in hosts), "/1")
    site.page("/1")
    counts = collect_once(settings)
    assert (counts["fetch: captured"], counts["fetch: unreachable"]) == (1, 12)
    with database.reading() as conn:
        assert find_network_problem(conn) is None


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


def service(settings: Settings) -> AbstractContextManager[subprocess.Popen[bytes]]:
    log = settings.data_dir / "service.log"
    return running([sys.executable, "-m", "crawlers.service"], environment_of(settings), ROOT, log)


def test_the_service_picks_up_what_becomes_due_and_ends_at_a_signal(site: Site, tmp_path: Path) -> None:
    settings = settings_for(site, tmp_path, lease_s=600)
    database = store_for(settings, site.url("/feed.xml"))
    site.feed("/1")
    site.page("/1")
    site.pages["/slow.xml"] = Reply(b"x" * 100, delay_s=5)
    with service(settings) as process:
        wait_until(lambda: len(captures(database)) == 1, 60, "the page is captured")
        # due while it runs, and still under way when the signal comes
        follow(database, site.url("/slow.xml"))
        wait_until(lambda: site.asked("/slow.xml") == 1, 60, "the new feed is asked for")
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
        wait_until(lambda: site.asked("/1") == 1, 60, "the page is asked for")
        process.kill()
    site.page("/1")
    with service(settings):
        wait_until(lambda: len(captures(database)) == 1, 60, "the page is captured")
    assert site.asked("/1") == 2
