"""`steppewatch feed`: the entries of feeds, from files or URLs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, get_reason, note
from db.enums.outcomes import RequestOutcome
from worker.lib.named_file import open_named

if TYPE_CHECKING:
    from crawlers.bounded_process import Endable
    from crawlers.http.results import FetchResult
    from crawlers.reading.parse import FeedEntry

_MAX_BYTES = 50_000_000


def feed(
    files: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Feeds: RSS, Atom, RDF or JSON Feed.")],
) -> None:
    """Print the title and all entries of each feed as a JSON line, in feed order.

    URLs are fetched as the crawler does: robots.txt is obeyed, and private addresses are refused.

    Example: steppewatch feed saved.xml https://outlet.example/rss
    """
    from crawlers.bounded_process import Endable

    failed = False
    parser = Endable()
    for file, body, url, content_type, error in _load_bodies(files):
        record = {"file": file, "error": error} if body is None else _record(parser, file, body, url, content_type)
        failed |= "error" in record
        emit(record)
    parser.close()
    if failed:
        raise typer.Exit(1)


def _load_bodies(files: list[str]) -> Iterator[tuple[str, bytes | None, str | None, str | None, str | None]]:
    """Yield each input with its body, URL and content type, or with an error."""
    urls = [file for file in files if _is_url(file)]
    results = dict(zip(urls, _fetch_all(urls), strict=True))
    for file in files:
        if file in results:
            result = results[file]
            if result.trouble is not None:
                yield file, None, None, None, result.trouble.reason
            else:
                if result.unverified:
                    note(f"{file} is unverified: a certificate on the way to it {result.unverified}")
                yield file, result.body, result.url, result.header("content-type"), None
            continue
        try:
            with open_named(file) as opened:
                yield file, opened.read(_MAX_BYTES), None, None, None
        except OSError as error:
            yield file, None, None, None, get_reason(error)
        except ValueError:  # a NUL in the name
            yield file, None, None, None, "not a file name"


def _is_url(file: str) -> bool:
    return file.lower().startswith(("http://", "https://"))


def _fetch_all(urls: list[str]) -> list[FetchResult]:
    if not urls:
        return []
    from crawlers.fetch_urls import fetch_once
    from crawlers.http.results import FetchFailure, FetchResult
    from crawlers.subprocess_run import ChildFailed
    from db.settings import load

    try:
        return fetch_once(load(), urls)
    except ChildFailed as error:
        return [FetchResult(url=url, status=0, trouble=FetchFailure(RequestOutcome.BROKEN, str(error))) for url in urls]


def _record(parser: Endable, file: str, body: bytes, url: str | None, content_type: str | None) -> dict[str, object]:
    from crawlers.bounded_process import ProcessEnded
    from crawlers.http.bodies import unzip
    from crawlers.reading.parse import NotAFeed, parse_feed

    try:
        parsed = parser.run(parse_feed, unzip(body, max_bytes=_MAX_BYTES), url=url, content_type=content_type)
    except (NotAFeed, ProcessEnded) as error:
        return {"file": file, "error": str(error)}
    return {"file": file, "title": parsed.title, "entries": [_entry(entry) for entry in parsed.entries]}


def _entry(entry: FeedEntry) -> dict[str, str | None]:
    return {
        "url": entry.url,
        "guid": entry.guid,
        "title": entry.title,
        "author": entry.author,
        "published_at": _iso(entry.published_at),
        "updated_at": _iso(entry.updated_at),
        "summary": entry.summary,
        "content": entry.content,
    }


def _iso(instant: datetime | None) -> str | None:
    """Return an instant in UTC; without a known outlet, days and local times count as UTC."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None
