"""The first page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

router = APIRouter(include_in_schema=False)


@router.get("/")
async def show_overview() -> Response:
    """Lead to the status page."""
    return RedirectResponse("/status")
