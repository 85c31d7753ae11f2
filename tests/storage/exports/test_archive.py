"""`export warc`: the stored pages as records that other programs read, and that make the same articles elsewhere."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from commandline import run
from samples import NOON, chain_over, prepared_store
from servers import pgserver
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator
from warcs import page

from db.collection.capture_archive import CaptureFilter
from db.collection.captures import CaptureIn, compress, record_captures
from db.engine import Database
from db.models import Article, Revision
from worker.chain import service
from worker.chain.inputs.defaults import InputOptions
from worker.chain.inputs.reader import read_archive
from worker.export.warc import Archived, write_archive

EVERYTHING = CaptureFilter()


def capture(number: int, body: bytes, **more: object) -> CaptureIn:
    known = {
        "page_id": None,
        "source_id": None,
        "url": f"https://herald.example/{number}",
        "fetched_at": NOON + timedelta(days=number),
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "body": body,
        "body_hash": f"{number}",
        "headers": {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip", "set-cookie": "a=b"},
        "hints": {"title": "Переговоры", "published_at": "Wed, 05 Jan 2022 10:00:00 +0600"},
    }
    return CaptureIn(**{**known, **more})  # type: ignore[arg-type]


CAPTURES = [
    capture(1, page(0, 1, 2, 3)),
    capture(2, page(0, 1, 2, title="Apples"), hints={}, headers={"x-odd\r\n": "1", "x-b": "a\r\nX: b\x1b"}),
    capture(3, page(0, 1, 2, 3), url="https://herald.example/1", content_type=None),
    capture(4, b"", hints={"title": "Only a headline", "page_trouble": "the server answered 403"}),
    capture(5, b"%PDF-1.7 no page", hints={}),
    capture(6, b"%PDF-1.7 no page", hints={"title": "Harvest of apples", "body": "<p>The harvest was good.</p>"}),
    capture(7, page(3, 2, 1, 0, title="Озеро"), url="https://herald.example/озеро", hints={}),
]


@pytest.fixture
def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A store in which these captures have become articles."""
    database = prepared_store(database_url)
    monkeypatch.setattr("cli.shared.store.configured_url", lambda: database_url)
    rows = [(one, compress(one.body)) for one in CAPTURES]
    database.write(lambda conn: record_captures(conn, rows))
    service.drain(chain_over(database, lambda: NOON + timedelta(days=30)))
    yield database
    database.close()


@pytest.fixture
def other_url(request: pytest.FixtureRequest, store: Database, tmp_path: Path) -> Iterator[str]:
    """Give the address of another empty database of the same kind."""
    if store.url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    with pgserver.empty_database(server.url) as url:
        yield url


def written(
    database: Database, wanted: CaptureFilter = EVERYTHING, *, is_packed: bool = True
) -> tuple[bytes, Archived]:
    file = io.BytesIO()
    with database.snapshot() as conn:
        done = write_archive(conn, wanted, file, is_packed=is_packed)
    return file.getvalue(), done


def articles(database: Database) -> list[tuple[object, ...]]:
    """Return what identifies each article whose text is of a page."""
    query = (
        select(
            Article.url, Revision.title, Revision.text, Article.published_at, Article.collected_at, Article.source_id
        )
        .join(Revision, Revision.id == Article.revision_id)
        .where(Revision.text_from == "page")
        .order_by(Article.url)
    )
    with database.reading() as conn:
        return [tuple(row) for row in conn.execute(query)]


def test_other_programs_read_what_is_written(store: Database) -> None:
    content, done = written(store)
    assert done == Archived(written=6, without_page=1)
    records = []
    for record in ArchiveIterator(io.BytesIO(content), check_digests=True):
        body = record.content_stream().read()
        assert record.digest_checker.passed is not False
        records.append((record, body))
    info, first, second, *_ = (record for record, _ in records)
    assert [record.rec_type for record, _ in records] == ["warcinfo"] + ["response"] * 6
    assert info.rec_headers.protocol == "WARC/1.1"
    assert first.rec_headers.get_header("WARC-Date") == "2022-01-07T12:00:00.000000Z"
    assert first.rec_headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert first.http_headers.get_header("X-Archive-Orig-content-encoding") == "gzip"
    assert first.http_headers.get_header("set-cookie") is None
    assert second.http_headers.get_header("x-b") == "aX: b"
    assert second.http_headers.get_header("X") is None
    assert [body for _, body in records[1:]] == [one.body for one in CAPTURES if one.body]


def test_each_record_is_packed_by_itself_and_the_bytes_are_always_the_same(store: Database) -> None:
    content, _ = written(store)
    assert written(store)[0] == content
    assert content.count(b"\x1f\x8b\x08\x00\x00\x00\x00\x00") >= 7
    assert gzip.decompress(content) == written(store, is_packed=False)[0]


def test_the_same_articles_come_of_it_elsewhere(store: Database, other_url: str) -> None:
    before = articles(store)
    assert len(before) == 3
    content, _ = written(store)
    elsewhere = prepared_store(other_url)
    assert articles(elsewhere) == []
    notes: list[str] = []
    options = InputOptions()
    options.columns.note = notes.append
    chain = chain_over(elsewhere, lambda: NOON + timedelta(days=60))
    file = io.BytesIO(content)
    counts = service.ingest(chain, lambda at: read_archive("a.warc.gz", file, observed_at=at, options=options))
    assert articles(elsewhere) == before
    elsewhere.close()
    assert counts.total() == 4
    assert notes == [
        "a.warc.gz: 3 records are no pages and left out: 2 page that was judged to be no article, 1 warcinfo"
    ]


@pytest.mark.parametrize(
    ("wanted", "pages"),
    [
        pytest.param(CaptureFilter(since=date(2022, 1, 7), until=date(2022, 1, 8)), 2, id="days"),
        pytest.param(CaptureFilter(sources=["herald.example"]), 0, id="no outlet"),
        pytest.param(CaptureFilter(until=date.max), 6, id="last of all days"),
        pytest.param(CaptureFilter(since=date(2030, 1, 1)), 0, id="nothing"),
    ],
)
def test_days_and_outlets_are_chosen(store: Database, wanted: CaptureFilter, pages: int) -> None:
    content, done = written(store, wanted)
    assert done.written == pages
    assert len(list(ArchiveIterator(io.BytesIO(content)))) == pages + 1


def test_the_command_writes_a_file_and_tells_what_is_left_out(store: Database, tmp_path: Path) -> None:
    path = tmp_path / "pages.warc.gz"
    result = run("export", "warc", "-o", str(path))
    assert result.exit_code == 0, result.stderr
    assert path.read_bytes() == written(store)[0]
    assert "1 captures left out: they are only the words of a feed" in result.stderr
    assert f"6 pages in {path}" in result.stderr


@pytest.mark.parametrize("option", [["--gzip"], ["--entity", "csto"], ["--text"], ["--package", "a"]])
def test_options_of_tables_are_refused(store: Database, option: list[str]) -> None:
    result = run("export", "warc", *option)
    assert result.exit_code == 2
    assert "only --since, --until, --source and -o are for it" in " ".join(result.stderr.replace("│", " ").split())
