"""The compose file: what it says, and its own commands as plain processes on PostgreSQL and the Redis protocol."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import composefile
import pytest
from faults.showing import count_understood, read_exports, show
from material import ROOT
from processes import running, wait_until

from cli.demo.outlets import Act, packaged_folder, read_outlets
from cli.demo.script import Director
from cli.demo.server import serving
from cli.demo.store import prepare_store
from cli.demo.web import VAULT, DemoWeb
from db.engine import Database
from db.settings import PREFIX, names
from worker.chain.service import utc_now

COMPOSE = composefile.read((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "crawler", "worker", "beat", "web")
BIN = Path(sys.executable).parent


def test_all_services_are_there() -> None:
    assert set(SERVICES) == {"postgres", "redis", *OURS}


def test_there_is_no_secret_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    secrets = [line for line in text.splitlines() if re.search(r"(?i)^\s*\w*(password|secret|token|key)\w*: ", line)]
    assert secrets, "the password of the database is named"
    assert all(re.search(r": \$\{\w+:\?[^}]+\}$", line) for line in secrets), "it comes from outside, or nothing starts"
    assert not re.search(r"://[^/\s@]*:[^/\s@]*@", text), "no address has a password in it"


@pytest.mark.parametrize("service", sorted(SERVICES.keys() - {"migrate"}))
def test_whoever_stays_has_a_health_check(service: str) -> None:
    test = SERVICES[service]["healthcheck"]["test"]
    assert test[0] == "CMD"
    assert len(test) > 1


@pytest.mark.parametrize("service", ["postgres", "redis"])
def test_what_is_kept_is_in_a_named_volume(service: str) -> None:
    (volume,) = SERVICES[service]["volumes"]
    name, _, folder = volume.partition(":")
    assert name in COMPOSE["volumes"]
    assert folder.startswith("/")


@pytest.mark.parametrize("service", OURS)
def test_our_services_wait_for_what_they_need_and_use_settings_that_exist(service: str) -> None:
    needs = SERVICES[service]["depends_on"]
    expected = {"postgres": "service_healthy"}
    if service != "migrate":
        expected = {"migrate": "service_completed_successfully", "redis": "service_healthy"}
    assert {name: need["condition"] for name, need in needs.items()} == expected
    ours = {name for name in SERVICES[service]["environment"] if name.startswith(PREFIX)}
    assert ours <= set(names())
    assert {f"{PREFIX}DATABASE_URL", f"{PREFIX}BROKER_URL"} <= ours


def test_the_page_is_published_on_this_machine_only() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_the_image_runs_as_an_ordinary_user() -> None:
    instructions = [line.split(None, 1) for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()]
    words = [(parts[0], parts[1]) for parts in instructions if len(parts) == 2 and parts[0].isupper()]
    last_stage = max(place for place, (name, _) in enumerate(words) if name == "FROM")
    (user,) = [value for name, value in words[last_stage:] if name == "USER"]
    assert user not in ("root", "0")
    assert any(name == "RUN" and "useradd" in value and value.endswith(user) for name, value in words[last_stage:])
    assert [name for name, _ in words].index("USER") < [name for name, _ in words].index("CMD")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: yes", id="truth or word"),
        pytest.param("a: 1.5", id="number or word"),
        pytest.param("a: 12:30", id="time or word"),
        pytest.param("a: |", id="block"),
        pytest.param("a: 'b'", id="single quotes"),
        pytest.param("a: b # c", id="comment behind a value"),
        pytest.param("a: *b", id="alias as a value"),
        pytest.param("a: b: c", id="two colons"),
        pytest.param("\ta: b", id="tab"),
        pytest.param("a: b\na: c", id="key twice"),
        pytest.param("- a", id="block list"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(composefile.Unreadable):
        composefile.read(text)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


class Deployment:
    """Runs the services' own commands as containers would: each in a folder of its own, with the file's settings.

    Only addresses differ: of the servers, of the outlets, and the port of the page.
    """

    def __init__(self, folder: Path, database_url: str, broker_url: str, web: DemoWeb) -> None:
        self.port = free_port()
        self.stack = ExitStack()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._folder = folder
        self._settings = {
            "STEPPEWATCH_DATABASE_URL": database_url,
            "STEPPEWATCH_BROKER_URL": broker_url,
            "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": web.allowed,
            "STEPPEWATCH_HOST_DELAY_S": "0.05",
            "STEPPEWATCH_BATCH_SIZE": "2",
            "STEPPEWATCH_SWEEP_EVERY_S": "0.3",
        }

    def argv(self, command: list[str]) -> list[str]:
        """Return a command with the port of this deployment, and its program from this environment."""
        port = str(self.port)
        return [str(BIN / command[0]), *(word.replace(":8000/", f":{port}/") for word in command[1:])]

    def start(self, service: str, name: str) -> subprocess.Popen[bytes]:
        """Start one container of a service."""
        folder = self._folder / name
        folder.mkdir()
        command = [str(self.port) if word == "8000" else word for word in SERVICES[service]["command"]]
        environment = self.environment(service) | {"STEPPEWATCH_DATA_DIR": str(folder)}
        process = self.stack.enter_context(
            running(self.argv(command), environment, folder, self._folder / f"{name}.log")
        )
        self.processes[name] = process
        return process

    def is_healthy(self, service: str, name: str) -> bool:
        """Return what the service's own health check says of one of its containers."""
        check = self.argv(SERVICES[service]["healthcheck"]["test"][1:])
        folder = self._folder / name
        environment = {**os.environ, **self.environment(service), "STEPPEWATCH_DATA_DIR": str(folder)}
        return subprocess.run(check, env=environment, cwd=folder, capture_output=True, timeout=60).returncode == 0

    def age(self, name: str, seconds: float) -> None:
        """Let so much time pass since each sign of life of a container."""
        for sign in (self._folder / name / "alive").iterdir():
            at = time.time() - seconds
            os.utime(sign, (at, at))

    def environment(self, service: str) -> dict[str, str]:
        """Return what the file sets, with our addresses; secrets come from outside."""
        given = SERVICES[service]["environment"]
        ours = {name: value for name, value in given.items() if "${" not in value}
        return ours | self._settings

    def words(self) -> str:
        """Return what all of them said."""
        logs = sorted(self._folder.glob("*.log"))
        return "\n".join(f"--- {log.stem}\n{log.read_text('utf-8', 'replace')[-3_000:]}" for log in logs)

    def ask(self, path: str) -> tuple[int, str]:
        """Return status and body of a page; 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:
            return 0, ""


@pytest.fixture(scope="module")
def web() -> DemoWeb:
    """The demo's web on a port of its own; addresses are part of the exports."""
    folder = packaged_folder()
    with socket.socket() as probe:
        probe.bind((VAULT, 0))
        return DemoWeb(read_outlets(folder), folder, probe.getsockname()[1])


@pytest.fixture
def deployment(postgres_url: str, broker_url: str, web: DemoWeb, tmp_path: Path) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path, postgres_url, broker_url, web)
    with deployment.stack:
        yield deployment


RUNNING = {
    "worker-1": "worker",
    "worker-2": "worker",
    "beat": "beat",
    "crawler-1": "crawler",
    "crawler-2": "crawler",
    "web": "web",
}


def test_the_demos_web_comes_out_as_it_does_embedded(
    deployment: Deployment, postgres_url: str, web: DemoWeb, warm: Callable[[Path], Path], tmp_path: Path
) -> None:
    """Two crawlers and two workers on PostgreSQL; then each is asked how it is, and ended in order."""
    folder = warm(tmp_path / "embedded")
    embedded = show(web, folder, f"sqlite:///{folder / 'steppewatch.db'}")
    database = Database(postgres_url)
    prepare_store(database, web, "the test's store", now=utc_now())
    assert deployment.start("migrate", "migrate").wait(120) == 0, deployment.words()
    for name, service in RUNNING.items():
        deployment.start(service, name)
    with serving(web, "") as stage:
        asyncio.run(Director(stage, database, clock=utc_now).play(list(Act), lambda _: None, pause_s=0))

    for kind, expected in read_exports(database).items():
        assert expected == embedded.exports[kind], kind
    outcomes = count_understood(database)
    for once in ({"new", "copy"}, {"revised"}):  # which of two copies came first is chance
        assert sum(outcomes[each] for each in once) == sum(embedded.outcomes[each] for each in once)
    assert not outcomes["rejected"]
    wait_until(lambda: deployment.ask("/healthz")[0] == 200, 30, "the page is well", deployment.words)
    status, body = deployment.ask("/status")
    assert (status, web.outlets[0].name in body) == (200, True)

    with ThreadPoolExecutor(len(RUNNING)) as pool:  # all at once: a sign of life may take five seconds
        list(pool.map(partial(check_health, deployment), RUNNING))
    alive = {name: deployment.processes[name] for name in RUNNING}
    assert all(process.poll() is None for process in alive.values()), deployment.words()
    for process in alive.values():
        os.kill(process.pid, signal.SIGTERM)
    codes = {name: process.wait(20) for name, process in alive.items()}
    assert codes.pop("web") in (0, -signal.SIGTERM), "uvicorn ends in order, then by the signal that it was sent"
    assert set(codes.values()) == {0}, deployment.words()
    database.close()


def check_health(deployment: Deployment, name: str) -> None:
    """See that the service's health check tells a container that works from one that only exists."""
    process, service = deployment.processes[name], RUNNING[name]
    wait_until(lambda: deployment.is_healthy(service, name), 60, f"{name} is well", deployment.words)
    os.kill(process.pid, signal.SIGSTOP)
    wait_until(lambda: _is_stopped(process.pid), 10, f"{name} stands still")
    if service != "web":  # which is asked over HTTP
        deployment.age(name, 61)
    assert not deployment.is_healthy(service, name), f"{name} stands still and is said to be well"
    os.kill(process.pid, signal.SIGCONT)
    wait_until(lambda: deployment.is_healthy(service, name), 60, f"{name} is well again", deployment.words)


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_the_health_check_of_the_page_fails_when_nobody_answers(deployment: Deployment) -> None:
    check = deployment.argv(SERVICES["web"]["healthcheck"]["test"][1:])
    assert subprocess.run(check, check=False, capture_output=True, timeout=30).returncode != 0


def test_a_service_whose_database_is_gone_says_so(deployment: Deployment) -> None:
    folder = ROOT
    environment = {
        **os.environ,
        **deployment.environment("migrate"),
        "STEPPEWATCH_DATABASE_URL": "postgresql+psycopg://u@127.0.0.1:1/d",
    }
    argv = deployment.argv(SERVICES["migrate"]["command"])
    done = subprocess.run(argv, env=environment, cwd=folder, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert b"the store postgresql+psycopg://u@127.0.0.1:1/d cannot be used: " in done.stderr
    assert b"Traceback" not in done.stderr


def test_the_page_that_is_published_here_only_says_that_it_is_guarded() -> None:
    assert SERVICES["web"]["environment"]["STEPPEWATCH_PAGE_IS_GUARDED"] == "true"
