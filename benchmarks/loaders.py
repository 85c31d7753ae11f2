"""Readers of the measuring material, laid out as its READMEs say. None of it is in the repository."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def bsnlp_documents(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield lines for `ingest` from BSNLP web news: id, language, date and address lead each file, then the text."""
    for path in sorted(folder.rglob("*.txt")):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if len(lines) < 5:
            continue
        _, language, date, url, title, *text = lines
        yield {
            "url": url if url.startswith("http") else None,
            "title": title,
            "text": "\n".join(text),
            "published_at": date[:10] or None,
            "source": None,
            "language": {"ua": "uk"}.get(language, language),
        }


def state_media(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield lines for `ingest`, with a `category`, from a folder of dated headlines of five outlets (CSV and JSON)."""
    domains = {"1tv": "1tv.ru", "rt": "rt.com", "mfa": "mid.ru", "kremlin": "kremlin.ru", "tass": "tass.com"}
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield {
                    "url": row["url"] or None,
                    "title": row["title"],
                    "text": row["content"],
                    "published_at": row["date_extracted"][:10],
                    "source": domains[path.parent.name],
                    "language": "ru",
                    "category": row["category"],
                }
    for path in sorted(folder.rglob("*.json")):
        if path.parent.name not in domains:
            continue  # the same items once more, in two languages
        for item in json.loads(path.read_text(encoding="utf-8")):
            yield {
                "url": item.get("u") or None,
                "title": item["t"],
                "text": item.get("s") or "",
                "published_at": item["d"][:10],
                "source": domains[path.parent.name],
                "language": "en",
                "category": item.get("cat"),
            }


def html_pages(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of the pages in a folder: .html and .html.gz, in name order."""
    for path in sorted(folder.rglob("*.html*")):
        if path.name.endswith(".html.gz"):
            yield path.name[: -len(".html.gz")], gzip.decompress(path.read_bytes())
        elif path.suffix == ".html":
            yield path.stem, path.read_bytes()


def write_jsonl(path: Path, records: Iterator[dict[str, Any]], limit: int | None = None) -> int:
    """Write records as JSON lines; return how many."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for record in records:
            if limit is not None and count == limit:
                break
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    return count
