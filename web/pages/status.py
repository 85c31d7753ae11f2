"""The status page, for the person who operates the service."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.shared.board import StatusView
from web.shared.page import Format, respond
from web.shared.store import Reading
from web.shared.tables import PageTable

router = APIRouter(include_in_schema=False)


class StatusPage:
    """The content of the status page."""

    template = "status.html"
    title = "Status"

    def __init__(self, board: StatusView) -> None:
        self.board = board

    def record(self) -> dict[str, Any]:
        """Return the state of the whole system."""
        return asdict(self.board.health)

    def table(self) -> PageTable:
        """Return the outlets with their state."""
        fields = ("id", "name", "state", "succeeded_at", "feeds", "articles", "missed", "last_error")
        rows = [[getattr(outlet, name) for name in fields] for outlet in self.board.outlets]
        return PageTable(("source", *fields[1:]), rows)


@router.get("/status")
def show_status(request: Request, store: Reading, format: Format) -> Response:
    """Return the status page."""
    return respond(request, StatusPage(store.board.view()), format)
