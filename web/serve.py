"""The server of the page: `python -m web.serve HOST PORT`, as run by `up`, and `steppewatch web`."""

from __future__ import annotations

import sys
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from db.settings import load
from web.app import create_app
from web.door import build_door
from web.freed_memory import return_freed_memory
from web.protocol import BoundedProtocol

_GRACE_S = 3
_KEEP_ALIVE_S = 5
_TURN_S = 0.0005
"""Time after which a thread that computes lets another one run. A page waits for its turn after each answer of the
database: by default up to 5 ms, thirty times a page, while another page or what is read ahead is computed.
"""


def serve(host: str, port: int) -> None:
    """Serve the page with the settings of the environment until a signal arrives."""
    return_freed_memory()
    sys.setswitchinterval(_TURN_S)
    app = create_app(door=build_door(load(), host))
    with suppress(KeyboardInterrupt):
        uvicorn.Server(build_config(app, host, port)).run()


def build_config(
    app: ASGIApp, host: str, port: int, protocol: type[BoundedProtocol] = BoundedProtocol
) -> uvicorn.Config:
    """Return uvicorn's configuration for our application."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol,
        ws="none",
        access_log=False,  # the log would contain the secrets of feeds
        use_colors=False,
        log_level="warning",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
