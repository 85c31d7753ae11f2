"""The script that draws charts in the reader's browser: Vega, Vega-Lite and Vega-Embed in one file.

The file is made once, from what the package `vl-convert-python` brings along, by a child process that ends afterwards:
making it takes a second and 200 MB, which the process of the pages must not have. Its name changes with its content,
so browsers may keep it for ever. It is in the cache folder of the data directory, beside a compressed copy.
"""

from __future__ import annotations

import fcntl
import gzip
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from worker.lib.atomic_file import replacing
from worker.lib.trusted_file import open_if_trusted
from worker.runtime.child_process import die_with_parent

NAME = re.compile(r"vega-[0-9a-f]{16}\.js")
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_LIMIT_S = 120
_AGAIN_S = 600
_MAX_BYTES = 8 << 20
_guard = threading.Lock()
_started: dict[Path, float] = {}
"""The instants at which this process last started to make scripts, by folder."""
_log = logging.getLogger(__name__)


@cache
def bundle_name() -> str:
    """Return the name of the file, which is another one for every version of the package and of the snippet."""
    content = f"{version('vl-convert-python')}\n{_SNIPPET}".encode()
    return f"vega-{blake2b(content, digest_size=8).hexdigest()}.js"


def read_bundle(folder: Path, *, compressed: bool = False) -> bytes | None:
    """Return the script, or its gzip form; None if it is not made yet, or if others may have written it."""
    path = folder / (bundle_name() + (".gz" if compressed else ""))
    with open_if_trusted(path) as descriptor:
        if descriptor is None:
            return None
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(_MAX_BYTES)


def make_bundle(folder: Path) -> bool:
    """Make the script in this process, unless it is there, and return whether; a second process waits for the first.

    Older scripts are removed. OSError if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        if read_bundle(folder) is not None:
            return False
        import vl_convert

        script = vl_convert.javascript_bundle(_SNIPPET).encode()
        target = folder / bundle_name()
        for path, content in (
            (target.with_name(target.name + ".gz"), gzip.compress(script, mtime=0)),
            (target, script),
        ):
            with replacing(path) as file:
                os.fchmod(file.fileno(), 0o644)  # whatever the umask says: what others can write is not served
                file.write(content)
        for old in folder.glob("vega-*.js*"):
            if not old.name.startswith(target.name):
                old.unlink(missing_ok=True)
        return True


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the lock of the folder. The system frees it when a process ends, however it ends."""
    descriptor = os.open(folder / "vega.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def start_making(folder: Path) -> None:
    """Start a child process that makes the script, unless it is there or being made, and return at once.

    If it fails, the log says why, and it is tried again after ten minutes; pages show sparklines and tables meanwhile.
    """
    with _guard:
        last = _started.get(folder)
        if (last is not None and time.monotonic() - last < _AGAIN_S) or read_bundle(folder) is not None:
            return
        _started[folder] = time.monotonic()
    threading.Thread(target=_make_in_child, args=(folder,), name="chart bundle", daemon=True).start()


def _make_in_child(folder: Path) -> None:
    command = [sys.executable, "-m", __name__, str(folder)]
    reason = ""
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=_LIMIT_S,
            check=False,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(),
        )
        if done.returncode == 0:
            return
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    _log.warning("charts are not drawn in browsers: their script could not be made: %s", reason or "it took too long")


if __name__ == "__main__":
    sys.stdout.write("made\n" if make_bundle(Path(sys.argv[1])) else "found\n")
