"""Serving the page: `python -m web.serve HOST PORT`, which `up` starts, and `steppewatch web`."""

from __future__ import annotations

import sys
from contextlib import suppress

import uvicorn

from db.settings import load
from web.app import create_app
from web.door import door_of

_GRACE_S = 3


def serve(host: str, port: int) -> None:
    """Serve the page with the settings of the environment until a signal ends it."""
    config = uvicorn.Config(
        create_app(door=door_of(load(), host)),
        host=host,
        port=port,
        ws="none",
        access_log=False,  # it would hold the secrets of feeds
        use_colors=False,
        log_level="warning",
        timeout_graceful_shutdown=_GRACE_S,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
