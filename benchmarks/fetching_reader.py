"""First and second polls by lemon24/reader: `PYTHON -m benchmarks.fetching_reader FILE FEEDS PORT WORKERS`.

Runs under an interpreter that has reader (`pip install reader`); prints feeds/s and CPU seconds of each round.
"""

from __future__ import annotations

import resource
import sys
import time

from reader import make_reader  # type: ignore[import-not-found,unused-ignore]

from benchmarks.fetching_site import url_of_feed


def main() -> None:
    """Poll all feeds twice and print."""
    file, feeds, port, workers = sys.argv[1], *map(int, sys.argv[2:5])
    reader = make_reader(file)
    for number in range(feeds):
        reader.add_feed(url_of_feed(number, port))
    for name in ("first polls", "unchanged polls"):
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        reader.update_feeds(workers=workers, scheduled=False)
        took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(
            f"reader, {name}: {feeds / took:.0f}/s, {feeds / cpu:.0f} per CPU second, "
            f"{after.ru_maxrss / 1e3:.0f} MB at the peak",
            flush=True,
        )
    failed = sum(feed.last_exception is not None for feed in reader.get_feeds())
    print(f"reader: {failed} feeds failed, {reader.get_entry_counts().total} entries stored")


if __name__ == "__main__":
    main()
