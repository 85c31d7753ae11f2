"""Back-fills of the Courier: its archive, the start of one, and a crawler that can be killed while it works."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from courier import Reply, Site, environment_of
from material import ROOT
from sqlalchemy import select

from db.collection.backfills.backfills import BackfillProgress, begin_backfill, find_progress
from db.datadir.heartbeat import heartbeat_age_s
from db.engine import Database
from db.settings import Settings

SINCE, UNTIL = date(2022, 1, 5), date(2022, 1, 10)


def begin(database: Database, *documents: tuple[str, str], until: date = UNTIL) -> int:
    number, _ = database.write(
        lambda conn: begin_backfill(
            conn,
            source_id="courier",
            since_on=SINCE,
            until_on=until,
            documents=[(kind, url, 0) for kind, url in documents],
            now=datetime.now(UTC),
        )
    )
    return number


def progress_of(database: Database, number: int) -> BackfillProgress:
    return database.read(lambda conn: find_progress(conn, number))


def rows(database: Database, *columns: Any) -> list[Any]:
    with database.reading() as conn:
        return list(conn.execute(select(*columns)))


def archive(site: Site, months: int = 2, each: int = 5) -> None:
    """Serve an index of sitemaps, one for each month, of which January is wanted."""
    names = [f"/map-2022-{month:02}.xml" for month in range(1, months + 1)]
    body = "".join(f"<sitemap><loc>{site.url(name)}</loc></sitemap>" for name in names)
    site.pages["/sitemap.xml"] = Reply(f"<sitemapindex>{body}</sitemapindex>".encode())
    for month, name in enumerate(names, 1):
        paths = [f"/2022/{month:02}/{day:02}/story" for day in range(1, each + 1)]
        urls = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
        site.pages[name] = Reply(f"<urlset>{urls}</urlset>".encode())
        for path in paths:
            site.page(path, f"words of {path}")


def use_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands use these settings and their store."""
    monkeypatch.setattr("db.settings.load", lambda: settings)


def start_backfill(settings: Settings, number: int) -> subprocess.Popen[bytes]:
    """Start a crawler that works off the back-fill, in a process of its own that can be killed."""
    return _start(settings, f"once=True, backfill_id={number}")


@contextmanager
def running_crawler(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Have a crawler collect, in a process of its own, while the block runs."""
    crawler = _start(settings, "once=False")
    try:
        wait_for(lambda: heartbeat_age_s(settings.data_dir, "crawler") is not None)
        yield crawler
    finally:
        crawler.kill()
        crawler.wait()


def _start(settings: Settings, how: str) -> subprocess.Popen[bytes]:
    code = f"from crawlers.service import collect; from db.settings import load; collect(load(), {how})"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **environment_of(settings)})


def wait_for(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
