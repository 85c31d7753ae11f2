"""`steppewatch extract`: title, text, author, date and language of saved pages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.output import emit, fail, get_reason
from worker.lib.json_lines import BadLine, json_lines
from worker.lib.named_file import open_named

if TYPE_CHECKING:
    from worker.extract.page import Extracted

# Maximum length of a line in a list of pages, which holds a path and a URL.
_MAX_LINE = 100_000


def extract(
    files: Annotated[list[str] | None, typer.Argument(help="Pages as fetched (HTML).", show_default=False)] = None,
    url: Annotated[str | None, typer.Option(help="URL of the page; for a single FILE.")] = None,
    batch: Annotated[
        str | None, typer.Option(help='JSON lines {"file", "url"}; - reads standard input.', metavar="IN.jsonl")
    ] = None,
) -> None:
    """Print title, text, author, date and language of each page as a JSON line.

    Example: steppewatch extract page.html --url https://example.kz/news/1
    """
    files = files or []
    if bool(files) == bool(batch):
        fail("pass either pages or --batch", hint="steppewatch extract page.html", code=2)
    if url and len(files) != 1:
        fail("--url belongs to a single FILE", hint="use --batch for several", code=2)
    pages = _read_list(batch) if batch else ((file, url, None) for file in files)
    failed = False
    for file, address, error in pages:
        record = {"file": file, "error": error} if error else _record(file, address)
        failed |= "error" in record
        emit(record)
    if failed:
        raise typer.Exit(1)


def _read_list(batch: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield file and URL, or the error of an invalid line."""
    try:
        with sys.stdin.buffer if batch == "-" else open_named(batch) as lines:
            for number, fields in json_lines(lines, _MAX_LINE):
                yield _entry(fields, f"{batch}:{number}")
    except OSError as error:
        fail(f"{batch}: {get_reason(error)}")


def _entry(fields: dict[str, Any] | BadLine, place: str) -> tuple[str, str | None, str | None]:
    if isinstance(fields, BadLine):
        return place, None, fields.reason
    file, url = fields.get("file"), fields.get("url")
    if not isinstance(file, str):
        return place, None, 'no "file" in the line'
    return file, url if isinstance(url, str) else None, None


def _record(file: str, url: str | None) -> dict[str, object]:
    from worker.extract.page import MAX_BYTES, Unextractable, extract_page

    try:
        with open_named(file) as source:
            page = extract_page(source.read(MAX_BYTES + 1), url=url)
    except (Unextractable, ValueError) as error:
        return {"file": file, "error": str(error)}
    except OSError as error:
        return {"file": file, "error": get_reason(error)}
    return {
        "file": file,
        "url": url or page.declared_url,
        "title": page.title,
        "text": page.text,
        "author": page.author,
        "published_at": _format_date(page),
        "language": page.language,
    }


def _format_date(page: Extracted) -> str | None:
    """Return an instant in UTC, a day, or the local time on the page if its time zone is unknown."""
    if page.published_at is None:
        return None
    if page.published_clock is not None:
        return page.published_clock.isoformat(timespec="seconds")
    return page.published_at.strftime("%Y-%m-%d" if page.published_is_day else "%Y-%m-%dT%H:%M:%SZ")
