"""The wheel holds everything the product needs, and runs from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from material import ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and lay it out as an installation would."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "STEPPEWATCH_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    "name",
    [
        "db/_alembic/env.py",
        "worker/_vocabulary/entities/alliance/csto.toml",
        "worker/_vocabulary/sources/eurasianet.toml",
        "web/templates/status.html",
        "web/static/steppewatch.css",
        *(f"{package}/py.typed" for package in ("crawlers", "worker", "db", "web", "cli")),
    ],
)
def test_data_travels_in_the_wheel(installed: Path, name: str) -> None:
    assert (installed / name).is_file()


def test_tests_and_the_name_alembic_do_not(installed: Path) -> None:
    assert not {"tests", "alembic", "benchmarks", "vocabulary"} & {path.name for path in installed.iterdir()}


def test_what_the_wheel_holds_migrates_and_ingests(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Talks\n\nThe CSTO met in Bishkek, and nobody took notes of it.\n", encoding="utf-8"
    )
    done = run(installed, tmp_path, "ingest", "a.txt")
    assert json.loads(done.stdout)["new"] == 1, done.stderr
    tagged = run(installed, tmp_path, "tag", "a.txt", "--lang", "en")
    assert [json.loads(line)["entity"] for line in tagged.stdout.splitlines()] == ["csto", "bishkek"]


@pytest.mark.parametrize("name", ["crawlers", "worker", "db", "web", "cli"])
def test_no_other_distribution_claims_our_package_names(name: str) -> None:
    assert set(packages_distributions().get(name, ())) <= {"steppewatch"}


def test_the_alembic_folder_is_not_a_package() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_locked_dependencies_have_hashes_and_name_no_host() -> None:
    for lock in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("--hash=sha256:") > text.count("==")
