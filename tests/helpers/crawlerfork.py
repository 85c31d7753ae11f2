"""Children of commands that crawl, forked from one process which has imported the crawler: that takes most of a second.

`warm_children` has `crawlers.subprocess_run` start its children here. They get the environment, the folder and the
files that `subprocess.Popen` would give them, and run the module as `python -m` does; what a start from nothing is like
is tested by the services and by the commands that tests run as processes of their own.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from worker.runtime.child_process import spawn

_ROOT = Path(__file__).resolve().parents[2]
_LARGEST = 1 << 20
"""Bytes of an order: the environment is the most of it."""
_LONGEST = 100
"""Bytes of the path of a socket."""


class Forked:
    """A child, with what `run_child` uses of `subprocess.Popen`."""

    def __init__(self, argv: Sequence[str], address: str, env: Mapping[str, str]) -> None:
        """Run `python -m module` in a child of the process that listens at `address`."""
        assert list(argv[:2]) == [sys.executable, "-m"]
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        self.stdin, self.stdout = os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb")
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.connect(address)
        order = json.dumps({"module": argv[2], "environment": dict(env), "folder": os.getcwd()}).encode()
        socket.send_fds(self._line, [order], [theirs_in, theirs_out, 2])
        os.close(theirs_in)
        os.close(theirs_out)
        self.pid = int(self._line.recv(64))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code of a child that has ended."""
        with contextlib.suppress(BlockingIOError):
            self._hear(0)
        return self.returncode

    def wait(self) -> int:
        """Wait for the end of the child; return its exit code."""
        self._hear(None)
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        """Ask the child to end."""
        with contextlib.suppress(ProcessLookupError):  # it has ended, and the word of it is on its way
            os.kill(self.pid, signal.SIGTERM)

    def _hear(self, seconds: float | None) -> None:
        if self.returncode is None:
            self._line.settimeout(seconds)
            self.returncode = int(self._line.recv(64))
            self._line.close()


@contextmanager
def warm_children(folder: Path) -> Iterator[None]:
    """Fork the children of commands that crawl while the block runs; the socket for that is in `folder`, a private one.

    Where such sockets are not to be had (another system, a long path) children start as they do otherwise.
    """
    address = str(folder / "crawlers")
    if sys.platform != "linux" or len(os.fsencode(address)) > _LONGEST:
        yield
        return
    where = {"PYTHONPATH": os.pathsep.join(map(str, (_ROOT, _ROOT / "tests" / "helpers")))}
    started: list[subprocess.Popen[bytes]] = []

    def start(argv: Sequence[str], *, stdin: int, stdout: int, env: Mapping[str, str]) -> Forked:
        assert stdin == stdout == subprocess.PIPE
        if not started:
            server = spawn(
                [sys.executable, "-m", "crawlerfork", address], stdout=subprocess.PIPE, env={**os.environ, **where}
            )
            started.append(server)
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
        return Forked(argv, address, env)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crawlers.subprocess_run.subprocess", SimpleNamespace(Popen=start, PIPE=subprocess.PIPE))
        try:
            yield
        finally:
            for server in started:
                server.kill()
                server.communicate()


def _import_components() -> None:
    """Import what a crawl loads by its name when it begins; that takes longer than all else of a small one.

    The reactor is not among it: each child installs its own.
    """
    from scrapy.settings import default_settings

    import crawlers.http.handler  # noqa: F401

    for component in (*default_settings.DOWNLOADER_MIDDLEWARES_BASE, *default_settings.SPIDER_MIDDLEWARES_BASE):
        import_module(component.rpartition(".")[0])
    assert "twisted.internet.reactor" not in sys.modules


def _serve(address: str) -> None:
    """Fork a child for each order; returns in the children only."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(address)
    listening.listen()
    print("ready", flush=True)  # noqa: T201
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait for the children
    while True:
        line, _ = listening.accept()
        order, files, _, _ = socket.recv_fds(line, _LARGEST, 3)
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _keep(line, json.loads(order), files)
            return
        line.close()
        for file in files:
            os.close(file)


def _keep(line: socket.socket, order: Mapping[str, Any], files: Sequence[int]) -> None:
    """Fork the child and tell its number, then how it ended; returns in the child only."""
    child = os.fork()
    if child:
        for file in files:
            os.close(file)
        line.send(str(child).encode())
        _, status = os.waitpid(child, 0)
        with contextlib.suppress(OSError):  # nobody wants to know
            line.send(str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    line.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    sys.argv = [str(order["module"])]


if __name__ == "__main__":
    import crawlers.fetch_urls
    import crawlers.look_up
    import crawlers.service  # noqa: F401

    _import_components()
    gc.collect()
    gc.freeze()
    _serve(sys.argv[1])
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115, its end is the end of the process
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
