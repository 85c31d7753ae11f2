"""The Courier, an invented outlet on this machine, and all that the real crawler needs to collect it."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from servers.answering import QuietHandler, answering
from sqlalchemy import Row, insert, select, update
from templates import tables

from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import Capture, Page, Source
from db.settings import Settings

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    """What the outlet answers to one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    """Waited before each of ten parts of the body."""
    needs: str = ""
    """What the request's cookies must hold."""
    otherwise: Reply | None = None
    """Answered to a request without it."""


@dataclass
class Site:
    """Serves what is in `pages`, honours ETags as a server does, and remembers who asked for what and when."""

    port: int
    pages: dict[str, Reply] = field(default_factory=dict)
    requests: list[tuple[float, str]] = field(default_factory=list)
    scheme: str = "http"

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def feed(self, *links: str, path: str = "/feed.xml", **headers: str) -> None:
        items = "".join(
            f"<item><title>About {link}</title><link>{link if '://' in link else self.url(link)}</link>"
            f"<author>Ann</author><pubDate>Thu, 06 Jan 2022 10:00:00 GMT</pubDate></item>"
            for link in links
        )
        body = f'<rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'
        self.pages[path] = Reply(body.encode(), headers={"Content-Type": "application/rss+xml", **headers})

    def page(self, path: str, text: str = "words", **headers: str) -> None:
        self.pages[path] = Reply(f"<p>{text}</p>".encode(), headers={"Content-Type": "text/html", **headers})

    def asked(self, path: str) -> int:
        return sum(asked == path for _, asked in self.requests)


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve an outlet without pages on a free port of 127.0.0.1 while the block runs, with `tls` over https."""

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.requests.append((time.monotonic(), self.path))
            reply = site.pages.get(self.path, Reply(status=404))
            if reply.otherwise is not None and reply.needs not in self.headers.get("Cookie", ""):
                reply = reply.otherwise
            etag = reply.headers.get("ETag")
            is_known = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if is_known else reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if not is_known and "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            try:
                self._send(b"" if is_known else reply.body, reply.delay_s)
            except OSError:  # the crawler has had enough
                self.close_connection = True

        def _send(self, body: bytes, delay_s: float) -> None:
            step = max(1, len(body) // 10)
            for start in range(0, len(body), step):
                time.sleep(delay_s)
                self.wfile.write(body[start : start + step])

    with answering(Handler, tls=tls) as port:
        site = Site(port, scheme="https" if tls else "http")
        yield site


def settings_for(site: Site, folder: Path, database_url: str = "", **more: Any) -> Settings:
    """Return settings of a hasty crawler that may ask the outlet."""
    usual = {"host_delay_s": 0.02, "fetch_timeout_s": 20, "allow_private_hosts": f"127.0.0.1:{site.port}", "lease_s": 5}
    return Settings(data_dir=folder, database_url=database_url, **{**usual, **more})


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the settings as a process of its own reads them."""
    values = settings.plain()
    return {f"STEPPEWATCH_{name.upper()}": str(value) for name, value in values.items() if value is not None}


def store_for(settings: Settings, *feeds: str) -> Database:
    """Make a store that knows the outlet and these feeds, which are due."""
    database = tables(settings.database)
    source = {"id": "courier", "name": "Courier", "languages": [], "origin": "person", "added_at": LONG_AGO}
    database.write(lambda conn: conn.execute(insert(Source), [source]))
    follow(database, *feeds)
    return database


def follow(database: Database, *feeds: str) -> None:
    """Have the outlet's feeds polled; they are due."""
    for url in feeds:
        database.write(partial(add_feed, source_id="courier", url=url, now=LONG_AGO))


def captures(database: Database) -> list[Row[*tuple[Any, ...]]]:
    """Return the rows of all captures, oldest first."""
    with database.reading() as conn:
        return list(conn.execute(select(Capture.__table__).order_by(Capture.id)))


def look_again(database: Database) -> None:
    """Make all pages due, as if the time had come."""
    database.write(lambda conn: conn.execute(update(Page).values(next_fetch_at=LONG_AGO)))
