"""`steppewatch source edit`: what a person decides about an outlet."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from cli.output import emit
from cli.store import open_store


class Unverified(StrEnum):
    """When an outlet is read although the certificate of its server is bad."""

    NEVER = "never"
    WITHOUT_SECRETS = "without-secrets"
    ALWAYS = "always"


def source_edit(
    outlet: Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")],
    unverified: Annotated[
        Unverified,
        typer.Option(help="Whether feeds and pages are read although the certificate is bad; usually without-secrets."),
    ],
) -> None:
    """Change how an outlet is collected. What is read in spite of a bad certificate is marked as unverified.

    Example: steppewatch source edit new-eastern-outlook --unverified never
    """
    from cli.names import source_ids
    from db.unverified import set_rule

    database = open_store()
    with database.reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
    database.write(lambda conn: set_rule(conn, source_id, unverified.value))
    emit({"id": source_id, "read_unverified": unverified.value})
