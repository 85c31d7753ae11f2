"""Child processes that do not outlive their parent.

A parent that is killed with SIGKILL runs no clean-up. On Linux the kernel does it instead: a child requests with
prctl(2) PR_SET_PDEATHSIG a signal at its parent's death. Pitfalls from the manual:

* The "parent" is the *thread* that forked. `spawn` therefore forks from a thread that lives as long as the child.
* The setting survives exec but not fork: children of the child get nothing and need a watcher of their own.
* A change of user clears it, so it is set after that; `Popen(user=…)` changes the user before `preexec_fn` runs.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from subprocess import Popen
from typing import Any

_PR_SET_PDEATHSIG = 1
# Looked up before any fork: between fork and exec a process must neither import nor search libraries.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def die_with_parent(death_signal: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """Return a `preexec_fn` that makes the child receive `death_signal` when the forking thread ends.

    On systems without prctl the returned function does nothing.
    """
    parent = os.getpid()

    def tie() -> None:
        if _prctl is None:
            return
        _prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl: no signal will come
            os._exit(1)

    return tie


def spawn(argv: Sequence[str], *, death_signal: signal.Signals = signal.SIGTERM, **options: Any) -> Popen[bytes]:
    """Start `argv` so that it receives `death_signal` when this process ends, however it ends.

    `options` are those of `subprocess.Popen`, whose errors pass through. May be called from any thread.
    """
    tie = die_with_parent(death_signal)
    if threading.current_thread() is threading.main_thread():
        return Popen(argv, preexec_fn=tie, **options)
    born: Future[Popen[bytes]] = Future()

    def keep() -> None:
        try:
            process = Popen(argv, preexec_fn=tie, **options)
        except BaseException as error:
            born.set_exception(error)
        else:
            born.set_result(process)
            process.wait()

    threading.Thread(target=keep, name=f"keeper of {argv[0]}", daemon=True).start()
    return born.result()
