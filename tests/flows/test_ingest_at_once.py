"""Several processes that ingest at once end where one alone would, on PostgreSQL."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from material import shared
from recounted import every_cell
from samples import OTHER, PARAGRAPHS, prepared_store
from servers import pgserver, tally
from sqlalchemy import select
from sqlalchemy.orm import aliased

from benchmarks.loaders import bsnlp_documents
from db.engine import Database
from db.models import Article, CoverageCell, MentionRow, Revision


@pytest.fixture
def make_postgres_url(request: pytest.FixtureRequest, postgres_server: Any) -> Iterator[Callable[[], str]]:
    """Give a function that makes an empty database each time it is called."""
    tally.note(request.node, tally.POSTGRESQL, postgres_server.label)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(pgserver.empty_database(postgres_server.url))


def invented_lines(count: int) -> list[dict[str, Any]]:
    """Return lines with reprints, other texts at one address, missing dates and exact repetitions."""
    chance = random.Random(7)
    lines: list[dict[str, Any]] = []
    for number in range(count):
        kind = chance.random()
        paragraphs = chance.sample(PARAGRAPHS + OTHER, k=4)
        line = {
            "url": f"https://outlet{number % 7}.example/{number}",
            "title": f"Notice {number} from Bishkek",
            "text": "\n".join(paragraphs) + f"\nThe reporter of desk {number} counted {chance.random()} boats.",
            "published_at": chance.choice([None, "2022-01-05", f"2022-01-{1 + number % 28:02}T10:00:00Z"]),
            "language": "en",
        }
        if lines and kind < 0.15:
            line["url"] = chance.choice(lines)["url"]
        elif lines and kind < 0.2:
            line = dict(chance.choice(lines))
        lines.append(line)
    return lines


def ingest(url: str, files: list[Path], data_dir: Path) -> list[Counter[str]]:
    """Ingest each file in a process of its own, all at once; return how their inputs ended."""
    environment = {**os.environ, "STEPPEWATCH_DATABASE_URL": url, "STEPPEWATCH_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "cli.main", "ingest", "--format", "json"]
    running = [
        subprocess.Popen([*command, str(file)], env=environment, stdout=subprocess.PIPE, text=True) for file in files
    ]
    return [Counter(json.loads(process.communicate(timeout=300)[0])) for process in running]


def outcome(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the store holds, without ids and processing times."""
    database, original = Database(url), aliased(Article)
    with database.reading() as conn:
        articles = select(
            Article.canonical_url,
            Article.source_id,
            Article.language,
            Article.published_at,
            Revision.title,
            Revision.text,
            original.canonical_url.label("original"),
        )
        articles = articles.join(Revision, Revision.id == Article.revision_id)
        articles = articles.join(original, original.id == Article.cluster_id)
        mentions = select(
            Article.canonical_url, MentionRow.field, MentionRow.start, MentionRow.end, MentionRow.entity_id
        ).join(MentionRow, MentionRow.revision_id == Article.revision_id)
        cells = every_cell().where(CoverageCell.bucket_on < date(2026, 1, 1))
        held = {
            "articles": sorted((tuple(row) for row in conn.execute(articles)), key=repr),
            "mentions": sorted((tuple(row) for row in conn.execute(mentions)), key=repr),
            "cells": sorted((tuple(row) for row in conn.execute(cells)), key=repr),
        }
    database.close()
    return held


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def compare(lines: list[dict[str, Any]], make_url: Callable[[], str], folder: Path) -> None:
    alone, shares, all_of_it = (make_url() for _ in range(3))
    for url in (alone, shares, all_of_it):
        prepared_store(url).close()
    whole = write(folder / "whole.jsonl", lines)
    quarters = [write(folder / f"{share}.jsonl", lines[share::4]) for share in range(4)]
    assert ingest(alone, [whole], folder)[0].total() == len(lines)
    assert sum(ingest(shares, quarters, folder), Counter()).total() == len(lines)
    assert sum(ingest(all_of_it, [whole] * 4, folder), Counter()).total() == 4 * len(lines)
    expected = outcome(alone)
    assert outcome(shares) == expected
    assert outcome(all_of_it) == expected


def test_four_processes_at_once_end_where_one_would(
    make_postgres_url: Callable[[], str], warm: Callable[[Path], Path], tmp_path: Path
) -> None:
    compare(invented_lines(240), make_postgres_url, warm(tmp_path))


def test_the_same_with_real_web_news(
    make_postgres_url: Callable[[], str], warm: Callable[[Path], Path], tmp_path: Path
) -> None:
    """One text for each address: which of two is the later one, only the order of their arrival could say."""
    by_address = {line["url"]: line for line in bsnlp_documents(shared("data/dedup_bsnlp_web_raw/dev"))}
    lines = list(by_address.values())[:300]
    compare(lines, make_postgres_url, warm(tmp_path))
