"""Servers for the tests, found and started when first needed; see `servers/`."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from servers import loopback, pgserver, tally, valkeyserver
from servers.found import Candidate, NoServer
from servers.memory import memory_folder, sweep

_PLACE = "PYTEST_DEBUG_TEMPROOT"  # pytest's own name for where temporary folders go
_WITHOUT = "STEPPEWATCH_TEST_WITHOUT_SERVERS"
_TESTS = Path(__file__).parent
_LONGEST_FIRST = {"packaging": 0, "faults": 1, "flows": 2, "storage": 3}


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server this process of the test run uses: its address, and what it is."""

    url: str
    label: str


def pytest_configure() -> None:
    """Keep the tests on this machine, and what they write in memory if there is enough.

    A gate tries the same examples each time, everybody else new ones.
    """
    settings.register_profile("anybody", deadline=None)  # busy machines are slow, which is no fault
    settings.register_profile("gate", deadline=None, derandomize=True)
    settings.load_profile("gate" if os.environ.get("CI") else "anybody")
    given = (os.environ.get(f"STEPPEWATCH_TEST_{name}_URL", "") for name in ("DATABASE", "BROKER"))
    loopback.forbid_others(loopback.addresses_of(given))
    if _PLACE not in os.environ and (in_memory := memory_folder()):
        sweep(in_memory)
        os.environ[_PLACE] = str(in_memory)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without searches for garbage: there is none, and thousands of tests would be searched again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests of whole services, which take longest: at the end no core waits for the other."""
    items.sort(key=lambda item: _LONGEST_FIRST.get(item.path.relative_to(_TESTS).parts[0], len(_LONGEST_FIRST)))


def pytest_collection_finish() -> None:
    """Leave what was collected out of the search for garbage: thousands of tests that stay until the end."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> list[str]:
    """Say which servers will be used."""
    postgres = next(pgserver.candidates(os.environ), "none to be had")
    broker = next(valkeyserver.candidates(os.environ), "none to be had")
    return [f"PostgreSQL: {postgres}", f"Redis protocol: {broker}", f"SQLite: {sqlite3.sqlite_version}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which servers were used, and by how many tests that passed."""
    terminalreporter.section("servers")
    terminalreporter.line(tally.summary(terminalreporter.stats.get("passed", [])))


def _first_running(
    stack: ExitStack,
    kind: str,
    candidates: Iterator[Candidate],
    running: Callable[[Candidate], AbstractContextManager[str]],
    describe: Callable[[str], str],
) -> RunningServer:
    reasons = []
    for candidate in candidates:
        try:
            url = stack.enter_context(running(candidate))
        except NoServer as error:
            reasons.append(str(error))
        else:
            return RunningServer(url, f"{describe(url)} from the {candidate.origin}")
    reason = f"no {kind} server to test with: " + ("; ".join(reasons) or "neither address, program nor wheel")
    if os.environ.get(_WITHOUT) == "1":
        pytest.skip(f"{reason} ({_WITHOUT}=1)")
    pytest.fail(f"{reason}. {_WITHOUT}=1 skips what needs one.", pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def _own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from the settings and the data of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("STEPPEWATCH_")]:
            if name != "STEPPEWATCH_SHARED" and not name.startswith("STEPPEWATCH_TEST_"):
                patch.delenv(name)
        patch.setenv("STEPPEWATCH_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setenv("STEPPEWATCH_TEST_FOLDER", str(tmp_path_factory.getbasetemp()))
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_removed() -> Iterator[None]:
    """Leave no templates of stores behind; see `templates`."""
    yield
    if templates := sys.modules.get("templates"):
        templates.remove_all()


@pytest.fixture(scope="session")
def warm() -> Callable[[Path], Path]:
    """Give what makes a data directory with the files in its cache that a first command takes five seconds to make.

    They are made once and linked: whoever makes one anew puts another in its place. Tests of the very first start do
    without.
    """
    from samples import warm_cache  # here, for most tests start without it

    from db.settings import Settings

    def warmed(folder: Path) -> Path:
        shutil.copytree(warm_cache(), Settings(data_dir=folder, database_url="").cache_dir, copy_function=os.link)
        return folder

    return warmed


@pytest.fixture(scope="session")
def prepared(warm: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """Give what makes a data directory with these files, and with the store that a first command makes.

    For tests of anything but a first command: to make the store takes it another second.
    """
    from samples import prepared_store

    def with_store(folder: Path) -> Path:
        prepared_store(f"sqlite:///{warm(folder) / 'steppewatch.db'}").close()
        return folder

    return with_store


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[RunningServer]:
    """Give the PostgreSQL server of this test process."""
    with ExitStack() as stack:
        candidates = pgserver.candidates(os.environ)
        yield _first_running(
            stack,
            "PostgreSQL",
            candidates,
            pgserver.running,
            lambda url: f"PostgreSQL {pgserver.server_version(url)}",
        )


@pytest.fixture(scope="session")
def broker_server() -> Iterator[RunningServer]:
    """Give the Redis-protocol server of this test process."""
    with ExitStack() as stack:
        candidates = valkeyserver.candidates(os.environ)
        yield _first_running(stack, "Redis-protocol", candidates, valkeyserver.running, valkeyserver.describe)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the SQLAlchemy address of a SQLite file that does not exist yet."""
    tally.note(request.node, tally.SQLITE, f"SQLite {sqlite3.sqlite_version}")
    return f"sqlite:///{tmp_path / 'steppewatch.db'}"


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, postgres_server: RunningServer) -> Iterator[str]:
    """Give the SQLAlchemy address of an empty PostgreSQL database, dropped after the test."""
    tally.note(request.node, tally.POSTGRESQL, postgres_server.label)
    with pgserver.empty_database(postgres_server.url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Give the SQLAlchemy address of an empty database; the test runs once on each kind."""
    fixtures = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}
    url: str = request.getfixturevalue(fixtures[request.param])
    return url


@pytest.fixture
def broker_url(request: pytest.FixtureRequest, broker_server: RunningServer) -> Iterator[str]:
    """Give the Celery address of an empty database on a Redis-protocol server, emptied after the test.

    On a server from the environment these are the databases 1, 2, …: one for each process of the test run.
    """
    tally.note(request.node, tally.REDIS, broker_server.label)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    url = valkeyserver.with_database(broker_server.url, 1 + int(worker.removeprefix("gw")))
    with valkeyserver.client(url) as client:
        client.flushdb()
        yield url
        client.flushdb()
