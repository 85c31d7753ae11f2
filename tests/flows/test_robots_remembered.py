"""robots.txt is asked for once a day, also by a crawler that is started again, and its delay holds from the start."""

from __future__ import annotations

import signal
import sys
from itertools import pairwise
from pathlib import Path

from courier import LONG_AGO, Reply, Site, environment_of, settings_for, store_for
from material import ROOT
from processes import running, wait_until
from sqlalchemy import update

from db.collection.feeds.feeds import make_feeds_due
from db.models import HostLease

_DELAY_S = 0.8


def test_a_crawler_that_is_started_again_knows_the_rules_and_the_delay(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = Reply(f"User-agent: *\nDisallow: /secret\nCrawl-delay: {_DELAY_S}\n".encode())
    paths = ("/a.xml", "/c.xml")
    for path in paths:
        site.feed(path=path)
    settings = settings_for(site, tmp_path, poll_every_s=60)
    database = store_for(settings, *(site.url(path) for path in paths))
    for times in (1, 2):
        with running(
            [sys.executable, "-m", "crawlers.service"], environment_of(settings), ROOT, tmp_path / "log"
        ) as process:
            wait_until(lambda: site.asked("/a.xml") == site.asked("/c.xml") == times, 60, "it has polled")  # noqa: B023
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        database.write(lambda conn: make_feeds_due(conn, now=LONG_AGO))
        database.write(lambda conn: conn.execute(update(HostLease).values(free_at=LONG_AGO)))
    assert site.asked("/robots.txt") == 1
    asked_at = [at for at, path in site.requests if path in paths]
    assert [later - sooner >= _DELAY_S - 0.05 for sooner, later in list(pairwise(asked_at))[::2]] == [True, True]
    database.close()
