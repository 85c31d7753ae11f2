"""The script that draws charts, for browsers to keep; see `web.charts.bundle`."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from web.charts.bundle import bundle_name, read_bundle, start_making
from web.shared.store import Reading

router = APIRouter(include_in_schema=False)
_WAIT_S, _LOOK_S = 30.0, 0.25
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


@router.get("/charts/{name}")
async def send_script(name: str, request: Request, store: Reading) -> Response:
    """Return the script. While it is being made, the answer waits, and the page that wants it does not."""
    if name != bundle_name() or store.cache is None:
        raise HTTPException(404)
    is_compressed = "gzip" in request.headers.get("accept-encoding", "")
    script = await run_in_threadpool(read_bundle, store.cache, compressed=is_compressed)
    if script is None:
        await run_in_threadpool(start_making, store.cache)
    waited = 0.0
    while script is None and waited < _WAIT_S:
        await asyncio.sleep(_LOOK_S)
        waited += _LOOK_S
        script = await run_in_threadpool(read_bundle, store.cache, compressed=is_compressed)
    if script is None:
        raise HTTPException(503, "The script that draws charts could not be made; the reason is in the log.")
    headers = _KEPT | ({"Content-Encoding": "gzip"} if is_compressed else {})
    return Response(script, headers=headers, media_type="text/javascript")
