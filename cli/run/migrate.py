"""`steppewatch migrate`: the store brought to the schema of this version."""

from __future__ import annotations

import sys

from cli.shared import store
from cli.shared.output import emit, note
from cli.shared.store_url import shown


def migrate() -> None:
    """Bring the store to the shape that this version needs; make and fill it when there is none.

    An empty store gets the packaged vocabulary and catalogue of outlets; one that has them gets what is new in the
    catalogue, and what you changed stays. When STEPPEWATCH_TIME_ZONE is another than before, all articles are dated
    anew; when reprints are recognised by other rules than before, all texts are compared anew. Coverage is counted.
    Again changes nothing.

    Example: steppewatch migrate
    """
    from cli.shared.store_errors import explain_store_errors
    from cli.source.catalogue_report import lines_of, record_of
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
            f"stories by the present rules: {done.texts:,} texts marked and {done.articles:,} articles compared anew;"
            f" {done.moved:,} articles changed their story, {done.told:,} alerts are told late"
        )
    if vocabulary is not None:
        note(f"this program brings a newer vocabulary, {vocabulary}: steppewatch vocabulary diff default")
    if not sys.stdout.isatty():
        revisions = {"from": prepared.revision_before, "to": prepared.revision}
        emit({"database": shown(url), **revisions, "catalogue": record_of(changes)})
        return
    if prepared.revision_before == prepared.revision:
        sys.stdout.write(f"{shown(url)} is at revision {prepared.revision} already\n")
    else:
        before = prepared.revision_before or "nothing"
        sys.stdout.write(f"{shown(url)} went from {before} to revision {prepared.revision}\n")
    sys.stdout.writelines(f"catalogue: {line}\n" for line in lines_of(changes))
