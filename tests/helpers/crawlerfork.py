"""Children of commands that crawl, forked from one process which has imported the crawler: that takes most of a second.

So are the processes that read feeds and pages for them, and the processes of commands that `run_command` runs.

`Warm.children` has `crawlers.subprocess_run` start its children here. They get the environment, the folder and the
files that `subprocess.Popen` would give them, and run the module as `python -m` does; what a start from nothing is like
is tested by the services and by the commands that tests run as processes of their own.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
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
    """A child of the process that listens at an address, with what this repository uses of `subprocess.Popen`."""

    def __init__(self, address: str, order: Mapping[str, Any], files: Sequence[int]) -> None:
        """Have a child forked that follows an order and has these files."""
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.connect(address)
        order = {"folder": os.getcwd(), "address": address, **order}
        socket.send_fds(self._line, [json.dumps(order).encode()], files)
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

    def kill(self) -> None:
        """End the child at once."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _hear(self, seconds: float | None) -> None:
        if self.returncode is None:
            self._line.settimeout(seconds)
            self.returncode = int(self._line.recv(64))
            self._line.close()


class Child(Forked):
    """A child of a command: it runs a module as `python -m` does, between two pipes."""

    def __init__(self, address: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Run `python -m module`."""
        assert list(argv[:2]) == [sys.executable, "-m"]
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        self.stdin, self.stdout = os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb")
        super().__init__(address, {"module": argv[2], "environment": dict(env)}, [theirs_in, theirs_out, 2])
        os.close(theirs_in)
        os.close(theirs_out)


_servers: list[Callable[[], str]] = []
"""Returns the address of the process to fork from, while there is one."""


def run_command(
    *arguments: str, environment: Mapping[str, str], folder: Path | None = None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run `steppewatch` in a process of its own, with files for its input and what it says."""
    if not _servers:
        command, variables = [sys.executable, "-m", "cli.main", *arguments], {**environment, "PYTHONPATH": str(_ROOT)}
        return subprocess.run(command, input=stdin, capture_output=True, env=variables, cwd=folder, check=False)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        for file in (given, out, err):
            file.seek(0)
        order = {"module": "cli.main", "arguments": arguments, "environment": dict(environment)}
        if folder is not None:
            order["folder"] = str(folder)
        child = Forked(_servers[-1](), order, [given.fileno(), out.fileno(), err.fileno()])
        code = child.wait()
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def _start_parser(get_address: Callable[[], str], argv: Sequence[str], **options: Any) -> Forked:
    """Start a process of `crawlers.bounded_process`, which is to serve a connection within limits."""
    code = re.fullmatch(r"from crawlers\.bounded_process import serve; serve\((\d+), (\d+), (\d+)\)", argv[2])
    assert code is not None
    number, cpu_s, memory = map(int, code.groups())
    order = {"serve": [cpu_s, memory], "environment": dict(options["env"])}
    return Forked(get_address(), order, [number])


class Warm:
    """A process to fork from, started with the first child; none where its socket is not to be had."""

    def __init__(self, folder: Path) -> None:
        """`folder` is a private one, for the socket."""
        self._address = str(folder / "crawlers")
        self._is_possible = sys.platform == "linux" and len(os.fsencode(self._address)) <= _LONGEST
        self._process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def children(self) -> Iterator[None]:
        """Fork the children of commands that crawl while the block runs; elsewhere they start as they do otherwise."""
        if not self._is_possible:
            yield
            return
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("crawlers.subprocess_run.subprocess", SimpleNamespace(Popen=self._run, PIPE=subprocess.PIPE))
            _fork_parsers(patch, self._get_address)
            _servers.append(self._get_address)
            try:
                yield
            finally:
                _servers.remove(self._get_address)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def _get_address(self) -> str:
        if self._process is None:
            where = {"PYTHONPATH": os.pathsep.join(map(str, (_ROOT, _ROOT / "tests" / "helpers")))}
            command = [sys.executable, "-m", "crawlerfork", self._address]
            self._process = spawn(command, stdout=subprocess.PIPE, env={**os.environ, **where})
            assert self._process.stdout is not None
            assert self._process.stdout.readline() == b"ready\n"
        return self._address

    def _run(self, argv: Sequence[str], *, stdin: int, stdout: int, env: Mapping[str, str]) -> Child:
        assert stdin == stdout == subprocess.PIPE
        return Child(self._get_address(), argv, env)


@contextmanager
def warmed(folder: Path) -> Iterator[Warm]:
    """Yield a process to fork from, which ends with the block."""
    warm = Warm(folder)
    try:
        yield warm
    finally:
        warm.close()


def _fork_parsers(patch: pytest.MonkeyPatch, get_address: Callable[[], str]) -> None:
    """Have the processes of this one that read what strangers wrote forked, too."""
    namespace = SimpleNamespace(Popen=partial(_start_parser, get_address), DEVNULL=subprocess.DEVNULL)
    patch.setattr("crawlers.bounded_process.subprocess", namespace)


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
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    if "serve" in order:
        from crawlers.bounded_process import serve

        serve(files[0], *order["serve"])
        os._exit(0)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    _fork_parsers(pytest.MonkeyPatch(), lambda: str(order["address"]))
    sys.argv = [str(order["module"]), *order.get("arguments", ())]


if __name__ == "__main__":
    import worker.chain.service
    import worker.coverage.recount
    import worker.matching.backtest  # noqa: F401

    _import_components()
    gc.collect()
    gc.freeze()
    _serve(sys.argv[1])
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115, its end is the end of the process
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
