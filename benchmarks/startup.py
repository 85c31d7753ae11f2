"""How long commands take that only look: their seconds of CPU beside those of Python itself, and the heaviest imports.

All are run in turn, and of each the quickest run counts: others share the machine, and slow everything down.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ("-c", "pass")
COMMANDS = (
    ("--version",),
    ("status", "--format", "json"),
    ("status", "--format", "table"),
    ("source", "list", "--format", "json"),
    ("coverage", "csto", "--format", "json"),
    ("coverage", "CSTO", "--format", "json"),
    ("coverage", "ОДКБ", "--format", "json"),
)
HEAVIEST = 10
# Invented: this was never published.
TEXT = "CSTO exercises end quietly\n\nThe CSTO said on Monday that its exercises in Kazakhstan had ended.\n"
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


def cpu_s(arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    """Return the seconds of CPU, of user and system, that one run of Python with these arguments takes."""
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    child = os.posix_spawn(sys.executable, [sys.executable, *arguments], environment, file_actions=nowhere)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"it failed: python {' '.join(arguments)}")
    return used.ru_utime + used.ru_stime


def heaviest_imports(arguments: Sequence[str], environment: Mapping[str, str]) -> list[tuple[int, str]]:
    """Return the imports that took longest, each without what it imports itself: microseconds and name."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return sorted(((int(took), name) for took, name in _IMPORT.findall(done.stderr)), reverse=True)[:HEAVIEST]


def main() -> None:
    """Make a small store, run the commands on it and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "a.txt"
        text.write_text(TEXT, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "STEPPEWATCH_DATA_DIR": f"{folder}/data"}
        cpu_s(("-m", "cli.main", "ingest", str(text)), environment)
        measured = [PYTHON, *(("-m", "cli.main", *words) for words in COMMANDS)]
        took = [[cpu_s(arguments, environment) for arguments in measured] for _ in range(runs)]
        print("| command | CPU s |\n|---|---|")
        for arguments, times in zip(measured, zip(*took, strict=True), strict=True):
            print(f"| `{' '.join(arguments).replace('-m cli.main', 'steppewatch')}` | {min(times):.3f} |")
        for arguments in measured[1:]:
            print(f"\n{' '.join(arguments[2:])}: the heaviest imports, in ms")
            for microseconds, name in heaviest_imports(arguments, environment):
                print(f"{microseconds / 1000:7.1f}  {name}")


if __name__ == "__main__":
    main()
