"""What must still happen when `steppewatch up` itself was killed: nothing of it may live on.

The kernel tells a process that its parent died, but not the grandchildren (the pool of a Celery worker). So this
script runs beside the supervisor, which tells it on standard input what to look after, one order a line: `+123`
a process group was started, `-123` it has ended, `/path` a folder to remove. When the input ends, the supervisor
is gone: groups get a moment to end by themselves, then SIGKILL.

It is run as a file, `python -I -S reaper.py`, and imports next to nothing: it costs little and starts at once.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE_S = 3.0


def read_orders(lines: Iterable[str]) -> tuple[set[int], set[str]]:
    """Return the process groups and the folders that are left when the lines end; anything else is ignored."""
    groups: set[int] = set()
    folders: set[str] = set()
    for line in lines:
        kind, rest = line[:1], line[1:].rstrip("\n")
        # kill(2): group 0 would be ourselves and group 1 init's.
        if kind in "+-" and rest.isascii() and rest.isdigit() and int(rest) > 1:
            (groups.add if kind == "+" else groups.discard)(int(rest))
        elif kind == "/":
            folders.add(line.rstrip("\n"))
    return groups, folders


def signal_group(group: int, number: int) -> bool:
    """Send a signal (0: none) to a process group; return whether it exists."""
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
