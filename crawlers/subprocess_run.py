"""Running a crawler in a child process for a command that must end: orders go in as JSON, lines of JSON come back.

A reactor runs once in a process, and signals belong to the main thread; a child has both to itself, however often
and from wherever it is wanted.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from db.settings import Settings

_ROOT = str(Path(__file__).resolve().parent.parent)


class ChildFailed(RuntimeError):
    """The crawler process ended with an error; what it said is on stderr."""


def run_child(module: str, settings: Settings, orders: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what `python -m module` prints, line by line. Raises ChildFailed if it ends badly."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))}
    child = subprocess.Popen(
        [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with child.stdin:
            child.stdin.write(json.dumps({"settings": settings.plain(), **orders}).encode())
        for line in child.stdout:
            yield json.loads(line)
    finally:
        child.stdout.close()
        if child.poll() is None:
            child.terminate()
        code = child.wait()
    if code:
        raise ChildFailed(f"the crawler process ended with code {code}")


def read_orders() -> tuple[Settings, dict[str, Any]]:
    """Return what the parent wants; for the child."""
    orders = json.load(sys.stdin)
    return Settings(**orders.pop("settings")), orders


def say(line: Mapping[str, Any]) -> None:
    """Send a line to the parent; for the child. Without a parent there is nothing to go on for."""
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.kill(os.getpid(), signal.SIGTERM)
