"""Cleanup after a killed `steppewatch up`: no process of it may survive.

The kernel notifies a process that its parent died, but not the grandchildren (the pool of a Celery worker). So this
script runs beside the supervisor, which sends it one order a line on standard input: `+123` for a process group that
started, `-123` for one that exited, `/path` for a folder to remove. The end of input means that the supervisor is gone:
groups get a moment to exit, then SIGKILL.

It is run as a file, `python -I -S reaper.py`, and imports almost nothing, so that it is small and starts at once.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE_S = 3.0


def read_orders(lines: Iterable[str]) -> tuple[set[int], set[str]]:
    """Return the process groups and folders that remain at the end of the orders; invalid orders are ignored."""
    groups: set[int] = set()
    folders: set[str] = set()
    for line in lines:
        kind, rest = line[:1], line[1:].rstrip("\n")
        # kill(2): group 0 is our own and group 1 is init's.
        if kind in "+-" and rest.isascii() and rest.isdigit() and int(rest) > 1:
            (groups.add if kind == "+" else groups.discard)(int(rest))
        elif kind == "/":
            folders.add(line.rstrip("\n"))
    return groups, folders


def signal_group(group: int, number: int) -> bool:
    """Send a signal (0: none) to a process group; return whether the group exists."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    """Wait for the end of standard input, then clean up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups, folders = read_orders(sys.stdin)
    kill_at = time.monotonic() + PATIENCE_S
    while groups and time.monotonic() < kill_at:
        groups = {group for group in groups if signal_group(group, 0)}
        time.sleep(0.05)
    for group in groups:
        signal_group(group, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
