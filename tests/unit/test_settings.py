"""Settings: read from the environment, checked, and documented as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from db.hostports import parse_host_ports
from db.settings import Settings, described, load, unknown_names

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "settings.md"


@pytest.fixture
def _unread() -> Iterator[None]:
    """Settings that nobody has read yet, and that nobody keeps."""
    load.cache_clear()
    yield
    load.cache_clear()


def test_every_setting_is_documented_as_it_is() -> None:
    assert described() in DOCS.read_text(encoding="utf-8")


def test_the_database_is_a_file_in_the_data_directory_unless_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPEWATCH_DATA_DIR", str(tmp_path))
    assert Settings().database == f"sqlite:///{tmp_path}/steppewatch.db"
    monkeypatch.setenv("STEPPEWATCH_DATABASE_URL", "postgresql+psycopg://host/base")
    assert Settings().database == "postgresql+psycopg://host/base"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKER_PROCESSES", "0"),
        ("HOST_DELAY_S", "-1"),
        ("LEASE_S", "soon"),
        ("REDIRECTS_MAX", "1000"),
        ("ALLOW_PRIVATE_HOSTS", "127.0.0.1"),
        ("ALLOW_PRIVATE_HOSTS", "127.0.0.1:80,intranet"),
        ("ALLOW_PRIVATE_HOSTS", "127.0.0.1:70000"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_values_out_of_range_are_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"STEPPEWATCH_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_host_ports_have_one_spelling() -> None:
    assert parse_host_ports(" 127.0.0.1:8000, Intranet.kz.:81 ,[::1]:9000,") == {
        ("127.0.0.1", 8000),
        ("intranet.kz", 81),
        ("::1", 9000),
    }


def test_the_log_level_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWATCH_LOG_LEVEL", "debug")
    assert Settings().log_level == "DEBUG"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        pytest.param("STEPPEWATCH_DATABSE_URL", "STEPPEWATCH_DATABASE_URL", id="letters swapped"),
        pytest.param("STEPPEWATCH_DB_URL", "STEPPEWATCH_DATABASE_URL", id="abbreviation"),
        pytest.param("STEPPEWATCH_BROKER", "STEPPEWATCH_BROKER_URL", id="half a name"),
        pytest.param("STEPPEWATCH_DATADIR", "STEPPEWATCH_DATA_DIR", id="underscore lost"),
        pytest.param("STEPPEWATCH_WORKERS", "STEPPEWATCH_WORKER_PROCESSES", id="another word"),
        pytest.param("steppewatch_host_delay", "STEPPEWATCH_HOST_DELAY_S", id="written small"),
    ],
)
def test_a_name_that_does_not_exist_is_told_with_the_nearest(name: str, meant: str) -> None:
    assert unknown_names([name, "PATH", meant]) == (f"{name} is not a setting; did you mean {meant}?",)


def test_names_of_settings_of_others_and_of_the_tests_are_let_be() -> None:
    known = [f"STEPPEWATCH_{name.upper()}" for name in Settings.model_fields]
    others = ["PATH", "STEPPEWATCH", "STEPPE_WATCH_X", "STEPPEWATCH_SHARED", "STEPPEWATCH_TEST_DATABASE_URL"]
    assert unknown_names([*known, *map(str.lower, known), *others]) == ()


@given(st.text(max_size=200))
def test_whatever_the_name_the_sentence_is_one_printable_line(tail: str) -> None:
    for sentence in unknown_names([f"STEPPEWATCH_X{tail}"]):
        assert sentence.isprintable()
        assert sentence.count("did you mean STEPPEWATCH_") == 1


@pytest.mark.usefixtures("_unread")
def test_reading_wrong_settings_ends_the_process_with_a_sentence_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPEWATCH_LEASE_S", "soon")
    monkeypatch.setenv("STEPPEWATCH_ALLOW_PRIVATE_HOSTS", "intranet")
    with pytest.raises(SystemExit) as ended:
        load()
    assert ended.value.code == 2
    lease, hosts = capsys.readouterr().err.splitlines()
    assert lease.startswith("error: STEPPEWATCH_LEASE_S: ")
    assert hosts == "error: STEPPEWATCH_ALLOW_PRIVATE_HOSTS: not host:port: 'intranet'"


@pytest.mark.usefixtures("_unread")
def test_a_wrong_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("STEPPEWATCH_LEASE_S", "postgresql://user:secret@host")
    with pytest.raises(SystemExit):
        load()
    assert "secret" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        pytest.param(["cli.main", "tag", "no-such-file"], id="a command that reads no settings"),
        pytest.param(["cli.main", "status"], id="a command that does"),
        pytest.param(["crawlers.service"], id="the crawler"),
        pytest.param(["celery", "--app", "worker.app", "worker"], id="the worker"),
    ],
)
def test_every_process_refuses_a_misspelt_name(argv: list[str], tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "STEPPEWATCH_DATA_DIR": str(tmp_path),
        "STEPPEWATCH_DATABSE_URL": "postgresql://elsewhere",
    }
    done = subprocess.run(
        [sys.executable, "-m", *argv], env=environment, cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"error: STEPPEWATCH_DATABSE_URL is not a setting; did you mean STEPPEWATCH_DATABASE_URL?\n"
    assert list(tmp_path.iterdir()) == []
