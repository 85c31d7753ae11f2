"""Serving the page: `python -m web.serve HOST PORT`, which `up` starts, and `steppewatch web`."""

from __future__ import annotations

import sys
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from db.settings import load
from web.app import create_app
from web.door import door_of
from web.protocol import BoundedProtocol

_GRACE_S = 3
_KEEP_ALIVE_S = 5


def serve(host: str, port: int) -> None:
    """Serve the page with the settings of the environment until a signal ends it."""
    app = create_app(door=door_of(load(), host))
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config_of(app, host, port)).run()


def config_of(app: ASGIApp, host: str, port: int, protocol: type[BoundedProtocol] = BoundedProtocol) -> uvicorn.Config:
    """Return how uvicorn is to serve an application of ours."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol,
        ws="none",
        access_log=False,  # it would hold the secrets of feeds
        use_colors=False,
        log_level="warning",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
