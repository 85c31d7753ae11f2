"""The allocator's settings of the process of the pages: what is freed goes back; the environment has the last word."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

PROBE = """
import ctypes, threading
from web.freed_memory import return_freed_memory
print(",".join(return_freed_memory()))
hold = threading.Barrier(4)
def use():
    blocks = [bytearray(5000) for _ in range(50)]
    hold.wait(60)
threads = [threading.Thread(target=use) for _ in range(3)]
for one in threads: one.start()
hold.wait(60)
libc = ctypes.CDLL(None)
libc.malloc_info.argtypes, libc.fdopen.restype = [ctypes.c_int, ctypes.c_void_p], ctypes.c_void_p
stream = libc.fdopen(1, b"w")
libc.malloc_info(0, stream)
libc.fflush(ctypes.c_void_p(stream))
"""
IS_GLIBC = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_info")
needs_glibc = pytest.mark.skipif(not IS_GLIBC, reason="another allocator than glibc's")


def probe(**environment: str) -> tuple[list[str], int]:
    """Return what was set in a new process, and how many arenas its threads have."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-u", "-c", PROBE]
    told = subprocess.run(command, env={**clean, **environment}, capture_output=True, text=True, check=True).stdout
    first, rest = told.split("\n", 1)
    return first.split(","), rest.count("<heap nr=")


@needs_glibc
def test_all_threads_share_an_arena() -> None:
    assert probe() == (["MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"], 1)


@needs_glibc
def test_what_the_environment_says_is_kept() -> None:
    names, arenas = probe(MALLOC_ARENA_MAX="8")
    assert "MALLOC_ARENA_MAX" not in names
    assert arenas > 1
