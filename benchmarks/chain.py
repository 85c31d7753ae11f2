"""How many articles a second the whole chain takes, from HTML bytes to stored, deduplicated, tagged and counted.

    make bench PAGES=folder          pages of a folder (.html, .html.gz)
    python -m benchmarks.chain       invented pages, when no folder is given

Prints the share of each stage and, in the same run, an alternative: the same libraries chained plainly (trafilatura
with its own metadata, datasketch-like 128-permutation MinHash in numpy, one regular expression over all aliases),
nothing stored.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import xxhash

from benchmarks.loaders import html_pages
from db.collection.captures import CaptureIn, claim_captures, compress, record_captures
from db.engine import Database
from worker.chain import pipeline
from worker.chain.batch import identify as identify_module
from worker.chain.batch.tag import RevisionTagger
from worker.chain.inputs import reader
from worker.chain.inputs.reader import read_text
from worker.chain.pipeline import Pipeline
from worker.chain.service import process_captures
from worker.coverage.recount import recount
from worker.setup import prepare
from worker.vocabulary.loader import packaged_folder, read_vocabulary

Page = tuple[str, bytes]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Stages:
    """CPU seconds per stage; what is called inside a stage counts for the inner one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[float] = []

    def timed(self, name: str, function: Callable[..., object]) -> Callable[..., object]:
        """Return the function, with its own time added to a stage."""

        def run(*args: object, **kwargs: object) -> object:
            with self.stage(name):
                return function(*args, **kwargs)

        return run

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a block, less what inner blocks took."""
        began = time.process_time()
        self._open.append(0.0)
        try:
            yield
        finally:
            spent = time.process_time() - began
            inner = self._open.pop()
            self.seconds[name] = self.seconds.get(name, 0.0) + spent - inner
            if self._open:
                self._open[-1] += spent


def measure_chain(pages: list[Page], url: str) -> tuple[float, float, Stages, int]:
    """Return wall and CPU seconds, the stages, and how many articles were stored."""
    database = Database(url)
    prepare(database, now=NOW)
    chain = Pipeline(database, clock=lambda: NOW)
    chain.load()
    stages = Stages()
    chain.process([read_text("warm-up", b"A first text, by which everything is loaded.", NOW)])
    database.write(lambda conn: record_captures(conn, [_capture(*page) for page in pages]))
    patches = [
        (reader, "extract_page", "extract"),
        (identify_module, "identify_language", "language"),
        (identify_module, "fingerprint", "fingerprint"),
        (RevisionTagger, "tag", "tag"),
        (pipeline, "judge", "compare"),
    ]
    kept = [(module, name, getattr(module, name)) for module, name, _ in patches]
    for module, name, stage in patches:
        setattr(module, name, stages.timed(stage, getattr(module, name)))
    setattr(database, "write", stages.timed("store", database.write))  # noqa: B010 - a method, replaced to be timed
    stored = 0
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        with stages.stage("rest"):
            while ids := database.write(lambda conn: claim_captures(conn, now=NOW, lease_s=600, limit=20)):
                ended = process_captures(chain, ids)
                stored += sum(end.outcome in ("new", "copy", "revised") for end in ended)
            del database.write  # from here on the method itself again
            with stages.stage("count coverage"):
                recount(database)
    finally:
        for module, name, function in kept:
            setattr(module, name, function)
    return time.perf_counter() - wall, time.process_time() - cpu, stages, stored


def _capture(name: str, body: bytes) -> tuple[CaptureIn, bytes]:
    url = f"https://bench{len(body) % 50}.example/{name}"
    key = xxhash.xxh3_128_hexdigest(body)
    return CaptureIn(
        page_id=None,
        source_id=None,
        url=url,
        fetched_at=NOW,
        status=200,
        content_type="text/html",
        body=body,
        body_hash=key,
    ), compress(body)


def measure_plain_libraries(pages: list[Page]) -> float:
    """Return CPU seconds of the libraries chained without a store."""
    import trafilatura

    vocabulary = read_vocabulary(packaged_folder())
    words = sorted({alias.text for entity in vocabulary.entities for alias in entity.aliases}, key=len, reverse=True)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b")
    seeds = np.random.default_rng(1).integers(1, 2**63, size=(2, 128), dtype=np.uint64)
    began = time.process_time()
    for _, body in pages:
        found = trafilatura.bare_extraction(body, fast=True, with_metadata=True)
        text = str(found.text or "") if isinstance(found, trafilatura.settings.Document) else ""
        tokens = text.lower().split()
        grams = {xxhash.xxh64_intdigest(" ".join(tokens[i : i + 4]).encode()) for i in range(max(1, len(tokens) - 3))}
        hashes = np.fromiter(grams, dtype=np.uint64)
        (hashes[:, None] * seeds[0] + seeds[1]).min(axis=0)
        sum(1 for _ in pattern.finditer(text))
    return time.process_time() - began


def invented_pages(count: int) -> list[Page]:
    """Return pages made of one invented paragraph in changing order, with the clutter of a real page around it."""
    clutter = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(300))
    pages = []
    for number in range(count):
        body = "".join(
            f"<p>Report {number}.{line}: the ministers of Kazakhstan and Turkey met on lake {number * line % 97} to "
            f"talk about drill {number + line} of the CSTO, and nobody there had brought more than {line} chairs.</p>"
            for line in range(20)
        )
        html = (
            f"<html><head><title>Report {number}</title></head><body><ul>{clutter}</ul><article>{body}</article></body>"
        )
        pages.append((str(number), html.encode()))
    return pages


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, help="folder of .html or .html.gz files")
    parser.add_argument("--limit", type=int, default=1_000)
    parser.add_argument("--database-url", help="default: SQLite in a temporary folder")
    options = parser.parse_args()
    pages = list(html_pages(options.pages))[: options.limit] if options.pages else invented_pages(300)
    if not pages:
        parser.error(f"no .html or .html.gz in {options.pages}")
    size = sum(len(body) for _, body in pages)
    print(f"{len(pages)} pages, {size / len(pages) / 1000:.0f} KB on average, one process")
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu, stages, stored = measure_chain(pages, options.database_url or f"sqlite:///{folder}/bench.db")
    print(f"\n{'stage':<16}{'CPU s':>8}{'share':>8}{'ms/article':>12}")
    for name, seconds in sorted(stages.seconds.items(), key=lambda item: -item[1]):
        print(f"{name:<16}{seconds:>8.2f}{seconds / cpu:>8.1%}{seconds / len(pages) * 1000:>12.2f}")
    print(f"\nwhole chain      {len(pages) / cpu:>8.1f} articles/s of CPU, {len(pages) / wall:.1f}/s of wall clock")
    print(f"                 {stored} of them stored, the rest rejected or seen again")
    plain = measure_plain_libraries(pages)
    print(f"plain libraries  {len(pages) / plain:>8.1f} articles/s of CPU (no store, exact aliases)")


if __name__ == "__main__":
    main()
