"""`steppewatch cluster`: find the reprints among the articles of a file."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from cli.shared.output import emit, get_reason, note
from worker.lib.json_lines import BadLine, json_lines
from worker.lib.named_file import open_named

if TYPE_CHECKING:
    from worker.dedup.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLine:
    """One article of the input."""

    id: str | int
    url: str | None
    headline: str
    text: str
    published_at: datetime | None
    source: str | None


def cluster(
    path: Annotated[
        str, typer.Argument(metavar="IN.jsonl|-", help="Articles, one JSON object per line; - reads stdin.")
    ],
    window: Annotated[
        int | None,
        typer.Option(
            min=1, max=100_000, metavar="DAYS", help="Compare only articles published at most this many days apart."
        ),
    ] = None,
) -> None:
    """Find whole and partial reprints, and print the original of each article.

    Each line is {"id", "url", "title", "text", "published_at", "source"}; only the id is required.

    Example: steppewatch cluster articles.jsonl --window 30 > reprints.jsonl
    """
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else open_named(path) as stream:
            all_good = _cluster(stream, path, timedelta(days=window) if window else None)
    except OSError as error:
        emit({"file": path, "error": get_reason(error)})
        all_good = False
    if not all_good:
        raise typer.Exit(1)


def _cluster(stream: BinaryIO, path: str, window: timedelta | None) -> bool:
    """Print a line for each line of the input, in order; return whether all are valid."""
    from worker.dedup.archive import Archive
    from worker.dedup.fingerprint import fingerprint
    from worker.dedup.members import Member

    archive: Archive[str | int] = Archive(window)
    outcomes: list[str | int | dict[str, object]] = []  # the id of an article, or an error
    for number, fields in json_lines(stream):
        try:
            line = _parse(fields, f"{path}:{number}")
            member = Member(line.id, _canonical(line.url), line.published_at, line.source)
            archive.add(member, fingerprint(line.text, line.headline))
            outcomes.append(line.id)
        except ValueError as error:
            outcomes.append({"file": path, "line": number, "error": str(error)})
    originals = archive.clusters()
    for outcome in outcomes:
        emit(outcome if isinstance(outcome, dict) else _record(archive, outcome, originals[outcome]))
    return not any(isinstance(outcome, dict) for outcome in outcomes)


def _record(archive: Archive[str | int], id: str | int, original: str | int) -> dict[str, object]:
    links = archive.find_links(id)
    scores = {
        other: {"containment": round(link.containment, 4), "jaccard": round(link.jaccard, 4)}
        for other, link in links.items()
    }
    alone: dict[str, float | None] = {"containment": None, "jaccard": None}
    ranked = sorted(scores, key=lambda other: (-scores[other]["containment"], -scores[other]["jaccard"], str(other)))
    return {
        "id": id,
        "cluster": original,
        "original": original,
        **scores.get(original, alone),
        "links": [{"id": other, **scores[other]} for other in ranked],
    }


def _parse(fields: dict[str, Any] | BadLine, where: str) -> ClusterLine:
    """Return the article of a line. Raises ValueError with the reason."""
    if isinstance(fields, BadLine):
        raise ValueError(fields.reason)
    id = fields.get("id")
    if id is None or id == "":
        raise ValueError("id is missing")
    if isinstance(id, bool) or not isinstance(id, str | int):
        raise ValueError("id is neither a string nor a whole number")
    from worker.dedup.headline import strip_outlet

    url, source = _string(fields, "url"), _string(fields, "source")
    return ClusterLine(
        id=id,
        url=url,
        headline=strip_outlet(_string(fields, "title"), source, url),
        text=_string(fields, "text") or "",
        published_at=_instant(_string(fields, "published_at"), where),
        source=source,
    )


def _string(fields: dict[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is not a string")
    return value or None


def _instant(text: str | None, where: str) -> datetime | None:
    """Return a date or instant in UTC; None, with a warning, if it is neither."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text.strip())
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        note(f"warning: {where}: published_at {text[:40]!r} is not an ISO 8601 date; taken as unknown")
        return None


def _canonical(url: str | None) -> str | None:
    from db.net.urls import canonical_url

    try:
        return canonical_url(url) if url else None
    except ValueError:
        return url
