"""Polls of many feeds on loopback: `python -m benchmarks.fetching [--feeds 10000] [--minutes 15] [--reader PYTHON]`.

One crawler polls the feeds of `benchmarks.fetching_site`, each on a host of its own: all of them for the first time,
all again while none has changed, then every five minutes for so many minutes while a fifth changes between two polls.
No pages are fetched. Printed are polls/s, CPU seconds of the crawler with its processes, their memory at the peak
(proportional set size), the lateness of polls (time of the request after the time it was due), and the requests for
robots.txt. With `--reader`, lemon24/reader polls some of the same feeds on the same server before that.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, func, insert, select, update

from benchmarks.fetching_site import host_of_feed, url_of_feed
from benchmarks.memory import processes_of, pss_mb
from db.collection.captures import CaptureIn, record_captures
from db.engine import Database
from db.models import Feed, Sighting, Source
from db.settings import Settings
from worker.setup import prepare

_SHARE = 0.2
_BACKLOG = 10
_CRAWLER = (
    "from crawlers.subprocess_run import read_orders; from crawlers.service import collect, set_up_log; "
    "settings, _ = read_orders(); set_up_log(settings.log_level); collect(settings)"
)
_TICKS = os.sysconf("SC_CLK_TCK")


class Meter:
    """CPU seconds of a process and its descendants, also of those that have ended, and their memory."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu: dict[int, float] = {}
        self.peak_mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def cpu_s(self) -> float:
        """Return the CPU seconds so far."""
        for pid in (self._pid, *processes_of(self._pid)):
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                self._cpu[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
        return sum(self._cpu.values())

    def end(self) -> None:
        """Stop looking."""
        self._over.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._over.wait(2):
            total = 0.0
            with suppress(OSError):
                for pid in (self._pid, *processes_of(self._pid)):
                    with suppress(OSError):
                        total += pss_mb(pid)
                self.cpu_s()
            self.peak_mb = max(self.peak_mb, total)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """Run the site in a process of its own, all its feeds without changes at first."""
    folder.mkdir()
    (folder / "share").write_text("0")
    site = subprocess.Popen([sys.executable, "-m", "benchmarks.fetching_site", str(folder), str(port)])
    try:
        while not (folder / "ready").exists():
            assert site.poll() is None, "the site did not start"
            time.sleep(0.05)
        yield
    finally:
        site.terminate()
        site.wait()


@contextmanager
def crawling(settings: Settings) -> Iterator[int]:
    """Run the crawler with these settings, which are too long for an environment; yield its process id."""
    crawler = subprocess.Popen([sys.executable, "-c", _CRAWLER], stdin=subprocess.PIPE)
    assert crawler.stdin is not None
    with crawler.stdin:
        crawler.stdin.write(json.dumps({"settings": settings.plain()}).encode())
    try:
        yield crawler.pid
        assert crawler.poll() is None, "the crawler died"
    finally:
        crawler.terminate()
        crawler.wait()


def store_feeds(database: Database, count: int, port: int) -> None:
    """Store the feeds, all of them due, and a backlog of captures, so that no pages are fetched."""
    now = datetime.now(UTC)
    prepare(database, now=now)

    def store(conn: Connection) -> None:
        conn.exec_driver_sql("DELETE FROM feeds")
        outlets = [{"id": f"outlet-{n}", "name": f"Outlet {n}"} for n in range(count)]
        common = {"languages": [], "origin": "person", "added_at": now}
        conn.execute(insert(Source), [outlet | common for outlet in outlets])
        due = {"kind": "feed", "state": "active", "next_poll_at": now, "failures": 0}
        feeds = [{"source_id": f"outlet-{n}", "url": url_of_feed(n, port)} for n in range(count)]
        conn.execute(insert(Feed), [feed | due for feed in feeds])
        record_captures(conn, [(_capture(n, now), b"") for n in range(_BACKLOG)])

    database.write(store)


def _capture(number: int, now: datetime) -> CaptureIn:
    return CaptureIn(
        page_id=None,
        source_id=None,
        url=f"http://127.0.0.1/{number}",
        fetched_at=now,
        status=200,
        content_type="text/html",
        body=b"",
        body_hash=str(number),
    )


@dataclass
class Run:
    """A crawler at work on the feeds."""

    database: Database
    site: Path
    count: int
    meter: Meter

    def all_at_once(self, name: str, *, is_done: Callable[[Connection], int]) -> None:
        """Print how fast all feeds are polled that are due now."""
        began, cpu = time.monotonic(), self.meter.cpu_s()
        while (done := self.database.read(is_done)) < self.count:
            time.sleep(0.5)
            if time.monotonic() - began > 3_600:
                break
        took, spent = time.monotonic() - began, self.meter.cpu_s() - cpu
        print(
            f"{name}: {done:,} in {took:.0f} s: {done / took:.0f}/s, {done / spent:.0f} per CPU second "
            f"({spent / took:.2f} cores), {self.meter.peak_mb:.0f} MB at the peak so far",
            flush=True,
        )

    def make_due(self, *, within_s: float) -> datetime:
        """Make all feeds due, spread over this time; return the instant before that."""
        now = datetime.now(UTC)

        def spread(conn: Connection) -> None:
            for part in range(100):
                due_at = now + timedelta(seconds=within_s * part / 100)
                conn.execute(update(Feed).where(Feed.id % 100 == part).values(next_poll_at=due_at))

        self.database.write(spread)
        return now

    def steadily(self, minutes: float, every_s: float) -> tuple[dict[int, set[float]], float, float]:
        """Let the crawler work; print what it took; return when each feed was due, and the beginning and end."""
        (self.site / "share.new").write_text(str(_SHARE))
        (self.site / "share.new").replace(self.site / "share")
        due_at: dict[int, set[float]] = defaultdict(set)
        self.make_due(within_s=every_s)
        began, cpu = time.time(), self.meter.cpu_s()
        while (left := began + minutes * 60 - time.time()) > 0:
            for number, at in self.database.read(_find_due_times):
                due_at[number].add(at)
            time.sleep(min(every_s / 5, left))
        end, spent = time.time(), self.meter.cpu_s() - cpu
        print(
            f"steady, {minutes:g} min: {spent:.0f} CPU seconds ({spent / (end - began):.2f} cores), "
            f"{self.meter.peak_mb:.0f} MB at the peak",
            flush=True,
        )
        return due_at, began, end


def _find_due_times(conn: Connection) -> list[tuple[int, float]]:
    rows = conn.execute(select(Feed.url, Feed.next_poll_at))
    return [(int(url.rpartition("/")[2]), at.timestamp()) for url, at in rows]


def _count_polled(conn: Connection, since: datetime) -> int:
    return conn.scalar(select(func.count()).where(Feed.polled_at >= since)) or 0


def tell_lateness(requests: Path, due_at: dict[int, set[float]], began: float, end: float) -> None:
    """Print the lateness of the polls that were due in this time; one that never came is as late as the end."""
    feeds, times, answers = json.loads(requests.read_text())
    asked: dict[int, list[float]] = defaultdict(list)
    for number, at in zip(feeds, times, strict=True):
        asked[number].append(at)
    late = []
    for number, instants in due_at.items():
        for at in instants:
            if began <= at < end:
                place = bisect_left(asked[number], at)
                late.append((asked[number][place] if place < len(asked[number]) else end) - at)
    late.sort()
    polls = sum(began <= at < end for at in times)
    print(
        f"steady: {polls:,} polls, {polls / (end - began):.1f}/s; lateness of {len(late):,}: median "
        f"{late[len(late) // 2]:.1f} s, p95 {late[len(late) * 95 // 100]:.1f} s, longest {late[-1]:.1f} s"
    )
    print(f"requests by answer: {answers}")


def measure(folder: Path, options: argparse.Namespace) -> None:
    """Run the crawler through all phases."""
    allowed = ",".join(f"{host_of_feed(n)}:{options.port}" for n in range(options.feeds))
    settings = Settings(
        data_dir=folder,
        database_url=options.database or f"sqlite:///{folder / 'steppewatch.db'}",
        allow_private_hosts=allowed,
        poll_every_s=options.every,
        poll_at_least_every_s=options.every,
        host_delay_s=options.delay,
        waiting_max=_BACKLOG,
        log_level="WARNING",
    )
    database, site = Database(settings.database), folder / "site"
    store_feeds(database, options.feeds, options.port)
    with serving(site, options.port), crawling(settings) as pid:
        meter = Meter(pid)
        run = Run(database, site, options.feeds, meter)
        run.all_at_once("first polls", is_done=partial(_count_polled, since=datetime(2000, 1, 1, tzinfo=UTC)))
        print(f"entries stored: {database.read(lambda conn: conn.scalar(select(func.count(Sighting.id)))):,}")
        for _ in range(options.rounds):
            since = run.make_due(within_s=0)
            run.all_at_once("unchanged polls", is_done=partial(_count_polled, since=since))
        due_at, began, end = run.steadily(options.minutes, options.every)
        meter.end()
    if options.minutes:
        tell_lateness(site / "requests", due_at, began, end)
    database.close()


def measure_reader(folder: Path, options: argparse.Namespace) -> None:
    """Run lemon24/reader over some of the feeds."""
    python = options.reader
    if not python:
        print("reader: skipped, because no interpreter that has it is given (--reader)")
        return
    if subprocess.run([python, "-c", "import reader, sgmllib"], capture_output=True, check=False).returncode:
        print(f"reader: skipped, because {python} has no reader or no sgmllib3k")
        return
    with serving(folder / "site", options.port):
        numbers = (options.reader_feeds, options.port, options.reader_workers)
        command = [python, "-m", "benchmarks.fetching_reader", str(folder / "reader.sqlite"), *map(str, numbers)]
        subprocess.run(command, check=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=15.0, help="how long the feeds are polled every five minutes")
    parser.add_argument("--every", type=float, default=300.0, help="pause between two polls of a feed, in seconds")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of unchanged polls at full speed")
    parser.add_argument("--delay", type=float, default=5.0, help="pause between two requests to a host, in seconds")
    parser.add_argument("--database", default="", help="URL of an empty database; default: SQLite")
    parser.add_argument("--port", type=int, default=26_950, help="a free port")
    parser.add_argument("--reader", default="", help="a Python interpreter that has lemon24/reader")
    parser.add_argument("--reader-feeds", type=int, default=1_000)
    parser.add_argument("--reader-workers", type=int, default=16)
    options = parser.parse_args()
    for measured in (measure_reader, measure):
        with tempfile.TemporaryDirectory() as folder:
            measured(Path(folder), options)


if __name__ == "__main__":
    main()
