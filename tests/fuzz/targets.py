"""What the product does with each kind of input, in a process that can be ended; and how long that took."""

from __future__ import annotations

import resource
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from fuzz.seeds import SEEDS

NOW = datetime(2022, 6, 1, tzinfo=UTC)


class Report(NamedTuple):
    """How one input was taken."""

    fault: str | None
    """The trace of an error that nobody expected; None when all is well."""
    seconds: float
    megabytes: int
    """The most that the process ever had."""


def take(kind: str, body: bytes) -> Report:
    """Give an input to what reads its kind; run in the other process."""
    began = time.process_time()
    fault = None
    try:
        TARGETS[kind](body)
    except Exception:
        fault = traceback.format_exc()
    spent = time.process_time() - began
    return Report(fault, spent, _peak_mb())


def _peak_mb() -> int:
    """Return the most memory that this process had.

    Linux carries `ru_maxrss` over from the process that started this one; VmHWM (proc_pid_status(5)) begins anew.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def warm_up(kind: str) -> None:
    """Have everything loaded that the first input of a kind would wait for."""
    for seed in SEEDS[kind]:
        TARGETS[kind](seed.encode())


def _check_words(error: Exception) -> None:
    if not str(error):
        raise AssertionError("refused without a word")


def _feed(body: bytes) -> None:
    from crawlers.reading.parse import NotAFeed, parse_feed

    try:
        parse_feed(body, url="https://lake.example/feed")
    except NotAFeed as error:
        _check_words(error)


def _page(body: bytes) -> None:
    from worker.extract.page import Unextractable, extract_page

    try:
        extract_page(body, url="https://lake.example/1")
    except Unextractable as error:
        _check_words(error)


def _text(body: bytes) -> None:
    from worker.chain.batch.identify import identify
    from worker.chain.documents import Document
    from worker.chain.inputs.reader import read_text

    read = read_text("a.txt", body, NOW)
    if isinstance(read, Document):
        identify(read, now=NOW)


def _lines(body: bytes) -> None:
    from worker.chain.batch.identify import identify
    from worker.chain.documents import Document
    from worker.chain.inputs.reader import read_lines

    for read in read_lines("a.jsonl", BytesIO(body), observed_at=NOW):
        if isinstance(read, Document):
            identify(read, now=NOW)


def _table(body: bytes) -> None:
    from worker.chain.batch.identify import identify
    from worker.chain.documents import Document
    from worker.chain.inputs.defaults import InputOptions
    from worker.chain.inputs.reader import read_table

    for read in read_table("a.csv", BytesIO(body), observed_at=NOW, options=InputOptions()):
        if isinstance(read, Document):
            identify(read, now=NOW)


def _query(body: bytes) -> None:
    from worker.presearch.cost import lint_query
    from worker.query.evaluate import evaluate
    from worker.query.query import QueryError, parse, parse_stored

    text = body.decode("utf-8", "surrogatepass" if len(body) % 2 else "replace") if _is_text(body) else repr(body)
    try:
        query = parse(text)
    except QueryError as error:
        _check_words(error)
        try:
            query, _ = parse_stored(text)
        except QueryError:
            return
    else:
        assert parse(str(query)) == query, "what is printed is read back as another query"
    lint_query(query)
    for article in _articles():
        assert len(evaluate(query, article).because) < 200_000


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


@cache
def _articles() -> tuple[object, ...]:
    from worker.query.article import Mentioned, QueryArticle, QueryOutlet

    words = "The CSTO met in Osh. Drills near the border; O‘zbekiston and pan-Turkic talks — summit, ferry. "
    outlet = QueryOutlet("lake", ("Lake Post", "lake.example"), "KZ")
    named = (Mentioned(field="text", start=4, end=8, entity="csto", type="alliance"),)
    short = QueryArticle(
        title="CSTO drills",
        text=words,
        author="A. Bekova",
        source=outlet,
        language="en",
        genre="news",
        url="https://lake.example/1",
        published_at=NOW,
        mentions=named,
    )
    return short, QueryArticle(title="", text=words * 300, mentions=named), QueryArticle(title="", text="a " * 20_000)


def _url(body: bytes) -> None:
    from db.net.address_policy import refusal_of_url
    from db.net.urls import canonical_url, read_host, unwrapped

    url = body.decode("utf-8", "replace")
    refusal_of_url(url)
    unwrapped(url)
    try:
        canonical = canonical_url(url)
    except ValueError as error:
        _check_words(error)
    else:
        assert canonical_url(canonical) == canonical, "what was made canonical is changed again"
        read_host(canonical)


def _yaml(body: bytes) -> None:
    from worker.subscriptions.manifest import ManifestError, read_manifest

    try:
        read_manifest(body.decode("utf-8", "replace"), "a.yaml")
    except ManifestError as error:
        _check_words(error)


def _toml(body: bytes) -> None:
    from worker.vocabulary.entities import VocabularyError
    from worker.vocabulary.loader import read_vocabulary

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "entities", "place", "lake-base.toml")
        path.parent.mkdir(parents=True)
        path.write_bytes(body)
        try:
            read_vocabulary(Path(folder))
        except VocabularyError as error:
            _check_words(error)


def _date(body: bytes) -> None:
    from db.text.dates import find_moments, parse_date

    text = body.decode("utf-8", "replace")
    parse_date(text)
    for _ in find_moments(text):
        pass


TARGETS: dict[str, Callable[[bytes], None]] = {
    "feed": _feed,
    "page": _page,
    "text": _text,
    "lines": _lines,
    "table": _table,
    "query": _query,
    "url": _url,
    "yaml": _yaml,
    "toml": _toml,
    "date": _date,
}
