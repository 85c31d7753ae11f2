"""What exports have beside their usual columns: texts, changes between texts, mentions of former texts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from exported import ALL, NOW, exported, silently
from samplestore import NOON, Sample, store_of
from sqlalchemy import select, update

from db.articles.mentions import TaggedRevision
from db.engine import Database
from db.exports.read import Detail, Filters, iter_csv, iter_rows
from db.models import Article, Revision
from db.vocabulary import retags
from db.vocabulary.versions import record_version
from worker.export.formats.columns import DETAILS, columns_with
from worker.export.formats.csv_lines import stream_csv, unguard
from worker.export.package import write_package
from worker.export.request import LONGEST_CELL, ExportRequest, parse_request
from worker.export.run import ExportRefused, open_export, open_incremental_export, write

# Invented: none of this was ever published.
URL = "https://herald.example/a"
FIRST = Sample(URL, title="Drills begin", text="The CSTO drills near Tashkent.", says=(("CSTO", "csto"),))
SECOND = replace(
    FIRST,
    title="Drills end",
    text="The drills near Tashkent\nended.",
    says=(("Tashkent", "tashkent"),),
    collected_at=NOON + timedelta(hours=1),
)
OTHER = Sample("https://oasis.example/b", "oasis-wire", title=None, text="=1+1\n\"'Turan", says=(("Turan", "turan"),))
REQUESTS = {detail: ExportRequest(kind=kind, detail=detail) for detail, (kind, _) in DETAILS.items()}


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, [FIRST, OTHER, SECOND])
    yield database
    database.close()


def rows(store: Database, request: ExportRequest) -> list[dict[str, str]]:
    document = exported(store, request).decode(request.encoding)
    return list(csv.DictReader(io.StringIO(document, newline=""), delimiter=request.separator))


def set_revisions(store: Database, word: str, **values: Any) -> None:
    changing = update(Revision).where(Revision.text.contains(word)).values(**values)
    store.write(lambda conn: conn.execute(changing).rowcount)


# --- texts


def test_texts_come_as_they_stand_now(store: Database) -> None:
    texts = {row["url"]: unguard(row["text"]) for row in rows(store, REQUESTS["text"])}
    assert texts == {URL: SECOND.text, OTHER.url: OTHER.text}


def test_the_usual_columns_are_the_same_beside_texts(store: Database) -> None:
    with_text = [list(row.values())[:-2] for row in rows(store, REQUESTS["text"])]
    assert with_text == [list(row.values()) for row in rows(store, ExportRequest(kind="articles"))]


@pytest.mark.parametrize(
    ("stored", "told"), [("page", "page"), ("form", "page"), ("feed", "feed"), ("aggregator", "feed")]
)
def test_a_text_says_whether_the_page_or_the_feed_had_it(store: Database, stored: str, told: str) -> None:
    set_revisions(store, "Turan", text_from=stored)
    assert rows(store, REQUESTS["text"])[1]["text_from"] == told


@pytest.mark.parametrize("text", ["=1+1", "one\r\ntwo\n\nthree", 'say "no"', "", "\t;|,", "'tis", "Қазақстан 😀"])
def test_the_database_writes_texts_as_the_rules_say(store: Database, text: str) -> None:
    set_revisions(store, "Turan", text=text)
    with store.snapshot() as conn:
        ruled = "".join(stream_csv(columns_with("articles", "text"), iter_rows(conn, "articles", ALL, Detail("text"))))
        lines = b"".join(chunk for chunk, _ in iter_csv(conn, "articles", ALL, Detail("text")))
    assert ruled.endswith(lines.decode())
    assert unguard(rows(store, REQUESTS["text"])[1]["text"]) == text


def test_a_spreadsheet_gets_no_more_of_a_text_than_it_holds(store: Database) -> None:
    text = "words " * (LONGEST_CELL // 5)
    set_revisions(store, "Turan", text=text)
    assert rows(store, REQUESTS["text"])[1]["text"] == text
    cut = rows(store, replace(REQUESTS["text"], excel=True))[1]["text"]
    assert cut == text[:LONGEST_CELL] + " …"


# --- changes


def test_a_revision_says_what_it_changed(store: Database) -> None:
    first, second, _ = rows(store, REQUESTS["diff"])
    assert (second["previous_revision_id"], second["title_changed"]) == (first["revision_id"], "true")
    assert (second["entities_added"], second["entities_removed"]) == ("tashkent", "csto")
    assert json.loads(second["changes"]) == [
        {"op": "delete", "old": "CSTO", "new": ""},
        {"op": "insert", "old": "", "new": "ended"},
    ]
    assert second["diff"].splitlines()[0] == "The [-CSTO-] drills near Tashkent ended."


def test_the_first_revision_changed_nothing(store: Database) -> None:
    new = {column.name for column in DETAILS["diff"][1]}
    for row in (rows(store, REQUESTS["diff"])[0], rows(store, REQUESTS["diff"])[2]):
        assert {row[name] for name in new} == {""}


def test_a_revision_that_came_back_is_compared_with_the_one_it_replaced(store: Database) -> None:
    set_revisions(store, "CSTO", returned_at=NOON + timedelta(hours=2))
    back = select(Revision.id).where(Revision.text.contains("CSTO")).scalar_subquery()
    store.write(lambda conn: conn.execute(update(Article).where(Article.url == URL).values(revision_id=back)).rowcount)
    first, second, _ = rows(store, REQUESTS["diff"])
    assert (first["previous_revision_id"], second["previous_revision_id"]) == (
        second["revision_id"],
        first["revision_id"],
    )


def test_entities_that_came_are_not_known_until_both_texts_are_tagged(store: Database) -> None:
    set_revisions(store, "ended", stage="stored")
    assert [rows(store, REQUESTS["diff"])[1][name] for name in ("entities_added", "entities_removed")] == ["", ""]


# --- mentions of former texts


def test_mentions_of_former_texts_come_with_their_text(store: Database) -> None:
    found = [(row["entity"], row["is_current"]) for row in rows(store, REQUESTS["revisions"])]
    assert found == [("csto", "false"), ("tashkent", "true"), ("turan", "true")]
    ids = store.read(lambda conn: conn.scalars(select(Revision.id).where(Revision.text.contains("CSTO"))).all())
    assert [int(rows(store, REQUESTS["revisions"])[0]["revision_id"])] == ids


def test_without_being_asked_for_they_do_not_come(store: Database) -> None:
    assert [row["entity"] for row in rows(store, ExportRequest(kind="mentions"))] == ["tashkent", "turan"]


def test_an_entity_that_an_outlet_took_out_is_found(store: Database) -> None:
    asked = replace(REQUESTS["revisions"], filters=Filters(entities=["csto"]))
    assert [(row["url"], row["surface"]) for row in rows(store, asked)] == [(URL, "CSTO")]
    assert rows(store, replace(asked, detail="")) == []


def test_what_only_stood_in_for_a_page_has_no_mentions_there(store: Database) -> None:
    set_revisions(store, "CSTO", text_from="feed")
    assert [row["entity"] for row in rows(store, REQUESTS["revisions"])] == ["tashkent", "turan"]


# --- all of them


@pytest.mark.parametrize("detail", DETAILS)
def test_the_columns_are_those_declared(store: Database, detail: str) -> None:
    declared = [column.name for column in columns_with(DETAILS[detail][0], detail)]
    assert list(rows(store, REQUESTS[detail])[0]) == declared


@pytest.mark.parametrize("detail", DETAILS)
def test_parquet_has_them_too(store: Database, detail: str) -> None:
    from pyarrow import parquet

    written = parquet.read_table(io.BytesIO(exported(store, replace(REQUESTS[detail], format="parquet"))))
    last = written.column_names[-1]
    values = ["" if value is None else str(value) for value in written.column(last).to_pylist()]
    cells = [unguard(row[last]) for row in rows(store, REQUESTS[detail])]
    assert [value.lower() for value in values] == [cell.lower() for cell in cells]


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("excel", [False, True])
def test_a_package_with_them_is_valid(store: Database, tmp_path: Path, detail: str, excel: bool) -> None:
    from frictionless import validate

    request = replace(REQUESTS[detail], excel=excel)
    with open_export(store, request, now=NOW, settled=True) as export:
        write_package(export, tmp_path / "p", silently)
    report = validate(str(tmp_path / "p" / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    manifest = json.loads((tmp_path / "p" / "manifest.json").read_text())
    assert manifest["query"] == {"kind": request.kind, "with": detail}


@pytest.mark.parametrize("detail", DETAILS)
def test_they_are_part_of_the_question_that_a_name_stands_for(store: Database, detail: str) -> None:
    following(store, ExportRequest(kind=REQUESTS[detail].kind))
    with pytest.raises(ExportRefused, match="the name of another export"):
        following(store, REQUESTS[detail])


@pytest.mark.parametrize("detail", DETAILS)
def test_only_what_changed_comes_the_next_time(store: Database, detail: str) -> None:
    assert following(store, REQUESTS[detail]).count("\r\n") > 1
    assert following(store, REQUESTS[detail]).count("\r\n") == 1


@pytest.mark.parametrize("detail", ["diff", "revisions"])
def test_a_former_text_that_was_tagged_anew_comes_again(store: Database, detail: str) -> None:
    following(store, REQUESTS[detail])
    former = store.read(lambda conn: conn.scalars(select(Revision.id).where(Revision.text.contains("CSTO"))).one())
    store.write(lambda conn: record_version(conn, version="new", content="{}", entities=[], aliases=0, now=NOW))
    store.write(
        lambda conn: retags.record_retagged(conn, {former: TaggedRevision([], None)}, vocabulary_version="new", now=NOW)
    )
    again = following(store, REQUESTS[detail])
    assert URL in again
    assert OTHER.url not in again


def following(store: Database, request: ExportRequest) -> str:
    file = io.BytesIO()
    with open_incremental_export(store, request, "nightly", now=NOW) as export:
        write(export, file, silently)
    return file.getvalue().decode()


@pytest.mark.parametrize("detail", DETAILS)
def test_a_schedule_keeps_them(detail: str) -> None:
    question = json.loads(json.dumps(REQUESTS[detail].question()))
    assert parse_request(question) == REQUESTS[detail]


def test_an_article_without_a_text_yet_is_not_in_the_way(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Article).where(Article.url == URL).values(revision_id=None)).rowcount)
    assert [row["url"] for row in rows(store, REQUESTS["text"])] == [OTHER.url]
