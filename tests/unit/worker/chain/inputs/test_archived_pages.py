"""WARC → documents: what is a page, what is left out, and that one bad record never loses the next."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from samples import NOON
from warcs import deflated, http, packed, page, record

from worker.chain.documents import Document, Rejected
from worker.chain.inputs.defaults import InputOptions
from worker.chain.inputs.fields import Columns
from worker.chain.inputs.reader import iter_paths, read_archive, read_file

GOOD = record(http(page()), "https://herald.example/good")
LATE = datetime(2026, 1, 1, tzinfo=UTC)


def read(content: bytes, *, longest: int = 1_000_000) -> tuple[list[Document | Rejected], list[str]]:
    """Return what becomes of the records of a file, and what is noted."""
    notes: list[str] = []
    options = InputOptions(columns=Columns(note=notes.append), max_page_bytes=longest)
    return list(read_archive("a.warc", io.BytesIO(content), observed_at=LATE, options=options)), notes


def results(content: bytes, *, longest: int = 1_000_000) -> list[str]:
    """Return the address of each document, or the reason for its rejection."""
    taken, _ = read(content, longest=longest)
    return [f"{entry.url}" if isinstance(entry, Document) else entry.reason for entry in taken]


def test_a_page_has_its_address_and_was_observed_when_it_was_fetched() -> None:
    (only,), notes = read(GOOD)
    assert isinstance(only, Document)
    assert (only.subject, only.url, only.title) == ("a.warc:1", "https://herald.example/good", "Lake talks")
    assert only.observed_at == datetime(2022, 1, 6, 8, tzinfo=UTC)
    assert only.published_at is None
    assert notes == []


@pytest.mark.parametrize(
    ("fetched", "observed_at", "remark"),
    [
        pytest.param("2022-01-06T08:00:00.123456Z", datetime(2022, 1, 6, 8, 0, 0, 123456, UTC), None, id="fractions"),
        pytest.param("2999-01-06T08:00:00Z", LATE, "not tell when", id="beyond all dates"),
        pytest.param("2027-01-06T08:00:00Z", LATE, None, id="later than now"),
        pytest.param("soon", LATE, "not tell when", id="no date"),
        pytest.param("", LATE, None, id="empty"),
    ],
)
def test_impossible_times_of_fetching_are_those_of_the_import(
    fetched: str, observed_at: datetime, remark: str | None
) -> None:
    (only,), _ = read(record(http(page()), fetched=fetched))
    assert isinstance(only, Document)
    assert only.observed_at == observed_at
    assert (remark or "") in (only.remark or "")


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(http(page(), content_type="application/xhtml+xml"), id="xhtml"),
        pytest.param(http(page(), content_type="TEXT/HTML"), id="capitals"),
        pytest.param(http(b"\xef\xbb\xbf<!DOCTYPE html>" + page(), content_type="text/html"), id="byte order mark"),
        pytest.param(http(b"\n <!-- a --> <!doctype html>" + page(), content_type=None), id="no content type"),
        pytest.param(http(gzip.compress(page()), more=["Content-Encoding: gzip"]), id="gzip"),
        pytest.param(http(page(), more=["Content-Encoding: gzip"]), id="unpacked by the archiver"),
        pytest.param(http(deflated(page()), more=["Content-Encoding: deflate"]), id="deflate"),
        pytest.param(http(deflated(page())[2:-4], more=["Content-Encoding: deflate"]), id="raw deflate"),
        pytest.param(http(brotli.compress(page()), more=["Content-Encoding: br"]), id="brotli"),
        pytest.param(
            http(b"5;x=1\r\n" + page()[:5] + b"\r\n%x\r\n" % len(page()[5:]) + page()[5:] + b"\r\n0\r\n\r\n",
                 more=["Transfer-Encoding: chunked"]), id="chunked",
        ),
        pytest.param(http(page(), more=["Transfer-Encoding: chunked"]), id="joined by the archiver"),
        pytest.param(http(page()).replace(b"\r\n", b"\n"), id="bare line feeds"),
        pytest.param(http(page(), more=["X-A: \x00\x1b[31m", "X-B:" + "x" * 9_000]), id="odd headers"),
    ],
)  # fmt: skip
def test_pages_of_all_forms_are_read(block: bytes) -> None:
    (only,), notes = read(record(block))
    assert isinstance(only, Document), only
    assert only.title == "Lake talks"
    assert "drills" in only.text.lower() or len(only.text) > 200
    assert notes == []


def test_the_charset_of_http_is_used() -> None:
    body = "<html><title>Переговоры на озере</title><p>Переговоры на озере прошли.</p></html>".encode("cp1251")
    (only,), _ = read(record(http(body, content_type="text/html; charset=windows-1251")))
    assert isinstance(only, Document)
    assert only.title == "Переговоры на озере"


def test_other_records_are_counted_and_left_out() -> None:
    others = [
        record(b"software: a", kind="warcinfo"),
        record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        record(http(b""), kind="revisit"),
        record(b"a: b", kind="metadata"),
        record(b"a: b", kind="metadata"),
        record(b"a: b", kind="\x1b[31mnew"),
        record(http(page(), status="404 Not Found")),
        record(http(page(), status="301 Moved")),
        record(http(b"\x89PNG", content_type="image/png")),
        record(http(b"\x89PNG", content_type=None)),
        record(b"a.example. 60 IN A 192.0.2.1", "dns:a.example"),
    ]
    taken, notes = read(b"".join([*others, GOOD]))
    assert [entry.subject for entry in taken] == ["a.warc:12"]
    assert notes == [
        "a.warc: 11 records are no pages and left out: 2 metadata, 1 of an unknown type, 1 request, "
        "2 response that is no HTML, 2 response with another status than 200, "
        "1 response without HTTP, 1 revisit, 1 warcinfo"
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        pytest.param(record(http(page()), more=["WARC-Truncated: length"]), "truncated", id="truncated when fetched"),
        pytest.param(record(http(page() + b"x" * 200_000)), "larger than 0.1 MB", id="large"),
        pytest.param(record(http(page() + b"\nx" * 400_000)), "larger than", id="too large for its record"),
        pytest.param(
            record(http(gzip.compress(b"<p>" + b"\0" * 50_000_000), more=["Content-Encoding: gzip"])),
            "larger than", id="a bomb of gzip",
        ),
        pytest.param(
            record(http(brotli.compress(b"<p>" + b"\0" * 50_000_000), more=["Content-Encoding: br"])),
            "larger than", id="a bomb of brotli",
        ),
        pytest.param(record(http(gzip.compress(page())[:-30], more=["Content-Encoding: gzip"])), "early", id="cut"),
        pytest.param(record(http(b"5\r\n<html\r\n", more=["Transfer-Encoding: chunked"])), "chunks", id="cut chunks"),
        pytest.param(record(http(b"abc", more=["Content-Encoding: zstd"])), "'zstd' cannot be read", id="encoding"),
        pytest.param(record(http(b"")), "an empty page", id="empty"),
        pytest.param(record(http(b"%PDF-1.7")), "PDF", id="no page in it"),
        pytest.param(record(http(page()), ""), "no address", id="no address"),
        pytest.param(record(b"HTTP/1.1 200 OK\r\nContent-Type: text/html"), "headers have no end", id="HTTP headers"),
        pytest.param(record(http(page()), length="-1"), "does not tell its length", id="negative length"),
        pytest.param(record(http(page()), length="9" * 5_000), "does not tell its length", id="endless length"),
        pytest.param(record(http(page()), length="1" + "0" * 12), "ends after", id="much too long"),
        pytest.param(record(http(page()), length=f"{len(http(page())) + 300}"), "does not end where", id="too long"),
        pytest.param(record(http(page()), length=f"{len(http(page())) - 50}"), "does not end where", id="too short"),
        pytest.param(b"WARC/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "long headers", id="long headers"),
        pytest.param(b"nothing of the kind\n" * 9, "no record begins", id="junk"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["plain", "each packed", "packed as one"])
def test_a_bad_record_is_rejected_with_a_reason_and_loses_no_other(form: str, bad: bytes, reason: str) -> None:
    whole = b"".join([GOOD, bad, GOOD, GOOD])
    content = {"plain": whole, "each packed": packed([GOOD, bad, GOOD, GOOD]), "packed as one": gzip.compress(whole)}
    first, rejected, *rest = results(content[form], longest=100_000)
    assert [first, *rest] == ["https://herald.example/good"] * 3
    assert reason in rejected or (form == "each packed" and "ends after" in rejected)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "an empty file", id="empty"),
        pytest.param(b"\n\n\n", "an empty file", id="empty lines"),
        pytest.param(b"%PDF-1.7\n" * 1_000, "not a WARC file", id="another kind"),
        pytest.param(random.Random(1).randbytes(100_000), "not a WARC file", id="noise"),
        pytest.param(gzip.compress(b"hello"), "not a WARC file", id="packed text"),
        pytest.param(b"\x1f\x8b\x08" * 10_000, "not a WARC file", id="broken gzip"),
    ],
)
def test_what_is_no_archive_is_one_rejection(content: bytes, reason: str) -> None:
    (only,), _ = read(content)
    assert isinstance(only, Rejected)
    assert reason in only.reason
    assert only.subject == "a.warc"


@pytest.mark.parametrize("cut", [30, 200, 600])
def test_a_packed_file_that_ends_early_gives_what_is_before(cut: int) -> None:
    content = packed([GOOD, record(http(random.Random(2).randbytes(1_000)))])
    good, *bad = results(content[:-cut])
    assert good == "https://herald.example/good"
    assert len(bad) == 1


def test_the_last_bytes_of_a_packed_file_may_be_missing() -> None:
    assert results(packed([GOOD, GOOD])[:-4]) == ["https://herald.example/good"] * 2


def test_each_record_that_cannot_be_unpacked_is_a_rejection() -> None:
    bad = packed([GOOD])[:10] + b"\xff" * 60
    taken = results(packed([GOOD]) + bad + packed([GOOD]) + bad + packed([GOOD]))
    assert taken == [
        "https://herald.example/good",
        *["a broken record: it cannot be unpacked", "https://herald.example/good"] * 2,
    ]


def test_damage_within_a_packed_record_costs_that_record() -> None:
    middle = bytearray(packed([GOOD]))
    middle[len(middle) // 2 : len(middle) // 2 + 40] = bytes(40)
    taken = results(packed([GOOD]) + bytes(middle) + packed([GOOD] * 3))
    assert taken.count("https://herald.example/good") == 4
    assert len(taken) == 5


def test_a_file_of_wrong_lengths_takes_linear_time_and_keeps_its_good_pages() -> None:
    bad = record(http(b"x", content_type="image/png"), length="900000")
    content = b"".join([bad] * 3_000 + [GOOD])
    taken, notes = read(content)
    assert [entry.subject for entry in taken] == ["a.warc:3001"]
    assert "3,000 response that is no HTML" in notes[0]


def test_a_nested_archive_is_no_source_of_pages() -> None:
    inner = record(http(b"".join([GOOD] * 400), content_type="application/warc"))
    taken, notes = read(inner + GOOD, longest=10_000)
    assert [entry.subject for entry in taken] == ["a.warc:2"]
    assert "1 response that is no HTML" in notes[0]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["plain", "packed"])
def test_memory_is_bounded_for_many_and_for_large_records(form: str, tmp_path: Path) -> None:
    tiny, large = record(b"", kind="metadata"), record(http(b"\n<" * 8_000_000))
    path = tmp_path / "a.warc"
    with path.open("wb") as file:
        for part in [tiny * 100] * 50 + [large, GOOD]:
            file.write(gzip.compress(part, 1) if form == "packed" else part)
    notes: list[str] = []
    options = InputOptions(columns=Columns(note=notes.append), max_page_bytes=1_000_000)
    del large
    tracemalloc.start()
    with path.open("rb") as stream:
        taken = list(read_archive("a.warc", stream, observed_at=NOON, options=options))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(entry) for entry in taken] == [Rejected, Document]
    assert most < 8_000_000


def test_pages_that_are_no_articles_are_counted_and_left_out() -> None:
    challenge = (
        b"<html><title>Just a moment...</title><body><h1>Checking your browser</h1><p>Please wait.</p></body></html>"
    )
    others = [record(http(page()), "https://herald.example/"), record(http(challenge), "https://herald.example/2")]
    taken, notes = read(b"".join([*others, GOOD]))
    assert [entry.subject for entry in taken] == ["a.warc:3"]
    assert notes == [
        "a.warc: 2 records are no pages and left out: 1 page that is no article (challenge), "
        "1 page that is no article (front page)"
    ]


@pytest.mark.parametrize("url", ["http://127.0.0.1/a", "http://[::1]/1", "ftp://a.example/1", "file:/secret"])
def test_addresses_are_only_names_of_pages(url: str) -> None:
    (only,), _ = read(record(http(page()), url))
    assert isinstance(only, Document)
    assert only.url == url


def test_control_characters_in_headers_reach_no_address() -> None:
    (only,), _ = read(record(http(page()), "<https://herald.example/a b\x00\x1b[31m>"))
    assert isinstance(only, Document)
    assert only.url == "https://herald.example/a%20b[31m"


def test_files_are_known_by_both_endings(tmp_path: Path) -> None:
    names: Sequence[str] = ("a.warc", "b.WARC.GZ", "c.csv.gz")
    for name in names:
        (tmp_path / name).write_bytes(packed([GOOD]))
    assert [Path(name).name for name, _ in iter_paths([str(tmp_path)])] == ["a.warc", "b.WARC.GZ"]
    (only,) = read_file("b.WARC.GZ", tmp_path / "b.WARC.GZ", observed_at=NOON)
    assert isinstance(only, Document)
