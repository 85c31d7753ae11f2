"""`steppewatch source retry`: request again now what was refused, gone or failed."""

from __future__ import annotations

from datetime import UTC, datetime

from cli.shared.output import emit
from cli.shared.store import open_store
from cli.shared.tables import print_table, wants_json
from cli.source.parts.feeds import FEED, FORMAT, OUTLET, find_feed


def source_retry(outlet: OUTLET, feed: FEED = None, format: FORMAT = None) -> None:
    """Retry now the feeds and pages of an outlet that were refused, gone or failed.

    With --feed: this feed, and the pages that it lists. They would be retried anyway, at growing intervals. A feed that
    you paused stays paused.

    Examples:

      steppewatch source retry new-eastern-outlook

      steppewatch source retry herald.example --feed https://herald.example/rss
    """
    from cli.shared.lookup import source_ids
    from db.collection.pages.refusals import ask_for_source

    database = open_store()
    with database.reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
        url = None if feed is None else find_feed(conn, source_id, feed)
    feeds, pages = database.write(lambda conn: ask_for_source(conn, source_id, now=datetime.now(UTC), feed_url=url))
    if wants_json(format):
        emit({"id": source_id, "feeds": feeds, "pages": pages})
    else:
        print_table(("outlet", "#feeds", "#pages"), [(source_id, f"{feeds:,}", f"{pages:,}")])
