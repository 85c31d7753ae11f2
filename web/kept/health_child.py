"""A process that reads the health of the collection for the process of the pages: `python -m web.kept.health_child`.

It reads a task from its input, as JSON in one line: the address of the database, the current day, and quarters of
years. It writes the health of each quarter to its output, as one pickle after another, and ends. When its input ends
first, its parent has ended or needs it no more, so it ends at once.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import threading
from datetime import date
from typing import BinaryIO

_NICE = 5
"""Readers of pages come first."""


def main() -> None:
    """Carry out the task of the standard input."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the parent answers for the end, not a traceback
    os.nice(_NICE)
    task = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_input, args=(sys.stdin.fileno(),), daemon=True).start()
    try:
        write_health(task, sys.stdout.buffer)
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise SystemExit(f"the health of the collection cannot be read: {reason}") from None


def describe_task(url: str, today: date, quarters: list[tuple[date, date]]) -> bytes:
    """Return the line that asks for the health of quarters."""
    days = [[first.isoformat(), last.isoformat()] for first, last in quarters]
    return json.dumps({"url": url, "today": today.isoformat(), "quarters": days}).encode() + b"\n"


def write_health(task: dict[str, object], out: BinaryIO) -> None:
    """Write the health of each quarter of a task. Errors of the database pass through."""
    from db.engine import Database  # after the signal is set: this takes a third of a second
    from worker.coverage.health import collection_health_by_day

    database = Database(str(task["url"]))
    today, quarters = date.fromisoformat(str(task["today"])), task["quarters"]
    assert isinstance(quarters, list)
    for first, last in quarters:
        since, until = date.fromisoformat(first), date.fromisoformat(last)
        with database.snapshot() as conn:
            found = collection_health_by_day(conn, since, until, today=today)
        pickle.dump(dict(found), out, protocol=pickle.HIGHEST_PROTOCOL)
        out.flush()
    database.close()


def _end_with_input(given: int) -> None:
    while os.read(given, 1):  # not the buffered file, whose lock must be free when this process ends by itself
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
