"""The log of running processes: what was collected and understood, in as many lines as a person can read."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from courier import Site, captures, environment_of, settings_for, store_for
from material import ROOT
from processes import running, wait_until, worker
from samples import prepared_store


def crawled(site: Site, folder: Path, level: str) -> list[str]:
    """Return what the crawler says while it collects two pages of a feed, which it polls several times."""
    site.feed("/1", "/2")
    site.page("/1", "one")
    site.page("/2", "two")
    settings = settings_for(site, folder, log_level=level, poll_every_s=1, poll_at_least_every_s=1)
    database = store_for(settings, site.url("/feed.xml"))
    log = folder / "log"
    with running([sys.executable, "-m", "crawlers.service"], environment_of(settings), ROOT, log) as process:
        wait_until(lambda: len(captures(database)) == 2 and site.asked("/feed.xml") > 2, 60, "it has collected")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    database.close()
    return log.read_text("utf-8").splitlines()


def test_at_info_an_outlet_has_one_line_for_all_that_a_minute_brought(site: Site, tmp_path: Path) -> None:
    lines = crawled(site, tmp_path, "INFO")
    assert lines[0].startswith("collecting into sqlite")
    assert sorted(lines[1:]) == ["courier: 2 new entries, 2 pages stored", "stopping"]


def test_at_debug_each_poll_and_page_has_a_line_with_its_status(site: Site, tmp_path: Path) -> None:
    lines = crawled(site, tmp_path, "DEBUG")
    polls = [line for line in lines if line.startswith(f"200 {site.url('/feed.xml')}: ")]
    assert polls[0].endswith(": 2 entries")
    assert all(line.endswith(": unchanged") for line in polls[1:])
    assert len(polls) > 2
    assert f"200 {site.url('/1')}: captured" in lines


def test_at_warning_nothing_is_said_of_what_goes_well(site: Site, tmp_path: Path) -> None:
    assert crawled(site, tmp_path, "WARNING") == []


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_a_worker_says_that_it_is_ready_and_nothing_of_celerys_own(
    sqlite_url: str, broker_url: str, warm: Callable[[Path], Path], tmp_path: Path, level: str
) -> None:
    prepared_store(sqlite_url).close()
    environment = {
        "STEPPEWATCH_DATABASE_URL": sqlite_url,
        "STEPPEWATCH_BROKER_URL": broker_url,
        "STEPPEWATCH_DATA_DIR": str(warm(tmp_path / "data")),
        "STEPPEWATCH_LOG_LEVEL": level,
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",  # of being root
    }
    log = tmp_path / "log"
    command = [*worker(tmp_path), "--loglevel", level]
    with running(command, environment, ROOT, log) as process:
        wait_until(lambda: "ready" in log.read_text("utf-8"), 60, "it is ready", lambda: log.read_text("utf-8"))
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    said = [line for line in log.read_text("utf-8").splitlines() if line]
    celerys = "\nworker: Warm shutdown (MainProcess)"  # printed past any log
    assert [line for line in said if line not in celerys] == ["ready, with 2 processes", "stopping"]
