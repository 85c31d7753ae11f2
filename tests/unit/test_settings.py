"""Settings: read from the environment, checked, and documented as they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from db.settings import Settings, described

DOCS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


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
    [("WORKER_PROCESSES", "0"), ("HOST_DELAY_S", "-1"), ("LEASE_S", "soon"), ("REDIRECTS_MAX", "1000")],
)
def test_values_out_of_range_are_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"STEPPEWATCH_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
