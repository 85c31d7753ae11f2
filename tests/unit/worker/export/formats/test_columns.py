"""The pure parts of exports: times, wide tables, descriptions, cuts and questions."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.enums.exports import ExportPeriod
from db.exports.read import Filters
from worker.export.formats.column import ColumnKind
from worker.export.formats.column_page import described
from worker.export.formats.columns import COLUMNS
from worker.export.formats.data_package import DataFile, describe, manifest
from worker.export.formats.due_times import next_time
from worker.export.formats.pivot import wide_columns, widen
from worker.export.request import Cut, ExportRequest, parse_request


@pytest.mark.parametrize(
    ("every", "after", "following"),
    [
        ("hour", "2022-01-05T10:59:59Z", "2022-01-05T11:00:00Z"),
        ("hour", "2022-01-05T11:00:00Z", "2022-01-05T12:00:00Z"),
        ("day", "2022-12-31T23:59:59Z", "2023-01-01T00:00:00Z"),
        ("week", "2022-01-05T10:00:00Z", "2022-01-10T00:00:00Z"),
        ("week", "2022-01-10T00:00:00Z", "2022-01-17T00:00:00Z"),
        ("month", "2022-01-31T10:00:00Z", "2022-02-01T00:00:00Z"),
        ("month", "2022-12-01T00:00:00Z", "2023-01-01T00:00:00Z"),
        ("day", "2022-01-05T23:30:00-02:00", "2022-01-07T00:00:00Z"),
    ],
)
def test_when_an_export_is_due(every: str, after: str, following: str) -> None:
    assert next_time(datetime.fromisoformat(after), every) == datetime.fromisoformat(following)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.sampled_from(ExportPeriod))  # noqa: DTZ001 - zoned below
@settings(max_examples=100)
def test_the_next_time_is_later_and_at_most_a_month(moment: datetime, every: str) -> None:
    after = moment.replace(tzinfo=UTC)
    assert after < next_time(after, every) <= after + timedelta(days=31)


def test_every_day_has_a_row_and_every_entity_a_column() -> None:
    cells = [
        (date(2022, 1, 1), "b", 9),
        (date(2022, 1, 2), "a", 1),
        (date(2022, 1, 4), "a", 2),
        (date(2022, 1, 4), "b", 3),
    ]

    def health(day: date) -> tuple[str | None, bool | None]:
        return ("0.5000", True) if day.day == 4 else (None, None)

    assert list(widen(cells, ["a", "b", "c"], (date(2022, 1, 2), date(2022, 1, 5)), health)) == [
        (date(2022, 1, 2), 1, 0, 0, None, None),
        (date(2022, 1, 3), 0, 0, 0, None, None),
        (date(2022, 1, 4), 2, 3, 0, "0.5000", True),
        (date(2022, 1, 5), 0, 0, 0, None, None),
    ]
    names = [column.name for column in wide_columns(["a", "b"], "stories")]
    assert names == ["day", "a", "b", "alive", "impaired"]


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_is_described(kind: str) -> None:
    file = DataFile(path=f"{kind}.csv", bytes=10, sha256="0a", rows=3)
    [resource] = json.loads(describe(kind, COLUMNS[kind], file, "7@2022-01-01T00:00:00Z"))["resources"]
    assert (resource["path"], resource["bytes"], resource["hash"]) == (f"{kind}.csv", 10, "sha256:0a")
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == [column.name for column in COLUMNS[kind]]
    assert all(field["title"] and field["type"] and field["description"] for field in fields)
    numbers = [
        column for column in COLUMNS[kind] if column.kind is ColumnKind.INTEGER and not column.name.endswith("_id")
    ]
    assert all(column.unit for column in numbers)


def test_a_manifest_names_its_files() -> None:
    said = json.loads(manifest({"cut": "7"}, [DataFile(path="a.csv", bytes=10, sha256="0a", rows=3)]))
    assert said == {"cut": "7", "files": [{"path": "a.csv", "rows": 3, "bytes": 10, "sha256": "0a"}]}


def test_a_cut_is_read_as_it_is_written() -> None:
    cut = Cut(5120, datetime(2026, 11, 22, 2, 0, 5, tzinfo=UTC))
    assert str(cut) == "5120@2026-11-22T02:00:05Z"
    assert Cut.parse(str(cut)) == cut
    assert str(Cut(1, datetime(2022, 1, 1, 6, tzinfo=timezone(timedelta(hours=6))))) == "1@2022-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "written", ["", "5120", "5120@", "x@2026-11-22T02:00:00Z", "5@2026-11-22T02:00:00", "٣@2026-11-22"]
)
def test_what_is_no_cut(written: str) -> None:
    with pytest.raises(ValueError, match=r"cut|isoformat"):
        Cut.parse(written)


@pytest.mark.parametrize(
    "request_",
    [
        ExportRequest(kind="articles"),
        ExportRequest(kind="mentions", filters=Filters(since=date(2022, 1, 1), entities=["csto"], in_scope=False)),
        ExportRequest(kind="articles", query='csto AND "two words"'),
        ExportRequest(kind="articles", detail="text"),
        ExportRequest(
            kind="coverage", filters=Filters(until=date(2022, 1, 1)), wide=True, counted="stories", gzip=True
        ),
    ],
)
def test_a_question_can_be_kept_as_json(request_: ExportRequest) -> None:
    kept = json.loads(json.dumps(request_.question()))
    assert parse_request(kept, gzip=request_.gzip) == request_


def test_the_page_of_columns_is_that_of_the_declaration() -> None:
    page = (Path(__file__).parents[5] / "docs" / "reference" / "export-columns.md").read_text("utf-8")
    assert page.partition("\n\n")[2] == described()
