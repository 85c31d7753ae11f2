"""A back-fill whose crawler is killed at random moments: exports as if nothing had happened."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import site_served
from backfilling import begin, progress_of, rows, start_backfill, wait_for
from courier import Reply, Site, captures, settings_for, store_for
from exported import comparable_export
from faults.farm import farm
from recounted import recounted, stored
from samples import chain_over, prepared_store
from servers import pgserver

from crawlers.backfill_run import run_backfill
from db.engine import Database
from db.enums.collection import FeedKind
from db.models import Page
from db.settings import Settings
from worker.chain.service import drain, utc_now

KINDS = ("articles", "mentions", "coverage", "cooccurrence", "clusters", "revisions")
DAYS, EACH = 12, 2
WANTED = 8 * EACH
"""Articles of the wanted days, with a day of margin on either side."""


def archive(site: Site) -> None:
    """Serve a sitemap with articles of twelve days; some reprint others, whole or in part."""
    articles = [article for outlet in farm(DAYS * EACH, seed=5) for article in outlet.articles]
    outlet = site_served.Site()
    for number, article in enumerate(articles):
        path = f"/2022/01/{number // EACH + 1:02}/{article.slug}"
        outlet.pages[path] = article.wording.title, "\n".join(article.wording.paragraphs)
        site.pages[path] = Reply(outlet.page(path), headers={"Content-Type": "text/html; charset=utf-8"})
    urls = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in outlet.pages)
    site.pages["/sitemap.xml"] = Reply(f"<urlset>{urls}</urlset>".encode())


@contextmanager
def another(database_url: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of a second empty database of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{folder / 'other.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        with pgserver.empty_database(server.url) as url:
            yield url


def begun(site: Site, settings: Settings) -> tuple[Database, int]:
    """Return a store with the packaged vocabulary, and its back-fill of the outlet."""
    prepared_store(settings.database).close()
    database = store_for(settings)
    return database, begin(database, (FeedKind.SITEMAP, site.url("/sitemap.xml")))


def process(database: Database) -> None:
    drain(chain_over(database, utc_now), batch_size=5)


def kill_at_random(settings: Settings, database: Database, number: int, seed: int) -> None:
    """Kill the crawler five times, each time with more of the articles stored; process what it has stored by then."""
    draw = random.Random(seed)
    for captured in [0, *sorted(draw.sample(range(1, WANTED - 4), 4))]:
        child = start_backfill(settings, number)
        wait_for(lambda captured=captured: rows(database, Page.id) and len(captures(database)) >= captured)
        assert child.poll() is None, "it ended before it could be killed"
        child.kill()
        child.wait()
        if draw.random() < 0.5:
            process(database)


@pytest.mark.slow
def test_exports_are_as_if_nothing_had_happened(
    site: Site, tmp_path: Path, database_url: str, request: pytest.FixtureRequest
) -> None:
    archive(site)
    settings = settings_for(site, tmp_path, database_url, lease_s=2)
    with another(database_url, tmp_path, request) as other:
        calm, calm_number = begun(site, settings.but(database_url=other))
        list(run_backfill(settings.but(database_url=other), calm_number))
        process(calm)
        killed, number = begun(site, settings.but(host_delay_s=0.1))
        kill_at_random(settings.but(host_delay_s=0.1), killed, number, seed=1)
        list(run_backfill(settings, number))
        process(killed)
        progress = progress_of(killed, number)
        assert (progress.state, progress.pages, progress.pages_left) == ("done", WANTED, 0)
        assert progress.counts == progress_of(calm, calm_number).counts
        assert len(captures(killed)) == WANTED
        for kind in KINDS:
            expected = comparable_export(calm, kind)
            assert expected.count(b"\n") > 1, f"{kind}: there is something to compare"
            assert comparable_export(killed, kind) == expected, kind
        assert killed.read(recounted) == killed.read(stored)
        calm.close()
        killed.close()
