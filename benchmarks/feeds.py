"""Feeds: how fast they are parsed, and whether any is lost, beside plain feedparser.

    python -m benchmarks.feeds FOLDER...

Every file in the folders is parsed by both; files that neither can read are named as such.
"""

from __future__ import annotations

import io
import sys
import time
from contextlib import suppress
from pathlib import Path

import feedparser

from crawlers.reading.parse import NotAFeed, parse_feed


def main(folders: list[str]) -> None:
    """Print one line per folder."""
    print(f"{'folder':<34}{'files':>6}{'feeds':>6}{'entries':>9}{'lost':>5}{'differ':>7}", end="")
    print(f"{'ours/s':>9}{'raw bodies/s':>13}{'feedparser/s':>14}{'MB/s':>7}")
    for folder in folders:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    bodies = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    seconds = {"ours": 0.0, "raw bodies": 0.0, "feedparser": 0.0}
    feeds = entries = differ = 0
    lost = []
    for path, body in bodies.items():
        began = time.perf_counter()
        plain = feedparser.parse(io.BytesIO(body))
        seconds["feedparser"] += time.perf_counter() - began
        began = time.perf_counter()
        try:
            ours = len(parse_feed(body).entries)
        except NotAFeed:
            ours = -1
        seconds["ours"] += time.perf_counter() - began
        began = time.perf_counter()
        with suppress(NotAFeed):
            parse_feed(body, bodies="raw")
        seconds["raw bodies"] += time.perf_counter() - began
        feeds += ours >= 0
        entries += max(ours, 0)
        if plain.entries and ours < 0:
            lost.append(path)
        differ += ours >= 0 and bool(plain.version) and ours != len(plain.entries)
    n = len(bodies)
    print(f"{folder.parent.name + '/' + folder.name:<34}{n:>6}{feeds:>6}{entries:>9}{len(lost):>5}{differ:>7}", end="")
    print(f"{n / seconds['ours']:>9.1f}{n / seconds['raw bodies']:>13.1f}{n / seconds['feedparser']:>14.1f}", end="")
    print(f"{sum(map(len, bodies.values())) / 1e6 / seconds['ours']:>7.1f}")
    for path in lost:
        print(f"  lost: {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
