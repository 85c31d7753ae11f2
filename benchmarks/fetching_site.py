"""A site of many feeds on loopback: `python -m benchmarks.fetching_site FOLDER PORT` serves until it is ended.

Feed `n` is `http://127.x.y.z:PORT/feed/n`, on an address of its own (see `host_of_feed`), with 20 entries of about 400
characters. Three feeds of four send an ETag and a Last-Modified and answer 304 to them. At each poll after the first a
share of the feeds has a new entry; the share is read from `FOLDER/share`. The times of all requests for feeds are
written to `FOLDER/requests` at the end, those for robots.txt are counted. The server listens on the loopback
interface only.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
import time
from array import array
from collections import Counter
from email.utils import formatdate
from pathlib import Path

ENTRIES = 20
_WORDS = "the ministers met and agreed on a plan for water and trade along the border while others waited " * 4
_EPOCH = 1_790_000_000
_OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/rss+xml\r\n"
_ROBOTS = b"User-agent: *\nDisallow: /private/\n"


def host_of_feed(number: int) -> str:
    """Return the address of a feed."""
    return f"127.{40 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def url_of_feed(number: int, port: int) -> str:
    """Return the URL of a feed."""
    return f"http://{host_of_feed(number)}:{port}/feed/{number}"


def write_feed(number: int, version: int, port: int) -> bytes:
    """Return the text of a feed; each version has one more entry and lacks the oldest one."""
    base = f"http://{host_of_feed(number)}:{port}"
    items = "".join(
        f"<item><title>Report {entry} of outlet {number}</title><link>{base}/report/{entry}</link>"
        f"<guid>{base}/report/{entry}</guid><description>{entry} {_WORDS}</description>"
        f"<pubDate>{formatdate(_EPOCH + entry * 3_600, usegmt=True)}</pubDate></item>"
        for entry in range(version + ENTRIES, version, -1)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Outlet {number}</title>'
        f"<link>{base}/</link><description>Invented</description>{items}</channel></rss>"
    ).encode()


class Site:
    """The state of all feeds, and what was asked for."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._share_file = folder / "share"
        self.share = 0.0
        self._versions: Counter[int] = Counter()
        self._polls: Counter[int] = Counter()
        self.feeds, self.times = array("l"), array("d")
        self.answers: Counter[str] = Counter()

    def read_share(self) -> None:
        """Read the share of feeds that change between two polls."""
        self.share = float(self._share_file.read_text())

    def answer(self, head: bytes) -> bytes:
        """Return the answer to a request."""
        path = head.split(b" ", 2)[1].decode("latin-1")
        if path == "/robots.txt":
            self.answers["robots.txt"] += 1
            return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(_ROBOTS) + _ROBOTS
        if not path.startswith("/feed/"):
            self.answers["404"] += 1
            return b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        return self._feed(int(path[6:]), head)

    def _feed(self, number: int, head: bytes) -> bytes:
        self.feeds.append(number)
        self.times.append(time.time())
        poll = self._polls[number]
        self._polls[number] = poll + 1
        if poll and (number * 2_654_435_761 + poll * 40_503) % 1_009 < self.share * 1_009:
            self._versions[number] += 1
        version = self._versions[number]
        headers = b""
        if number % 4:
            tag = b'"%d-%d"' % (number, version)
            headers = b"ETag: %s\r\nLast-Modified: %s\r\n" % (tag, formatdate(_EPOCH + version, usegmt=True).encode())
            if tag in head:
                self.answers["304"] += 1
                return b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n%s\r\n" % headers
        self.answers["200"] += 1
        body = write_feed(number, version, self.port)
        return _OK + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


class _Talk(asyncio.Protocol):
    def __init__(self, site: Site) -> None:
        self._site, self._head = site, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" in self._head:
            self._transport.write(self._site.answer(self._head))
            self._transport.close()


async def serve(folder: Path, port: int) -> None:
    """Serve until SIGTERM, then write what was asked for."""
    site, loop, ended = Site(folder, port), asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")  # all of 127.0.0.0/8, and nothing from outside
    sock.bind(("0.0.0.0", port))
    site.read_share()
    server = await loop.create_server(lambda: _Talk(site), sock=sock, backlog=1_024)
    (folder / "ready").touch()
    while not ended.is_set():
        site.read_share()
        try:
            await asyncio.wait_for(ended.wait(), 0.2)
        except TimeoutError:
            continue
    server.close()
    (folder / "requests").write_text(json.dumps([site.feeds.tolist(), site.times.tolist(), site.answers]))


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
