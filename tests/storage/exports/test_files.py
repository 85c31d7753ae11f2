"""Exports as files: packages that validate and repeat, Parquet, compression, and full disks."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from exported import NOW, SAMPLES, exported, packaged, silently
from samplestore import Sample, fill, store_of
from sqlalchemy import Connection, update

from db import outcomes
from db.dialect.csvtext import DELIMITERS
from db.dialect.word_index import create_word_index
from db.engine import Database
from db.exports.read import CannotFilter, Filters
from db.models import Article
from worker.export.formats.columns import COLUMNS
from worker.export.package import write_package
from worker.export.request import BYTE_ORDER_MARK, Cut, ExportRequest, parse_request
from worker.export.run import BY_ARTICLE, ExportRefused, open_export
from worker.lib.atomic_file import replacing


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    yield database
    database.close()


# --- packages


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_package_of_every_kind_is_valid(sqlite_url: str, out: Path, kind: str) -> None:
    from frictionless import validate

    store = store_of(sqlite_url, SAMPLES)
    packaged(store, kind, out / "package")
    report = validate(str(out / "package" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    store.close()


def test_a_manifest_says_what_was_asked_and_known(store: Database, out: Path) -> None:
    polls = {("steppe-herald", "changed"): 1, ("oasis-wire", "server"): 2, ("meadow.example", "timeout"): 1}
    store.write(lambda conn: outcomes.record_outcomes(conn, "poll", polls, at=NOW - timedelta(hours=3)))
    packaged(store, "articles", out / "p.zip")
    with zipfile.ZipFile(out / "p.zip") as archive:
        assert archive.namelist() == ["articles.csv", "datapackage.json", "manifest.json"]
        said = json.loads(archive.read("manifest.json"))
    [file] = said.pop("files")
    assert (file["path"], file["rows"]) == ("articles.csv", 3)
    assert Cut.parse(said.pop("cut")).at == NOW
    assert said == {
        "query": {"kind": "articles"},
        "vocabulary_version": "0a1b2c",
        "outlets": {"known": 3, "watched": 3, "alive": 1},
        "gaps": [{"day": "2022-02-01", "watched": 3, "alive": 1}],
    }


@pytest.mark.parametrize("place", ["p.zip", "p"])
def test_the_same_cut_gives_the_same_bytes(store: Database, out: Path, place: str) -> None:
    def contents() -> dict[str, bytes]:
        if place == "p.zip":
            return {place: (out / place).read_bytes()}
        return {path.name: path.read_bytes() for path in (out / place).iterdir()}

    packaged(store, "mentions", out / place)
    first = contents()
    fill(store, [Sample("https://herald.example/later", text="CSTO!", says=(("CSTO", "csto"),))])
    for number in (1, 2, 3):  # the sample store notes changes of all articles; of these nothing had changed
        store.write(partial(Connection.execute, statement=_unchanged(number)))
    with open_export(store, ExportRequest(kind="mentions"), now=NOW) as now:
        assert now.cut.number > 0
    written = json.loads(first["manifest.json"] if place == "p" else zipfile.ZipFile(out / place).read("manifest.json"))
    packaged(store, "mentions", out / place, now=NOW + timedelta(days=1), cut=Cut.parse(written["cut"]))
    assert contents() == first
    packaged(store, "mentions", out / place, now=NOW + timedelta(days=1))
    assert contents() != first


def _unchanged(article_id: int) -> object:
    return update(Article).where(Article.id == article_id).values(changed=0)


def test_a_store_cannot_be_cut_in_the_future(store: Database) -> None:
    with pytest.raises(ExportRefused, match="has not come to"):
        exported(store, ExportRequest(kind="articles"), Cut(2**40, NOW))


@pytest.mark.parametrize("kind", sorted(COLUMNS.keys() - BY_ARTICLE))
def test_what_is_counted_cannot_be_cut_earlier(store: Database, kind: str) -> None:
    with pytest.raises(ExportRefused, match="cannot be cut"):
        exported(store, ExportRequest(kind=kind), Cut(0, NOW))


def test_an_older_package_is_replaced_and_nothing_else_is(store: Database, out: Path) -> None:
    packaged(store, "articles", out / "p")
    packaged(store, "sources", out / "p")
    assert {path.name for path in (out / "p").iterdir()} == {"sources.csv", "datapackage.json", "manifest.json"}
    (out / "letters").mkdir()
    (out / "letters" / "to-mother.txt").write_text("Dear mother,")
    with pytest.raises(ExportRefused, match="is no data package"):
        packaged(store, "articles", out / "letters")
    assert {path.name for path in out.iterdir()} == {"p", "letters"}


@pytest.mark.parametrize("place", ["p.zip", "p"])
def test_a_package_that_fails_leaves_nothing(store: Database, out: Path, place: str) -> None:
    request = ExportRequest(kind="sources", filters=Filters(genres=["news"]))
    with open_export(store, request, now=NOW) as export, pytest.raises(CannotFilter):
        write_package(export, out / place, silently)
    assert list(out.iterdir()) == []


# --- formats


def test_parquet_has_what_csv_has_with_types(store: Database) -> None:
    from pyarrow import parquet

    for kind, columns in COLUMNS.items():
        table = parquet.read_table(io.BytesIO(exported(store, ExportRequest(kind=kind, format="parquet"))))
        document = exported(store, ExportRequest(kind=kind)).decode()
        rows = list(csv.DictReader(io.StringIO(document, newline="")))
        assert table.column_names == [column.name for column in columns]
        assert table.num_rows == len(rows)
    articles = parquet.read_table(
        io.BytesIO(exported(store, ExportRequest(kind="articles", format="parquet")))
    ).to_pylist()
    assert [row["title"] for row in articles] == ['=cmd() "x"', "A quiet week", "Nothing"]
    assert articles[0]["collected_at"] == datetime(2022, 1, 10, 12, 0, tzinfo=UTC)
    assert articles[1]["is_original"] is False


def test_compressed_is_the_same_and_always_the_same_bytes(store: Database) -> None:
    packed = ExportRequest(kind="articles", gzip=True)
    assert gzip.decompress(exported(store, packed)) == exported(store, ExportRequest(kind="articles"))
    assert exported(store, packed) == exported(store, packed)


def test_spreadsheets_get_tabs_in_utf_16(store: Database) -> None:
    written = exported(store, ExportRequest(kind="articles", excel=True))
    assert written.startswith(b"\xff\xfea\x00r\x00")
    assert cells(written.decode("utf-16"), "\t") == cells(exported(store, ExportRequest(kind="articles")).decode(), ",")


def test_spreadsheets_get_utf_8_with_the_delimiter_that_somebody_names(store: Database) -> None:
    plain = exported(store, ExportRequest(kind="articles", delimiter=";"))
    assert (
        exported(store, ExportRequest(kind="articles", delimiter=";", excel=True)) == BYTE_ORDER_MARK.encode() + plain
    )


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    "request_",
    [*(ExportRequest(kind=kind) for kind in COLUMNS), ExportRequest(kind="coverage", wide=True)],
    ids=lambda r: f"{r.kind}{'-wide' * r.wide}",
)
def test_another_delimiter_parts_the_same_cells(store: Database, request_: ExportRequest, delimiter: str) -> None:
    written = exported(store, replace(request_, delimiter=delimiter)).decode()
    assert cells(written, delimiter) == cells(exported(store, request_).decode(), ",")


def cells(document: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(document, newline=""), delimiter=delimiter, strict=True))


@pytest.mark.parametrize(
    ("request_", "dialect"),
    [
        (ExportRequest(kind="articles", excel=True), ("utf-16", "\t")),
        (ExportRequest(kind="articles", excel=True, delimiter=";"), ("utf-8", ";")),
        (ExportRequest(kind="articles", delimiter="|"), ("utf-8", "|")),
    ],
)
def test_a_package_says_how_its_rows_are_written(
    sqlite_url: str, out: Path, request_: ExportRequest, dialect: tuple[str, str]
) -> None:
    from frictionless import validate

    store = store_of(sqlite_url, SAMPLES)
    with open_export(store, request_, now=NOW, settled=True) as export:
        write_package(export, out / "p", silently)
    [said] = json.loads((out / "p" / "datapackage.json").read_text())["resources"]
    assert (said["encoding"], said["dialect"]["delimiter"]) == dialect
    report = validate(str(out / "p" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    store.close()


def test_wide_coverage_has_every_day(store: Database) -> None:
    assert exported(store, ExportRequest(kind="coverage", wide=True, counted="stories")).decode().split("\r\n") == [
        "day,csto,turan,alive,impaired",
        "2022-01-05,1,1,,",
        "2022-01-06,0,0,,",
        "2022-01-07,0,0,,",
        "",
    ]
    one = ExportRequest(kind="coverage", filters=Filters(entities=["csto"]), wide=True)
    assert exported(store, one).decode().startswith("day,csto,alive,impaired\r\n2022-01-05,2,,\r\n")


def test_wide_coverage_has_a_column_for_each_query(store: Database) -> None:
    store.write(create_word_index)
    asked = ("csto NOT turan", "Nothing OR csto")
    assert exported(store, ExportRequest(kind="coverage", wide=True, queries=asked)).decode().split("\r\n") == [
        '"csto NOT turan","Nothing OR csto"'.join(["day,", ",alive,impaired"]),
        "2022-01-05,1,2,,",
        "2022-01-06,0,0,,",
        "2022-01-07,0,1,,",
        "",
    ]
    beside = ExportRequest(
        kind="coverage", filters=Filters(entities=["turan"]), wide=True, queries=asked[1:], counted="stories"
    )
    assert exported(store, beside).decode().split("\r\n")[1] == "2022-01-05,1,1,,"
    in_russian = ExportRequest(kind="coverage", filters=Filters(languages=["ru"]), wide=True, queries=asked[:1])
    assert exported(store, in_russian).decode().split("\r\n")[1] == "2022-01-05,1,,"
    assert parse_request(beside.question()).question() == beside.question()


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (ExportRequest(kind="coverage", wide=True, queries=("csto",), counted="mentions"), "no mentions"),
        (ExportRequest(kind="coverage", wide=True, queries=("csto", "csto")), "same name"),
        (ExportRequest(kind="coverage", wide=True, queries=("csto AND (",)), "cannot be read"),
        (
            ExportRequest(kind="coverage", filters=Filters(entities=["csto"], languages=["ru"]), wide=True),
            "covers all outlets",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_columns_that_cannot_be(store: Database, request_: ExportRequest, said: str) -> None:
    with pytest.raises((CannotFilter, ExportRefused), match=said):
        exported(store, request_)


def test_coverage_says_how_whole_the_collection_was(store: Database) -> None:
    polls = {("steppe-herald", "changed"): 9, ("oasis-wire", "failed"): 9}
    store.write(lambda conn: outcomes.record_outcomes(conn, "poll", polls, at=datetime(2022, 1, 5, 9, tzinfo=UTC)))
    rows = list(csv.DictReader(io.StringIO(exported(store, ExportRequest(kind="coverage")).decode(), newline="")))
    assert {(row["source"], row["alive"], row["impaired"]) for row in rows} == {
        ("steppe-herald", "0.5000", "false"),
        ("oasis-wire", "0.5000", "true"),
    }
    wide = (
        exported(store, ExportRequest(kind="coverage", filters=Filters(entities=["csto"]), wide=True))
        .decode()
        .split("\r\n")
    )
    assert wide[1] == "2022-01-05,2,0.5000,true"


# --- files


def test_a_device_that_is_full_is_an_error() -> None:
    with pytest.raises(OSError, match="No space left"), replacing(Path("/dev/full")) as file:
        file.write(b"x" * 100_000)


def test_a_file_is_replaced_at_the_end_or_not_at_all(out: Path) -> None:
    (out / "a").write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(out / "a") as file:
        file.write(bytes(1 // len(b"")))
    assert [path.name for path in out.iterdir()] == ["a"]
    assert (out / "a").read_text() == "old"
    with replacing(out / "a") as file:
        file.write(b"new")
    assert (out / "a").read_text() == "new"
