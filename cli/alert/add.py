"""`steppewatch alert add`: create a subscription."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.alert.recipients import note_missing_settings, option_names, with_recipients
from cli.alert.subscriptions import build_record, find_or_exit, public_links
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from worker.delivery.transports.transport import RecipientAddress

if TYPE_CHECKING:
    from db.engine import Database
    from worker.subscriptions.definition import SubscriptionDefinition


@with_recipients()
def alert_add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: lower-case letters and hyphens.")],
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="The query; see docs/reference/queries.md.")
    ] = None,
    silence: Annotated[
        str | None, typer.Option(metavar="OUTLET", help="Instead of a query: alert when this outlet falls silent.")
    ] = None,
    burst: Annotated[
        str | None, typer.Option(metavar="ENTITY", help="Instead of a query: alert when attention to it is unusual.")
    ] = None,
    health: Annotated[
        str | None,
        typer.Option(
            metavar="OUTLET|all", help="Instead of a query: alert when this outlet is not collected as it should be."
        ),
    ] = None,
    recipients: tuple[RecipientAddress, ...] = (),
    feed: Annotated[bool, typer.Option("--feed", help="Create an Atom feed with a secret address.")] = False,
    every: Annotated[
        str,
        typer.Option(metavar="WHEN", help="at once, hourly, daily 08:00 Asia/Almaty, weekly mon 08:00 Asia/Almaty."),
    ] = "at once",
    max_age: Annotated[
        int,
        typer.Option(
            metavar="HOURS", help="Ignore articles published longer ago; for --silence: the time without an article."
        ),
    ] = 72,
    on_revision: Annotated[
        bool, typer.Option("--on-revision", help="Alert again when an edit changes the match.")
    ] = False,
    all_quiet: Annotated[bool, typer.Option("--all-quiet", help="Send empty digests too.")] = False,
) -> None:
    """Subscribe to a query, to an outlet's silence or health, or to unusual attention to an entity.

    Running workers pick it up at once. Test the query first: steppewatch alert test QUERY.

    Example: steppewatch alert add csto-drills 'entity:csto AND (drill* OR exercise*)' --email me@office.example
    Example: steppewatch alert add csto-peaks --burst CSTO --email me@office.example
    Example: steppewatch alert add faults --health all --email operator@office.example
    Example: steppewatch alert add turan '"Great Turan"' --email me@office.example --every "daily 08:00 Asia/Almaty"
    """
    from db.alerts.subscriptions import NameTaken, SubscriptionIn
    from worker.subscriptions import definition
    from worker.subscriptions.definition import SubscriptionDefinition

    kind, question = _choose_question(query=query, silence=silence, burst=burst, health=health)
    requested = SubscriptionDefinition(
        SubscriptionIn(
            name=name,
            query=question,
            kind=kind,
            cadence=every,
            max_age_h=max_age,
            on_revision=on_revision,
            all_quiet=all_quiet,
        ),
        recipients,
        feed,
    )
    database = open_store()
    validated = _validate_or_exit(database, requested)
    try:
        database.write(lambda conn: definition.create(conn, validated, now=datetime.now(UTC)))
    except NameTaken as error:
        fail(str(error), hint=f"steppewatch alert show {name}")
    if not validated.addresses:
        note(f"{name} has no recipient: its matches are stored, but not sent (add {option_names()})")
    note_missing_settings(recipient.kind for recipient in validated.recipients)
    with database.reading() as conn:
        emit(build_record(conn, find_or_exit(conn, name), public_links(), with_secrets=True))


def _choose_question(**options: str | None) -> tuple[str, str]:
    """Return kind and question. Raises typer.BadParameter unless there is exactly one question."""
    questions = [(kind, text) for kind, text in options.items() if text]
    if len(questions) != 1:
        raise typer.BadParameter("pass exactly one of a query, --silence, --burst and --health", param_hint="QUERY")
    return questions[0]


def _validate_or_exit(database: Database, requested: SubscriptionDefinition) -> SubscriptionDefinition:
    """Return the validated subscription. Exit if it is invalid."""
    from db.settings import load
    from worker.subscriptions import definition
    from worker.subscriptions.references import load_references

    known = database.read(lambda conn: load_references(conn, allow_private_hosts=load().allow_private_hosts))
    validated, problems = definition.validate(requested, known)
    if problems:
        fail("\n       ".join(problems), code=2)
    return validated
