"""Crawler in a child process for a command: orders go in as JSON, JSON lines come out.

A reactor runs once per process, and signals belong to the main thread; a child process has both to itself.
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
    """The crawler process exited with an error; its output is on stderr."""


def run_child(module: str, settings: Settings, orders: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the lines printed by `python -m module`, parsed. Raises ChildFailed if it exits with an error."""
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
        raise ChildFailed(f"the crawler process exited with code {code}")


def read_orders() -> tuple[Settings, dict[str, Any]]:
    """Return the orders of the parent; for the child."""
    orders = json.load(sys.stdin)
    return Settings(**orders.pop("settings")), orders


def say(line: Mapping[str, Any]) -> None:
    """Send a line to the parent; for the child. Stops the process if the parent is gone."""
    try:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.kill(os.getpid(), signal.SIGTERM)
