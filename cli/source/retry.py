"""`steppewatch source retry`: request again now what was refused, gone or failed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.shared.output import emit
from cli.shared.store import open_store


def source_retry(
    outlet: Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")],
) -> None:
    """Retry now the feeds and pages of an outlet that were refused, gone or failed.

    They would be retried anyway, at growing intervals. A feed that you paused stays paused.

    Example: steppewatch source retry new-eastern-outlook
    """
    from cli.shared.lookup import source_ids
    from db.collection.refusals import ask_for_source

    database = open_store()
    with database.reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
    feeds, pages = database.write(lambda conn: ask_for_source(conn, source_id, now=datetime.now(UTC)))
    emit({"id": source_id, "feeds": feeds, "pages": pages})
