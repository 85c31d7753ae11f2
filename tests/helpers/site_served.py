"""A small outlet on loopback: a feed, pages, and a record of who asked for what. All of it is invented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from samples import OTHER, PARAGRAPHS
from servers.answering import QuietHandler, answering


@dataclass
class Site:
    """What the outlet serves now; change it while it runs."""

    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Title and paragraphs (one a line) by path."""
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """Return host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def feed_url(self) -> str:
        """Return the address of the feed that names every page."""
        return f"http://{self.address}/rss.xml"

    def feed(self) -> bytes:
        """Return the feed, newest first."""
        items = "".join(
            f"<item><title>{escape(title)}</title><link>http://{self.address}{path}</link><guid>{path}</guid>"
            "<pubDate>Thu, 06 Jan 2022 10:00:00 GMT</pubDate></item>"
            for path, (title, _) in reversed(self.pages.items())
        )
        return f"<rss version='2.0'><channel><title>The Lake Post</title>{items}</channel></rss>".encode()

    def page(self, path: str) -> bytes:
        """Return a page as an outlet would serve it."""
        title, text = self.pages[path]
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
        return (
            f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)} | The Lake Post</title>"
            "<meta property='article:published_time' content='2022-01-06T10:00:00Z'></head>"
            f"<body><nav><a href='/'>Home</a></nav><article><h1>{escape(title)}</h1>{paragraphs}</article></body>"
        ).encode()


def numbered(count: int) -> dict[str, tuple[str, str]]:
    """Return so many different articles by path."""
    whole = PARAGRAPHS + OTHER
    pages = {}
    for number in range(count):
        own = [f"The clerk of ferry {number} wrote {number * 7919 % 1000} lines about berth {number} and signed them."]
        own += [f"{line} So says witness {number}.{place}, who saw it." for place, line in enumerate(whole[:6])]
        shuffled = [
            " ".join(reversed(line.split())) if (number + place) % 3 else line for place, line in enumerate(own)
        ]
        pages[f"/news/{number}"] = (f"Kazakhstan counts ferry {number}", "\n".join(shuffled))
    return pages


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve the outlet on a free port of 127.0.0.1 while the block runs."""

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            if self.path == "/rss.xml":
                self.answer(site.feed(), "application/rss+xml")
            elif self.path in site.pages:
                self.answer(site.page(self.path), "text/html; charset=utf-8")
            else:
                self.send_error(404)

        def answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with answering(Handler) as site.port:
        yield site
