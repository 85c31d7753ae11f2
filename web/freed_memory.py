"""Settings of glibc's allocator for a process with several threads that is to stay small.

By default each thread has an arena of its own, and what is freed in it stays there; and once a large block was freed,
blocks of that size are no longer taken from the system and given back one by one. The process of the pages
then holds ten megabytes more than it uses.
"""

from __future__ import annotations

import ctypes
import os
import sys

_SETTINGS = {  # the variable that sets the same, the number of the parameter in malloc.h, the value
    "MALLOC_ARENA_MAX": (-8, 1),
    "MALLOC_TRIM_THRESHOLD_": (-1, 128 * 1024),
    "MALLOC_MMAP_THRESHOLD_": (-3, 128 * 1024),
}


def return_freed_memory() -> list[str]:
    """Let all threads share one arena that gives back what is freed; return the names of what was set.

    What the environment sets is kept. Other libraries than glibc have no such settings.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return []
    wanted = {name: setting for name, setting in _SETTINGS.items() if name not in os.environ}
    return [name for name, (parameter, value) in wanted.items() if mallopt(parameter, value)]
