"""A crawler that works off one back-fill and ends; for `source backfill` where no other crawler runs."""

from __future__ import annotations

from collections.abc import Iterator

from crawlers.subprocess_run import read_orders, run_child, say
from db.settings import Settings


def run_backfill(settings: Settings, backfill_id: int) -> Iterator[str]:
    """Yield each URL with its result, until the back-fill ends or has to wait for long. Raises ChildFailed."""
    for line in run_child(__name__, settings, {"backfill_id": backfill_id}):
        yield line["progress"]


def main() -> None:
    """Main function of the child: work off the back-fill."""
    from crawlers.service import collect, set_up_log

    settings, orders = read_orders()
    set_up_log("WARNING")
    collect(settings, once=True, backfill_id=orders["backfill_id"], progress=lambda message: say({"progress": message}))


if __name__ == "__main__":
    main()
