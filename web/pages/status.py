"""The status page, for the person who operates the service."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.answers.page import Format, respond
from web.answers.tables import PageTable
from web.shared.board import StatusView
from web.shared.status_record import read_status_record
from web.shared.store import Reading, Store

router = APIRouter(include_in_schema=False)


class StatusPage:
    """The content of the status page."""

    template = "status.html"
    title = "Status"

    def __init__(self, board: StatusView, store: Store) -> None:
        self.board, self._store = board, store

    def record(self) -> Any:
        """Return the state of the whole system, as `status --format json` prints it."""
        return read_status_record(self._store)

    def table(self) -> PageTable:
        """Return the outlets with their state."""
        fields = ("id", "name", "state", "succeeded_at", "feeds", "articles", "missed", "last_error")
        rows = [[getattr(outlet, name) for name in fields] for outlet in self.board.outlets]
        return PageTable(("source", *fields[1:]), rows)


@router.get("/status")
def show_status(request: Request, store: Reading, format: Format) -> Response:
    """Return the status page."""
    return respond(request, StatusPage(store.board.view(), store), format)
