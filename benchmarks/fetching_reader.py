"""First and second polls by lemon24/reader: `PYTHON -m benchmarks.fetching_reader FILE FEEDS PORT WORKERS`.

Runs under an interpreter that has reader (`pip install reader`), which is no part of the project's environment; prints
feeds/s and CPU seconds of each round.
"""

from __future__ import annotations

import argparse
import resource
import time

from benchmarks.fetching_site import url_of_feed


def main() -> None:
    """Poll all feeds twice and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", help="where reader keeps its database")
    for name in ("feeds", "port", "workers"):
        parser.add_argument(name, type=int)
    asked = parser.parse_args()

    from reader import make_reader  # type: ignore[import-not-found,unused-ignore]

    reader = make_reader(asked.file)
    for number in range(asked.feeds):
        reader.add_feed(url_of_feed(number, asked.port))
    for name in ("first polls", "unchanged polls"):
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        reader.update_feeds(workers=asked.workers, scheduled=False)
        took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(
            f"reader, {name}: {asked.feeds / took:.0f}/s, {asked.feeds / cpu:.0f} per CPU second, "
            f"{after.ru_maxrss / 1e3:.0f} MB at the peak",
            flush=True,
        )
    failed = sum(feed.last_exception is not None for feed in reader.get_feeds())
    print(f"reader: {failed} feeds failed, {reader.get_entry_counts().total} entries stored")


if __name__ == "__main__":
    main()
