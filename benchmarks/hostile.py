"""Six good outlets beside hostile ones: `python -m benchmarks.hostile [--seconds 180]`.

The crawler runs twice for that long over outlets on loopback: over six that answer well, then over these and one
hostile outlet of each kind. Printed are the mean pause between two polls of a good outlet in both runs, and the memory
(proportional set size, Linux) of the crawler with its processes at its peak.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import mean

from sqlalchemy import insert

from benchmarks.memory import processes_of, pss_mb
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import Source
from db.settings import Settings
from worker.setup import prepare

GOOD = 6
PORT = 26_900
_EVERY_S, _DELAY_S = 5.0, 0.2
_OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"

Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


def feed(*items: str) -> bytes:
    """Return a feed of these items."""
    return f'<rss version="2.0"><channel><title>Outlet</title>{"".join(items)}</channel></rss>'.encode()


def item(link: str, title: str = "One") -> str:
    """Return an entry of a feed."""
    return f"<item><title>{title}</title><link>{link}</link></item>"


async def send(writer: asyncio.StreamWriter, body: bytes, *headers: bytes) -> None:
    """Send a whole answer."""
    lines = b"".join(line + b"\r\n" for line in headers)
    writer.write(_OK + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    await writer.drain()


class Good:
    """An outlet that answers well, and notes when it was polled."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.polled_at: list[float] = []

    async def __call__(self, path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/rss":
            self.polled_at.append(time.monotonic())
            await send(writer, feed(*(item(f"http://{self.host}:{PORT}/{n}", f"Report {n}") for n in range(5))))
        else:
            await send(writer, b"" if path == "/robots.txt" else b"<p>" + b"words " * 200, b"Content-Type: text/html")


async def _without_robots(answer: Answer, path: str, writer: asyncio.StreamWriter) -> None:
    """Have a robots.txt that is fine, so that the hostile part is reached."""
    await (send(writer, b"") if path == "/robots.txt" else answer(path, writer))


async def _drips(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(_OK + b"\r\n<rss>")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(1)


async def _is_silent(_: str, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3_600)


async def _heads_without_end(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: " + b"x" * 60_000 + b"\r\n")
        await writer.drain()


async def _sends_without_end(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(_OK + b"\r\n")
    while True:
        writer.write(b"<item>" * 10_000)
        await writer.drain()


async def _redirects(path: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: %sx\r\nContent-Length: 0\r\n\r\n" % path.encode()[:1_000])
    await writer.drain()


def _sends(body: bytes, *headers: bytes) -> Answer:
    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        await send(writer, body, *headers)

    return answer


def _layers(body: bytes, times: int) -> bytes:
    for _ in range(times):
        body = gzip.compress(body)
    return body


def hostile(host: str) -> dict[str, Answer]:
    """Return an outlet of each kind by its name; one with links names pages of `host`."""
    robots = (b"User-agent: *\nAllow: /\n" + b"".join(b"Disallow: /%d*x\n" % n for n in range(40_000)))[:510_000]

    async def long_robots(path: str, writer: asyncio.StreamWriter) -> None:
        await send(writer, robots if path == "/robots.txt" else feed(item(f"http://{host}:{PORT}/1")))

    async def heavy_pages(path: str, writer: asyncio.StreamWriter) -> None:
        links = [item(f"http://{host}:{PORT}/page{n}") for n in range(200)]
        await send(writer, feed(*links) if path == "/rss" else b"<div>" * 1_900_000, b"Content-Type: text/html")

    plain: dict[str, Answer] = {
        "drips": _drips,
        "is silent": _is_silent,
        "heads without end": _heads_without_end,
        "sends without end": _sends_without_end,
        "redirects without end": _redirects,
        "a bomb": _sends(gzip.compress(bytes(400_000_000)), b"Content-Encoding: gzip"),
        "thirty layers": _sends(_layers(feed(), 30), b"Content-Encoding: " + b", ".join([b"gzip"] * 30)),
        "declarations": _sends(b"<!ENTITY a '" * 800_000 + feed()),
        "a deep tree": _sends(b"<rss><channel>" + b"<a>" * 1_000_000),
        "10,000 long headlines": _sends(feed(*(item(f"http://{host}:{PORT}/{n}", "x" * 900) for n in range(10_000)))),
        "2,000 unknown names": _sends(feed(*(item(f"http://n{n}.unknown.invalid/") for n in range(2_000)))),
        "10,000 cookies": _sends(feed(), *(b"Set-Cookie: c%d=%s" % (n, b"x" * 50) for n in range(10_000))),
        "heavy pages": heavy_pages,
    }
    return {name: partial(_without_robots, answer) for name, answer in plain.items()} | {
        "a long robots.txt": long_robots
    }


@asynccontextmanager
async def serving(outlets: dict[str, Answer]) -> AsyncIterator[None]:
    """Serve each outlet at its host."""

    async def handle(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            await answer(head.split()[1].decode(), writer)
        writer.close()

    servers = [
        await asyncio.start_server(partial(handle, answer), host, PORT, limit=100_000)
        for host, answer in outlets.items()
    ]
    try:
        yield
    finally:
        for server in servers:
            server.close()


async def measure(folder: Path, seconds: float, others: dict[str, Answer]) -> tuple[list[Good], float]:
    """Return the good outlets after a run, and the megabytes at the peak."""
    good = [Good(f"127.30.0.{n + 1}") for n in range(GOOD)]
    outlets: dict[str, Answer] = {each.host: each for each in good} | others
    settings = Settings(data_dir=folder)
    _store(settings, list(outlets))
    environment = {
        **os.environ,
        "STEPPEWATCH_DATA_DIR": str(folder),
        "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": ",".join(f"{host}:{PORT}" for host in outlets),
        "STEPPEWATCH_POLL_EVERY_S": str(_EVERY_S),
        "STEPPEWATCH_HOST_DELAY_S": str(_DELAY_S),
    }
    async with serving(outlets):
        crawler = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "crawlers.service", env=environment, stderr=asyncio.subprocess.DEVNULL
        )
        peak, end = 0.0, time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(1)
            peak = max(peak, await asyncio.to_thread(_memory_mb, crawler.pid))
        assert crawler.returncode is None, "the crawler died"
        crawler.terminate()
        await crawler.wait()
    return good, peak


def _memory_mb(pid: int) -> float:
    total = 0.0
    for each in (pid, *processes_of(pid)):
        with suppress(OSError):
            total += pss_mb(each)
    return total


def _store(settings: Settings, hosts: list[str]) -> None:
    database, now = Database(settings.database), datetime.now(UTC)
    outlets = [{"id": host, "name": host, "languages": [], "origin": "person", "added_at": now} for host in hosts]
    prepare(database, now=now)
    with database.engine.begin() as conn:
        conn.exec_driver_sql("DELETE FROM feeds")
        conn.execute(insert(Source), outlets)
    for host in hosts:
        database.write(partial(add_feed, source_id=host, url=f"http://{host}:{PORT}/rss", now=now))
    database.close()


def main() -> None:
    """Measure twice and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=180.0, help="how long each of the two runs takes")
    options = parser.parse_args()
    kinds = list(hostile(""))
    runs = {"undisturbed": {}, f"beside {len(kinds)} hostile": _hostile_by_host(kinds)}
    pauses: defaultdict[str, list[float]] = defaultdict(list)
    print(f"{'':24}{'polls':>7}{'mean pause':>12}{'longest':>9}{'memory':>11}")
    for name, others in runs.items():
        with tempfile.TemporaryDirectory() as folder:
            good, peak = asyncio.run(measure(Path(folder), options.seconds, others))
        for each in good:
            pauses[name] += [after - before for before, after in zip(each.polled_at, each.polled_at[1:], strict=False)]
        found = pauses[name]
        print(f"{name:24}{len(found):7}{mean(found):10.2f} s{max(found):7.2f} s{peak:8.0f} MB", flush=True)
    print("hostile: " + ", ".join(kinds))


def _hostile_by_host(kinds: list[str]) -> dict[str, Answer]:
    hosts = {kind: f"127.31.0.{n + 1}" for n, kind in enumerate(kinds)}
    return {host: hostile(host)[kind] for kind, host in hosts.items()}


if __name__ == "__main__":
    main()
