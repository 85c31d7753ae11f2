"""Exports over the API: byte for byte what the command writes, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from apiclient import ask, read
from commandline import run
from sqlalchemy.exc import OperationalError
from starlette.requests import ClientDisconnect
from starlette.types import Message

from db.engine import Database
from db.enums.exports import ExportKind
from web.answers import exports
from web.app import create_app
from web.shared.board import StatusBoard
from web.shared.store import Store
from worker.export.formats.columns import COLUMNS


@pytest.fixture
def store(filled: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{filled / 'steppewatch.db'}")
    yield database
    database.close()


REQUESTS: list[tuple[str, str, list[str]]] = [
    *((kind, "", []) for kind in ExportKind),
    ("articles", "since=2022-01&until=2022-01-05", ["--since", "2022-01", "--until", "2022-01-05"]),
    (
        "articles",
        "lang=ru&genre=opinion&source=oasis.example",
        ["--lang", "ru", "--genre", "opinion", "--source", "oasis-wire"],
    ),
    ("articles", "text=true&excel=true", ["--text", "--excel"]),
    ("articles", "gzip=true", ["--gzip"]),
    ("articles", "query=csto", ["--query", "csto"]),
    ("mentions", "entity=CSTO&delimiter=semicolon", ["--entity", "csto", "--delimiter", ";"]),
    ("mentions", "revisions=true", ["--revisions"]),
    ("revisions", "diff=true", ["--diff"]),
    ("coverage", "wide=true&entity=csto&count=mentions", ["--wide", "--entity", "csto", "--count", "mentions"]),
    ("coverage", "wide=true&query=csto&query=quiet", ["--wide", "--query", "csto", "--query", "quiet"]),
]


@pytest.mark.parametrize(("kind", "query", "options"), REQUESTS)
def test_the_bytes_are_those_of_the_command(store: Database, kind: str, query: str, options: list[str]) -> None:
    answer = ask(create_app(store), f"/exports/{kind}?{query}")
    assert answer.status == 200, answer.text
    assert answer.body == run("export", kind, *options).stdout_bytes
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="steppewatch-{kind}.csv')


def test_a_parquet_file_comes_whole(store: Database) -> None:
    answer = ask(create_app(store), "/exports/articles?format=parquet")
    assert (answer.status, answer.body[:4], answer.body[-4:]) == (200, b"PAR1", b"PAR1")


def test_the_type_says_what_the_file_is(store: Database) -> None:
    app = create_app(store)
    types = {
        query: ask(app, f"/exports/articles?{query}").headers["content-type"] for query in ("", "excel=1", "gzip=1")
    }
    assert types == {
        "": "text/csv; charset=utf-8; header=present",
        "excel=1": "text/csv; charset=utf-16; header=present",
        "gzip=1": "application/gzip",
    }


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/exports/nothing", "kind"),
        ("/exports/articles?wide=1", "wide"),
        ("/exports/articles?diff=1", "diff"),
        ("/exports/articles?query=a&query=b", "query"),
        ("/exports/articles?query=((", "query"),
        ("/exports/coverage?wide=1&query=csto+AND", "query"),
        ("/exports/coverage?lang=ru", "kind"),
        ("/exports/coverage?query=a", "kind"),
        ("/exports/articles?format=parquet&gzip=1", "format"),
        ("/exports/articles?delimiter=x", "delimiter"),
        ("/exports/articles?entity=cstoo", "entity"),
    ],
)
def test_what_is_not_possible_is_said_before_a_byte_is_sent(store: Database, address: str, parameter: str) -> None:
    answer = ask(create_app(store), address)
    assert answer.status == 422
    assert json.loads(answer.body)["parameter"] == parameter


@pytest.mark.parametrize("query", ["", "gzip=1", "excel=1&text=1", "query=csto", "entity=csto", "format=parquet"])
def test_head_gives_the_headers_without_making_the_file(store: Database, query: str) -> None:
    app = create_app(store)
    whole, head = ask(app, f"/exports/articles?{query}"), ask(app, f"/exports/articles?{query}", method="HEAD")
    assert (whole.status, head.status, head.body) == (200, 200, b"")
    assert (
        head.headers.items()
        == {name: value for name, value in whole.headers.items() if name != "content-length"}.items()
    )


@pytest.mark.parametrize("kind", ExportKind)
def test_head_of_an_export_reads_no_rows_of_articles(
    store: Database, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(store)
    ask(app, f"/exports/{kind}", method="HEAD")
    with caplog.at_level("INFO", logger="sqlalchemy.engine"):
        ask(app, f"/exports/{kind}", method="HEAD")
        of_head = _selects(caplog)
        caplog.clear()
        ask(app, f"/exports/{kind}")
        of_get = _selects(caplog)
    assert not [statement for statement in of_head if "articles" in statement]
    assert len(of_head) < len(of_get)


def _selects(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith(("SELECT", "WITH"))]


@pytest.mark.parametrize("query", ["query=csto+AND", "diff=1", "since=soon"])
def test_head_of_what_is_not_possible_is_that_of_get(store: Database, query: str) -> None:
    app = create_app(store)
    whole, head = ask(app, f"/exports/articles?{query}"), ask(app, f"/exports/articles?{query}", method="HEAD")
    assert (head.status, head.headers, head.body) == (422, whole.headers, b"")


def test_the_columns_of_each_kind_are_described(store: Database) -> None:
    described = {one["kind"]: one["columns"] for one in read(create_app(store), "/exports")["exports"]}
    assert {kind: [column["name"] for column in columns] for kind, columns in described.items()} == {
        kind: [column.name for column in columns] for kind, columns in COLUMNS.items()
    }


def test_exports_take_turns(store: Database) -> None:
    app = create_app(store)
    for _ in range(exports.AT_ONCE):
        assert exports._turns.acquire(blocking=False)
    busy = ask(app, "/exports/articles")
    for _ in range(exports.AT_ONCE):
        exports._turns.release()
    assert (busy.status, busy.headers["retry-after"]) == (503, "10")
    assert all(ask(app, "/exports/articles").status == 200 for _ in range(exports.AT_ONCE + 1))


def test_an_export_that_grows_too_large_is_refused(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXPORT_MAX", 100)
    app = create_app(store)
    assert [ask(app, "/exports/articles").status for _ in range(exports.AT_ONCE + 1)] == [422] * (exports.AT_ONCE + 1)


def test_an_export_that_takes_too_long_is_refused(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any) -> int:
        raise OperationalError("SELECT", {}, Exception("interrupted"))

    monkeypatch.setattr(exports, "write", late)
    app = create_app(store)
    assert [ask(app, "/exports/articles").status for _ in range(exports.AT_ONCE + 1)] == [503] * (exports.AT_ONCE + 1)


def test_a_client_that_leaves_leaves_no_file_and_no_transaction(store: Database) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            raise OSError("the client is gone")

    def now() -> datetime:
        return datetime(2022, 2, 1, tzinfo=UTC)

    pages = Store(database=store, now=now, board=StatusBoard(database=store, now=now))
    with pages.reading() as conn:
        request = exports.build_export(conn, ExportKind.ARTICLES, exports.ExportParameters(), store=pages)
    response = exports.respond_export(pages, request)
    store.close()
    (Path(store.engine.url.database or "")).unlink()  # nothing is read from the store any more
    with pytest.raises(ClientDisconnect):
        asyncio.run(response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send))
    assert response._file.closed
