"""`steppewatch migrate`: create the database or upgrade its schema."""

from __future__ import annotations

import sys

from cli.shared import store
from cli.shared.output import emit, note
from cli.shared.store_url import display_url


def migrate() -> None:
    """Create the database, or upgrade it to this version's schema.

    A new database gets the packaged vocabulary and catalogue of outlets; an existing one gets the additions to the
    catalogue, and your own changes stay. If STEPPEWATCH_TIME_ZONE has changed, all articles are dated again; if the
    rules for reprints have changed, all texts are compared again. Coverage is brought up to date. Running it twice
    changes nothing.

    Example: steppewatch migrate
    """
    from cli.shared.store_errors import explain_store_errors
    from cli.source.parts.catalogue_report import build_record, describe_changes
    from db.settings import load
    from worker.chain.service import utc_now
    from worker.coverage.recount import recount
    from worker.setup import move_to_zone, newer_vocabulary, prepare, update_catalogue

    url = store.configured_url()
    with explain_store_errors(url):
        database = store.connect(url)
        prepared = prepare(database, now=utc_now())
        changes = update_catalogue(database, now=utc_now())
        move_to_zone(database, load().time_zone)
        recount(database)
        vocabulary = database.read(newer_vocabulary)
    if (done := prepared.recompared).texts:
        note(
            f"stories by the current rules: {done.texts:,} texts marked, {done.articles:,} articles compared again"
            f", {done.moved:,} articles changed their story, {done.alerts:,} late alerts"
        )
    if vocabulary is not None:
        note(f"this version brings a newer vocabulary, {vocabulary}; see steppewatch vocabulary diff default")
    if not sys.stdout.isatty():
        revisions = {"from": prepared.revision_before, "to": prepared.revision}
        emit({"database": display_url(url), **revisions, "catalogue": build_record(changes)})
        return
    if prepared.revision_before == prepared.revision:
        sys.stdout.write(f"{display_url(url)} is already at revision {prepared.revision}\n")
    else:
        before = prepared.revision_before or "nothing"
        sys.stdout.write(f"{display_url(url)} upgraded from {before} to revision {prepared.revision}\n")
    sys.stdout.writelines(f"catalogue: {line}\n" for line in describe_changes(changes))
