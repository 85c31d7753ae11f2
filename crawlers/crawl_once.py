"""A single collection of all chosen feeds and their pages; for `crawl --once` and the demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from crawlers.subprocess_run import read_orders, run_child, say
from db.collection.feeds.feeds import make_feeds_due
from db.engine import Database
from db.settings import Settings


def collect_once(
    settings: Settings, source_id: str | None = None, progress: Callable[[str], None] | None = None
) -> dict[str, int]:
    """Poll each active feed (of one source) once, and fetch each due page once; return inputs per outcome.

    Outcomes are spelled `poll: changed`, `entry: new`, `fetch: captured` … `progress` is called with each URL and its
    result. The delays of hosts apply, so this may take minutes. Without such feeds the result is empty. Raises
    ChildFailed.
    """
    database = Database(settings.database)
    database.write(lambda conn: make_feeds_due(conn, now=datetime.now(UTC), source_id=source_id))
    database.close()
    counts: dict[str, int] = {}
    for line in run_child(__name__, settings, {"source_id": source_id}):
        if "counts" in line:
            counts = line["counts"]
        elif progress is not None:
            progress(line["progress"])
    return counts


def main() -> None:
    """Main function of the child: collect, then print the counts."""
    from crawlers.service import collect, set_up_log

    settings, orders = read_orders()
    set_up_log("WARNING")
    totals = collect(
        settings, source_id=orders["source_id"], once=True, progress=lambda message: say({"progress": message})
    )
    say({"counts": {f"{stage}: {outcome}": inputs for (stage, outcome), inputs in sorted(totals.items())}})


if __name__ == "__main__":
    main()
