"""The guide to the API, followed on the store of the tutorial: each example prints what the page shows."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgi import get
from commandline import run
from sessions import ROOT
from starlette.types import ASGIApp

from db.engine import Database
from web.app import create_app

NAME = "docs/how-to/use-api.md"
EXAMPLES = re.findall(r"```python\n(.*?)```\n\n```\n(.*?)```", (ROOT / NAME).read_text("utf-8"), re.DOTALL)


class NoServerBetween(httpx.BaseTransport):
    """What carries the requests of a client straight to an application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        answer = get(self.app, request.url.path, query=request.url.query.decode(), headers=headers)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


def test_the_examples_print_what_the_page_shows(warm_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("ingest", str(ROOT / "demo" / "january-2022.jsonl")).exit_code == 0
    database = Database(f"sqlite:///{warm_data / 'steppewatch.db'}")
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=NoServerBetween(create_app(database))))
    names: dict[str, Any] = {}
    printed = []
    for code, _ in EXAMPLES:
        with redirect_stdout(io.StringIO()) as out:
            exec(compile(code, NAME, "exec"), names)
        printed.append(out.getvalue())
    database.close()
    assert printed == [shown for _, shown in EXAMPLES]


def test_all_python_of_the_page_is_tried() -> None:
    assert len(EXAMPLES) == (ROOT / NAME).read_text("utf-8").count("```python\n") == 9
