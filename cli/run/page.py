"""`steppewatch web`: the web page alone, for a team's installation."""

from __future__ import annotations

from typing import Annotated

import typer


def web(
    host: Annotated[str, typer.Option(help="Address to serve the page on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to serve the page on.")] = 8000,
) -> None:
    """Serve the web page of the configured database. On a public address it shows only the pages that messages link to.

    Example: STEPPEWATCH_DATABASE_URL=… STEPPEWATCH_PUBLIC_URL=https://watch.example steppewatch web --port 8080
    """
    from cli.run.up import refuse_taken_port
    from db.settings import load
    from web.serve import serve

    load()
    refuse_taken_port(host, port)
    serve(host, port)
