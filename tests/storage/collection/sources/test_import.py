"""`source import` and `export opml`: lists of feeds in, each outline in one outcome, and out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from commandline import run
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from outletstore import HERALD, HERALD_NEWS, add_outlet, herald_in
from sqlalchemy import delete, select
from templates import migrated

from db.engine import Database
from db.models import Feed, Source, SourceDomain
from db.net.urls import canonical_url

LIST = """<?xml version="1.0"?>
<opml version="2.0"><head><title>Ours</title></head><body>
<outline text="Press & radio">
<outline type="rss" text="Herald" xmlUrl="https://herald.example/rss" htmlUrl="https://herald.example/"/>
<outline type="rss" text="Herald, sport" xmlUrl="https://herald.example/sport" htmlUrl="https://herald.example/"/>
<outline type="rss" text="Valley "Post"" xmlUrl="https://feeds.example/valley" htmlUrl="https://www.valley.test/en"/>
<outline type="rss" text="Valley, again" xmlUrl="HTTPS://FEEDS.example/valley" htmlUrl="https://www.valley.test/en"/>
<outline type="rss" text="No site" xmlUrl="https://hill.example/rss" language="kk"/>
<outline type="rss" text="Inside" xmlUrl="http://10.0.0.1/rss"/>
<outline type="rss" text="Another's" xmlUrl="https://oasis.example/rss" htmlUrl="https://herald.example/"/>
<outline text="A site without a feed" htmlUrl="https://dune.example/"/>
</outline></body>"""


@pytest.fixture
def store(store_url: str) -> Iterator[Database]:
    """Give the store that commands use, with two outlets."""
    database = herald_in(store_url)
    database.write(lambda conn: add_outlet(conn, "oasis", ["https://oasis.example/rss"]))
    yield database
    database.close()


@pytest.fixture
def opml(tmp_path: Path) -> Path:
    """Give a list that is not well-formed."""
    file = tmp_path / "feeds.opml"
    file.write_text(LIST, "utf-8")
    return file


def brought(file: Path, *options: str) -> dict[str, Any]:
    result = run("source", "import", str(file), *options)
    assert result.exit_code == 0, result.stderr
    record: dict[str, Any] = json.loads(result.stdout)
    assert record.pop("file") == str(file)
    return record


def feeds(store: Database) -> dict[str, str]:
    query = select(Feed.url, Feed.source_id)
    return store.read(lambda conn: {url: source for url, source in conn.execute(query)})


def test_each_outline_has_one_outcome(store: Database, opml: Path) -> None:
    before = feeds(store)
    assert brought(opml) == {
        "dry_run": False,
        "outlines": 7,
        "new_outlets": 2,
        "added": 3,
        "known": 1,
        "duplicate": 1,
        "taken": 1,
        "removed": 0,
        "refused": 1,
    }
    assert feeds(store) == {
        **before,
        "https://herald.example/sport": "herald",
        "https://feeds.example/valley": "valley.test",
        "https://hill.example/rss": "hill.example",
    }
    shown = json.loads(run("source", "show", "valley.test").stdout)
    assert (shown["name"], shown["homepage"], shown["domains"]) == (
        'Valley "Post"',
        "https://www.valley.test/en",
        ["valley.test"],
    )
    assert json.loads(run("source", "show", "hill.example").stdout)["languages"] == ["kk"]


def test_a_dry_run_counts_the_same_and_adds_nothing(store: Database, opml: Path) -> None:
    before = feeds(store)
    planned = brought(opml, "--dry-run")
    assert feeds(store) == before
    assert {**planned, "dry_run": False} == brought(opml)


def test_again_adds_nothing(store: Database, opml: Path) -> None:
    brought(opml)
    again = brought(opml)
    assert (again["added"], again["new_outlets"], again["known"]) == (0, 0, 4)


def test_what_is_wrong_is_said(store: Database, opml: Path) -> None:
    said = run("source", "import", str(opml), "--format", "table")
    for part in (
        "not well-formed",
        "1 outlines name a site without a feed",
        "refused: http://10.0.0.1/rss",
        "of oasis",
    ):
        assert part in said.stderr
    assert ["added", "3"] in [line.split() for line in said.stdout.splitlines()]


def test_a_removed_outlet_stays_away(store: Database, opml: Path) -> None:
    run("source", "remove", "herald", "--with-articles", "--confirm")
    assert brought(opml)["removed"] == 3
    assert HERALD not in feeds(store)
    refused = run("source", "add", "herald.example", "--feed", HERALD)
    assert (refused.exit_code, "source restore herald" in refused.stderr) == (1, True)


@pytest.mark.parametrize("content", [b"", b"<p>hello", None], ids=["empty", "a page", "missing"])
def test_what_is_no_list_is_an_error(store: Database, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "other.opml"
    if content is not None:
        file.write_bytes(content)
    result = run("source", "import", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert str(file) in result.stderr


# --- export


def test_the_list_names_feeds_that_are_polled_or_paused(store: Database) -> None:
    run("source", "pause", "herald", "--feed", HERALD_NEWS)
    run("source", "edit", "oasis", "--remove-feed", "https://oasis.example/rss")
    root = fromstring(run("export", "opml").stdout.encode())
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    outlines = [dict(outline.attrib) for outline in root.iter("outline")]
    assert [outline["xmlUrl"] for outline in outlines] == [HERALD_NEWS, HERALD]
    assert {outline["htmlUrl"] for outline in outlines} == {"https://herald.example/"}
    assert {outline["text"] for outline in outlines} == {"Herald"}


def test_only_some_outlets_and_into_a_file(store: Database, tmp_path: Path) -> None:
    file = tmp_path / "out.opml"
    result = run("export", "opml", "--source", "oasis", "-o", str(file))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 feeds in" in result.stderr
    assert [outline.get("xmlUrl") for outline in fromstring(file.read_bytes()).iter("outline")] == [
        "https://oasis.example/rss"
    ]


@pytest.mark.parametrize("options", [("--since", "90d"), ("--text",), ("--gzip",), ("--package", "x.zip")])
def test_other_options_are_not_for_it(store: Database, options: tuple[str, ...]) -> None:
    result = run("export", "opml", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert options[0] in result.stderr


def test_an_unknown_kind_is_refused_with_the_known_ones(store: Database) -> None:
    result = run("export", "outlets")
    assert (result.exit_code, "sources" in result.stderr and "opml" in result.stderr) == (2, True)


_WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=30)
_NAMES = _WORDS.map(lambda text: " ".join(text.split())).filter(lambda text: bool(text) and "<" not in text)
_PATHS = st.text("abc&\"'=?/%20ü<>;", max_size=12)


def _address(path: str) -> str:
    return canonical_url(f"https://outlet.example/{path}")


_OUTLETS = st.dictionaries(
    st.from_regex(r"[a-z]{3,9}", fullmatch=True).map(lambda word: f"{word}.example"),
    st.tuples(_NAMES, st.lists(_PATHS, min_size=1, max_size=3, unique_by=_address), st.booleans()),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(outlets=_OUTLETS)
def test_what_is_exported_is_imported_as_the_same(
    outlets: dict[str, tuple[str, list[str], bool]], sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = migrated(sqlite_url)
    monkeypatch.setattr("cli.shared.store.configured_url", lambda: sqlite_url)

    def clear(conn: Any) -> None:
        for table in (Feed, SourceDomain, Source):
            conn.execute(delete(table))

    database.write(clear)
    for domain, (name, paths, elsewhere) in outlets.items():
        urls = [f"https://{'feeds.' + domain if elsewhere else domain}/{path}" for path in paths]
        database.write(lambda conn, d=domain, u=urls: add_outlet(conn, d, u, domain=d))  # type: ignore[misc]
        run("source", "edit", domain, "--name", name)
    written = run("export", "opml")
    assert written.exit_code == 0, written.stderr
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "feeds.opml"
        file.write_bytes(written.stdout_bytes)
        before = _known(database)
        unchanged = brought(file)
        assert (unchanged["added"], unchanged["new_outlets"]) == (0, 0)
        database.write(clear)
        brought(file)
    assert _known(database) == before
    database.close()


def _known(database: Database) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    query = select(Source.id, Feed.url).join(Feed, Feed.source_id == Source.id)
    for source_id, url in database.read(lambda conn: conn.execute(query).all()):
        found.setdefault(source_id, set()).add(url)
    return found
