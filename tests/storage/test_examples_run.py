"""Each example of `--help`, of the README and of the docs runs, over a small store and files of invented texts."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from commandline import run
from examples import EXAMPLES, split
from samples import OTHER, PARAGRAPHS
from warcs import http, packed, record

from db.settings import load
from worker.vocabulary.loader import packaged_folder

NOT_RUN = {
    ("up",): "starts services",
    ("demo",): "starts services",
    ("worker",): "starts a service",
    ("web",): "starts a service",
    ("alive",): "asks running services",
    ("doctor",): "asks the network",
    ("crawl",): "asks the network",
    ("feed",): "asks the network",
    ("source", "check"): "asks the network",
    ("source", "backfill"): "asks the network",
    ("alert", "test", "--send"): "sends a mail",
}
"""Commands, or commands with an option, that are only parsed (`tests/unit/docs/test_examples.py`), and why."""

ADDED = ("alert", "add", "csto-drills", "entity:csto AND drill*", "--email", "me@office.example")
SCHEDULED = ("schedule", "add", "nightly", "articles", "--every", "day", "--into", "/srv/exports")
HERALD = ("source", "add", "herald.example", "--feed", "https://herald.example/rss")
BEFORE = {
    ("alert", "lint"): [("alert", "sync", "alerts.yaml", "--apply")],
    ("alert", "edit"): [ADDED],
    ("alert", "why"): [ADDED, (*ADDED[:2], "drills", *ADDED[3:])],
    ("alert", "show"): [(*ADDED[:2], name, *ADDED[3:]) for name in ("csto-drills", "desk", "reader")],
    ("alert", "pause"): [ADDED],
    ("alert", "resume"): [(*ADDED[:-1], "analyst@office.example")],
    ("alert", "remove"): [ADDED],
    ("alert", "test"): [ADDED],
    ("source", "show"): [("source", "add", "https://outlet.example"), HERALD],
    ("source", "edit"): [HERALD],
    ("source", "pause"): [HERALD],
    ("source", "resume"): [HERALD],
    ("source", "retry"): [HERALD],
    ("source", "remove"): [HERALD],
    ("source", "restore"): [HERALD, ("source", "remove", "herald.example")],
    ("schedule", "run"): [SCHEDULED],
    ("schedule", "remove"): [SCHEDULED],
    ("story", "merge"): [("story", "split", "42")],
    ("story", "undo"): [("story", "split", "17"), ("story", "split", "19"), ("story", "split", "21")],
}
"""What was done before an example is run."""


def entry(number: int, more: str = "") -> str:
    """Return a line of an archive: every other article is a reprint of the one before the last."""
    named = {1: "https://oasis.example/1", 2: "https://oasis.example/lake"}
    title, text = ("Crates of apples", OTHER) if number % 2 else ("Drills on the lake", PARAGRAPHS)
    url = named.get(number, f"https://example.org/news/{number}")
    day = f"2022-01-{3 + number // 10:02}T{number % 10:02}:00:00Z"
    content = {"title": title, "text": "\n".join(text) + more, "published_at": day, "language": "en"}
    return json.dumps({"url": url, **content})


def write_files(folder: Path) -> None:
    """Write all files that examples name."""
    lines = [entry(number) for number in range(1, 46)]
    (folder / "archive.jsonl").write_text("\n".join(lines), "utf-8")
    (folder / "later.jsonl").write_text("\n".join(entry(n, " They left by noon.") for n in range(1, 46)), "utf-8")
    records = [{"id": f"{number}", **json.loads(line)} for number, line in enumerate(lines)]
    (folder / "articles.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    (folder / "factiva.csv").write_text(f'Title,Body,Publication Date\nDrills,"{PARAGRAPHS[1]}",2022-01-05\n', "utf-8")
    row = f'Drills;"{PARAGRAPHS[2]}";5 января 2022;https://herald.example/7;Steppe Herald;World'
    (folder / "archive.csv").write_text(f"Headline;Body;Date;Link;Outlet;Section\n{row}\n", "utf-8")
    (folder / "op-ed.txt").write_text("\n\n".join(("Folding chairs", *PARAGRAPHS)), "utf-8")
    page = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = f"<html><title>On the lake</title><body><article><h1>On the lake</h1>{page}</article></body></html>"
    (folder / "page.html").write_text(html, "utf-8")
    for name in ("crawl.warc.gz", "pages.warc.gz"):
        (folder / name).write_bytes(packed([record(http(html.encode()))]))
    for name, content in (("reports/one.txt", "\n".join(OTHER)), ("pages/one.html", html)):
        (folder / name).parent.mkdir()
        (folder / name).write_text(content, "utf-8")
    outline = '<outline type="rss" text="Hill" xmlUrl="https://hill.example/rss" htmlUrl="https://hill.example/"/>'
    (folder / "feeds.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>', "utf-8")
    (folder / "queries.json").write_text('{"alerts": [{"id": "drills", "query": "entity:csto AND drill*"}]}', "utf-8")
    stated = {"query": "saved:pacts AND drill*", "email": ["me@office.example"]}
    manifest = json.dumps({"saved": {"pacts": "entity:csto"}, "subscriptions": {"csto-drills": stated}})
    (folder / "alerts.yaml").write_text(manifest, "utf-8")  # JSON is YAML
    shutil.copytree(packaged_folder(), folder / "vocabulary")
    shutil.copytree(packaged_folder() / "sources", folder / "outlets")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, warm: Callable[[Path], Path]) -> Iterator[Path]:
    """Give a folder with the files, in which commands run, and a data directory with the store beside it."""
    folder = tmp_path_factory.mktemp("world")
    write_files(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STEPPEWATCH_DATA_DIR", str(warm(folder / "data")))
        patch.chdir(folder)
        load.cache_clear()
        for name in ("archive.jsonl", "later.jsonl"):
            result = run("ingest", name)
            assert result.exit_code == 0, result.stderr
        (folder / "exports").mkdir()
        assert run("export", "articles", "--text", "-o", "everything.csv").exit_code == 0
        with closing(sqlite3.connect(folder / "data" / "steppewatch.db")) as kept:
            kept.execute("VACUUM INTO ?", (str(folder / "as-it-was.db"),))
        yield folder
    load.cache_clear()


@pytest.fixture
def store(world: Path) -> Path:
    """Give the folder, with the store as it was in the beginning."""
    for file in (world / "data").glob("steppewatch.db*"):
        file.unlink()
    shutil.copy(world / "as-it-was.db", world / "data" / "steppewatch.db")
    return world


def reason_against(path: tuple[str, ...], arguments: list[str]) -> str | None:
    """Return why an example is not run; None when it is."""
    return next(
        (why for known, why in NOT_RUN.items() if {*known} <= {*path, *arguments} and known[: len(path)] == path), None
    )


RUN = [(place, example) for place, example in EXAMPLES if reason_against(*split(example)) is None]


def test_most_examples_are_run_and_all_that_are_not_have_a_reason() -> None:
    left_out = {split(example)[0] for _, example in EXAMPLES} - {split(example)[0] for _, example in RUN}
    assert left_out == {path for path in NOT_RUN if not path[-1].startswith("--")}


@pytest.mark.parametrize(("place", "example"), RUN)
def test_an_example_runs(place: str, example: str, store: Path) -> None:
    path, arguments = split(example)
    for before in [*BEFORE.get(path, []), (*path, *arguments)]:
        result = run(*(word.replace("/srv/exports", str(store / "exports")) for word in before))
        assert (result.exit_code, "error" in result.stderr) == (0, False), result.stderr
