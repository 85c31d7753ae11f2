"""Whatever is killed at whatever moment, the store comes out the same. The long version: `make chaos SEED=1..10`."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from faults.farm import farm
from faults.showing import Disturbance, Ended, show
from servers import pgserver, tally

from cli.demo.outlets import packaged_folder, read_outlets
from cli.demo.web import VAULT, DemoWeb

KINDS = ("sqlite", "postgresql")


def chosen_runs(seeds: str, kinds: str) -> list[tuple[str, int]]:
    """Return (database, seed) of the long runs: for seeds as in `3`, `1..10` or `1,4`, and databases as in `sqlite`."""
    numbers: list[int] = []
    for part in seeds.split(","):
        first, _, last = part.partition("..")
        numbers += range(int(first), int(last or first) + 1)
    return [(kind, number) for number in numbers for kind in (kinds.split(",") if kinds else KINDS)]


SEEDS = os.environ.get("STEPPEWATCH_TEST_CHAOS_SEED", "")
IS_LONG = bool(SEEDS)
ARTICLES = 2_000 if IS_LONG else 80
KILLS, PAUSE_S = (60, (0.5, 4.0)) if IS_LONG else (5, (0.1, 1.0))
# In the short version the two together see every kind of kill.
RUNS = (
    chosen_runs(SEEDS, os.environ.get("STEPPEWATCH_TEST_CHAOS_ON", ""))
    if IS_LONG
    else [("sqlite", 1), ("postgresql", 8)]
)


@pytest.fixture(scope="module")
def web() -> DemoWeb:
    """The demo's web with the farm in it, on a port of its own; addresses are part of the exports."""
    folder = packaged_folder()
    outlets = (*read_outlets(folder), *farm(ARTICLES, seed=7))
    with socket.socket() as probe:
        probe.bind((VAULT, 0))
        port: int = probe.getsockname()[1]
    return DemoWeb(outlets, folder, port)


@pytest.fixture(scope="module")
def undisturbed(web: DemoWeb, warm: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """What comes out when nothing is killed."""
    folder = warm(tmp_path_factory.mktemp("undisturbed"))
    return show(web, folder, f"sqlite:///{folder / 'steppewatch.db'}")


@dataclass(frozen=True, slots=True)
class Store:
    """An empty database, and whether its server is ours to crash."""

    url: str
    may_crash: bool


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Store:
    """A file."""
    return Store(sqlite_url, may_crash=False)


@pytest.fixture
def on_postgresql(request: pytest.FixtureRequest, postgres_server: Any) -> Iterator[Store]:
    """A database that keeps what it has committed when its server crashes; no connection is held over that."""
    tally.note(request.node, tally.POSTGRESQL, postgres_server.label)
    name = f"steppewatch_chaos_{os.getpid()}"
    with pgserver.connect(postgres_server.url) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = on".encode())
    url = urlunsplit(urlsplit(postgres_server.url)._replace(path=f"/{name}"))
    yield Store(url, may_crash="STEPPEWATCH_TEST_DATABASE_URL" not in os.environ)
    with pgserver.connect(postgres_server.url) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize(("kind", "seed"), RUNS)
def test_whatever_is_killed_the_exports_are_the_same(
    request: pytest.FixtureRequest, kind: str, seed: int, web: DemoWeb, undisturbed: Ended, tmp_path: Path
) -> None:
    tally.note(request.node, tally.REDIS, "the embedded broker")
    store: Store = request.getfixturevalue(f"on_{kind}")
    disturbance = Disturbance(seed, KILLS, PAUSE_S)
    disturbed = show(web, tmp_path / "data", store.url, disturbance, may_crash=store.may_crash)
    differences = {
        name: found
        for name, expected in undisturbed.exports.items()
        if (found := difference(expected, disturbed.exports[name]))
    }
    sys.stdout.write(
        f"\nundisturbed: {undisturbed}\nseed {seed}, {kind}: {len(differences)} differences; {disturbed}\n"
    )
    assert disturbed.kills.total() == KILLS, "the script was over too soon"
    assert not differences, "\n".join(differences.values())
    assert once_only(disturbed) == once_only(undisturbed)
    assert "rejected" not in disturbed.outcomes


def once_only(ended: Ended) -> tuple[int, int]:
    """Return what is counted once whatever happens: articles and further revisions. Only “seen again” may grow."""
    return ended.outcomes["new"] + ended.outcomes["copy"], ended.outcomes["revised"]


def difference(expected: bytes, found: bytes) -> str:
    """Return the lines that differ, at most forty; nothing when the two are the same."""
    if expected == found:
        return ""
    lines = unified_diff(expected.decode().splitlines(), found.decode().splitlines(), "undisturbed", "disturbed", n=0)
    return "\n".join(list(lines)[:40])
