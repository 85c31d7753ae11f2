"""Settings: read from the environment, checked, and documented as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.environment import WrongSettings
from db.net.hostports import parse_host_ports
from db.settings import Settings, described, load, names, unknown_names

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs" / "reference" / "settings.md"


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
        ("POLL_EVERY_S", "nan"),
        ("FETCH_TIMEOUT_S", "inf"),
        ("KEEP_CAPTURES_DAYS", "0"),
        ("SMTP_PORT", "25.5"),
        ("RECHECK", "perhaps"),
        ("TIME_ZONE", "Asia/Atlantis"),
        ("PUBLIC_URL", "watch.example"),
        ("MAIL_FROM", "nobody"),
        ("BATCH_SIZE", ""),
        ("BATCH_SIZE", "9" * 5000),
    ],
)
def test_values_out_of_range_are_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"STEPPEWATCH_{name}", value)
    with pytest.raises(WrongSettings):
        Settings()


@pytest.mark.parametrize(
    ("written", "read"), [("true", True), ("Yes", True), (" on ", True), ("0", False), ("NO", False), ("off", False)]
)
def test_a_yes_or_no_is_read_in_the_usual_spellings(written: str, read: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWATCH_RECHECK", written)
    assert Settings().recheck is read


def test_a_name_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("steppewatch_batch_size", "7")
    assert Settings().batch_size == 7


def test_an_empty_file_name_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWATCH_SMTP_PASSWORD_FILE", "")
    assert Settings().smtp_password_file is None


def test_what_settings_are_made_with_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWATCH_BATCH_SIZE", "7")
    assert Settings(batch_size=8).batch_size == 8


def test_only_what_is_given_counts_as_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STEPPEWATCH_BATCH_SIZE", "20")  # which is the default
    monkeypatch.delenv("STEPPEWATCH_DATA_DIR")
    assert Settings(lease_s=9).given == {"batch_size", "lease_s"}
    assert Settings().but(data_dir=tmp_path).given == {"batch_size", "data_dir"}


def test_changed_settings_are_checked_too(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings):
        Settings(data_dir=tmp_path).but(batch_size=0)


def test_settings_can_be_made_again_of_what_is_plain(tmp_path: Path) -> None:
    made = Settings(data_dir=tmp_path, recheck=False, smtp_password_file=tmp_path / "word")
    assert Settings(**json.loads(json.dumps(made.plain()))) == made


def test_all_wrong_values_are_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWATCH_BATCH_SIZE", "0")
    monkeypatch.setenv("STEPPEWATCH_LEASE_S", "soon")
    with pytest.raises(WrongSettings) as wrong:
        Settings()
    assert wrong.value.problems == {"batch_size": "less than 1", "lease_s": "not a whole number"}


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
    known = names()
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


@pytest.mark.slow
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
