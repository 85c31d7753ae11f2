"""The compose file: what it says, and its own commands as plain processes on PostgreSQL and the Redis protocol."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import composefile
import pytest
from material import ROOT
from processes import running, wait_until
from samples import NOON
from site_served import Site, numbered, serving
from sqlalchemy import func, select

from db import sources
from db.captures import count_waiting
from db.coverage import cells_query, count_marks
from db.engine import Database
from db.feeds import add_feed
from db.models import Article, Capture, Feed, MentionRow, Outcome, Revision
from db.settings import PREFIX, Settings

PAGES = 30
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


@pytest.mark.parametrize("service", ["postgres", "redis", "web"])
def test_who_serves_others_has_a_health_check(service: str) -> None:
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
    assert ours <= {PREFIX + name.upper() for name in Settings.model_fields}
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

    Only addresses differ: of the servers, and the port of the page.
    """

    def __init__(self, folder: Path, database_url: str, broker_url: str, site: Site) -> None:
        self.port = free_port()
        self.stack = ExitStack()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._folder = folder
        self._settings = {
            "STEPPEWATCH_DATABASE_URL": database_url,
            "STEPPEWATCH_BROKER_URL": broker_url,
            "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": site.address,
            "STEPPEWATCH_HOST_DELAY_S": "0",
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


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site(numbered(PAGES))) as site:
        yield site


@pytest.fixture
def deployment(postgres_url: str, broker_url: str, site: Site, tmp_path: Path) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path, postgres_url, broker_url, site)
    with deployment.stack:
        yield deployment


def migrated(deployment: Deployment, url: str, site: Site) -> Database:
    """Return the store after `migrate`; its only feed is the site's, tests leave the outlets in peace."""
    assert deployment.start("migrate", "migrate").wait(120) == 0, deployment.words()
    database = Database(url)
    outlet = sources.SourceIn("lake-post", "The Lake Post", ["127.0.0.1"], "person")
    with database.engine.begin() as conn:
        conn.execute(Feed.__table__.delete())
    database.write(lambda conn: sources.record_source(conn, outlet, now=NOON))
    database.write(lambda conn: add_feed(conn, source_id="lake-post", url=site.feed_url, now=NOON))
    return database


def test_two_crawlers_and_two_workers_bring_the_site_to_the_page(
    deployment: Deployment, postgres_url: str, site: Site
) -> None:
    database = migrated(deployment, postgres_url, site)

    def count(query: Any) -> int:
        return database.read(lambda conn: conn.scalar(query) or 0)

    for service, name in (
        ("worker", "worker-1"),
        ("worker", "worker-2"),
        ("beat", "beat"),
        ("crawler", "crawler-1"),
        ("crawler", "crawler-2"),
        ("web", "web"),
    ):
        deployment.start(service, name)
    captures = select(func.count()).select_from(Capture)
    articles = select(func.count()).select_from(Article)
    words = deployment.words
    wait_until(lambda: count(captures) >= PAGES, 90, "all pages are captured", words)
    wait_until(lambda: count(articles) >= PAGES, 90, "all captures are understood", words)
    wait_until(lambda: database.read(count_waiting) == 0, 30, "nothing waits", words)
    wait_until(lambda: database.read(count_marks) == 0, 30, "coverage is counted", words)

    assert count(articles) == count(select(func.count()).select_from(Revision)) == PAGES
    assert count(select(func.count()).select_from(Revision).where(Revision.stage != "done")) == 0
    assert count(select(func.sum(Outcome.inputs)).where(Outcome.stage == "understand")) == PAGES
    named = select(func.count(func.distinct(MentionRow.revision_id))).where(MentionRow.entity_id == "kazakhstan")
    counted = select(func.sum(cells_query(entities=["kazakhstan"]).subquery().c.articles))
    assert count(named) == count(counted) == PAGES
    asked = Counter(path for path in site.asked if path.startswith("/news/"))
    assert asked == dict.fromkeys(site.pages, 1), "two crawlers ask for a page once between them"

    wait_until(lambda: deployment.ask("/healthz")[0] == 200, 30, "the page is well", words)
    status, body = deployment.ask("/")
    assert (status, "Kazakhstan counts ferry" in body) == (200, True)
    check = deployment.argv(SERVICES["web"]["healthcheck"]["test"][1:])
    assert subprocess.run(check, check=False, capture_output=True, timeout=30).returncode == 0

    alive = {name: process for name, process in deployment.processes.items() if name != "migrate"}
    assert all(process.poll() is None for process in alive.values()), words()
    for process in alive.values():
        os.kill(process.pid, signal.SIGTERM)
    codes = {name: process.wait(20) for name, process in alive.items()}
    assert codes.pop("web") in (0, -signal.SIGTERM), "uvicorn ends in order, then by the signal that it was sent"
    assert set(codes.values()) == {0}, words()
    database.close()


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
    assert b"was not migrated: " in done.stderr
    assert b"Traceback" not in done.stderr
