"""What `up` is made of, by settings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from cli.run.services import absolute_url, broker_line, page_url, services, worker_line
from db.settings import Settings
from worker.runtime.valkey import Launch

BROKER = Launch(("/wheel/valkey-server",), Path("/run/steppewatch"))


def settings(**fields: Any) -> Settings:
    return Settings(data_dir=Path("/data"), **fields)


def test_with_a_broker_of_our_own() -> None:
    children = {child.name: child for child in services(settings(), BROKER, host="127.0.0.1", port=8000)}

    assert list(children) == ["broker", "crawler", "worker", "web"]
    assert [name for name, child in children.items() if child.serves] == ["broker"]
    for name in ("crawler", "worker", "web"):
        assert children[name].argv[:2] == (sys.executable, "-m")
        assert children[name].env["STEPPEWATCH_BROKER_URL"] == BROKER.url()
        assert children[name].env["STEPPEWATCH_DATA_DIR"] == "/data"
        assert children[name].env["STEPPEWATCH_DATABASE_URL"] == "sqlite:////data/steppewatch.db"
    assert "http://127.0.0.1:8000" in children["web"].greeting


def test_with_a_broker_that_the_operator_named() -> None:
    named = settings(broker_url="redis://broker:6379/0", worker_processes=7)
    children = {child.name: child for child in services(named, None, host="127.0.0.1", port=8000)}

    assert "broker" not in children
    assert children["worker"].env["STEPPEWATCH_BROKER_URL"] == "redis://broker:6379/0"
    assert children["worker"].argv[children["worker"].argv.index("--concurrency") + 1] == "7"


def test_without_any_broker_the_worker_is_alone() -> None:
    children = {child.name: child for child in services(settings(), None, host="127.0.0.1", port=8000)}

    assert children["worker"].argv[:3] == (sys.executable, "-m", "worker.solo")
    assert children["worker"].env["STEPPEWATCH_BROKER_URL"] == "memory://"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        pytest.param("127.0.0.1", "http://127.0.0.1:80", id="loopback"),
        pytest.param("0.0.0.0", "http://127.0.0.1:80", id="everywhere"),
        pytest.param("::", "http://[::1]:80", id="everywhere, IPv6"),
        pytest.param("watch.example", "http://watch.example:80", id="name"),
    ],
)
def test_the_page_has_an_address_that_a_browser_understands(host: str, url: str) -> None:
    assert page_url(host, 80) == url


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        pytest.param("sqlite:////data/a.db", "sqlite:////data/a.db", id="absolute"),
        pytest.param("sqlite:///a.db", "sqlite:////here/a.db", id="relative"),
        pytest.param("sqlite://", "sqlite://", id="memory"),
        pytest.param("postgresql+psycopg://u:p@h/d?host=/x", "postgresql+psycopg://u:p@h/d?host=/x", id="no file"),
    ],
)
def test_a_file_means_the_same_in_every_folder(monkeypatch: pytest.MonkeyPatch, given: str, meant: str) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/here")
    assert absolute_url(given) == meant


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        pytest.param("42:M 21 Nov 2026 22:38:59.821 # Out of memory", "Out of memory", id="stamp"),
        pytest.param("42:signal-handler (1795300747) Received SIGTERM", "Received SIGTERM", id="stamp of a signal"),
        pytest.param("42:M 21 Nov 2026 22:38:59.821 # set 'vm.overcommit_memory = 1'", "", id="advice"),
        pytest.param("42:signal-handler (1795300747) Received SIGTERM scheduling shutdown...", "", id="a usual end"),
        pytest.param("*** FATAL CONFIG FILE ERROR ***", "*** FATAL CONFIG FILE ERROR ***", id="no stamp"),
    ],
)
def test_the_log_has_one_time_stamp(said: str, shown: str) -> None:
    assert broker_line(said) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("worker: Warm shutdown (MainProcess)", ""),
        ("processed 20 new", "processed 20 new"),
        ("worker: out of memory", "worker: out of memory"),
    ],
)
def test_what_celery_says_of_a_usual_end_is_left_out(said: str, shown: str) -> None:
    assert worker_line(said) == shown


@pytest.mark.parametrize(
    ("host", "is_guarded", "is_told"),
    [("127.0.0.1", False, False), ("0.0.0.0", False, True), ("::", False, True), ("0.0.0.0", True, False)],
)
def test_an_address_that_others_reach_is_told_of(host: str, is_guarded: bool, is_told: bool) -> None:
    children = {
        child.name: child for child in services(settings(page_is_guarded=is_guarded), BROKER, host=host, port=80)
    }
    assert ("STEPPEWATCH_PAGE_IS_GUARDED" in children["web"].greeting) == is_told
    assert children["web"].argv[2:] == ("web.serve", host, "80")
