"""The checks before a commit are those of `make check`; typed packages say so; nothing of them needs a network."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from material import ROOT

CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = CONFIGURATION["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def test_pre_commit_runs_the_commands_of_make_check() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert recipe
    checks = [line.strip().lstrip("@").replace("$(BIN)", ".venv/bin") for line in recipe[1].splitlines()]
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for repository in configuration["repos"] for hook in repository["hooks"]] == checks


def test_pre_commit_fetches_nothing() -> None:
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repository["repo"] for repository in configuration["repos"]} == {"local"}
    assert {hook["language"] for repository in configuration["repos"] for hook in repository["hooks"]} == {"system"}


@pytest.mark.parametrize("path", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_forms_of_issues_can_be_read(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked = [field["id"] for field in form.get("body", []) if field["type"] != "markdown"]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()


def test_the_packages_whose_coverage_is_measured_are_the_pure_ones() -> None:
    contracts = CONFIGURATION["tool"]["importlinter"]["contracts"]
    (pure,) = (contract for contract in contracts if contract["name"] == "the stages are pure")
    assert CONFIGURATION["tool"]["coverage"]["run"]["source_pkgs"] == pure["source_modules"]


def test_the_latest_release_in_the_changelog_is_the_version_of_the_package() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    releases = re.findall(r"^## (.*)$", text, re.M)
    assert releases[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(CONFIGURATION['project']['version'])} - \d{{4}}-\d\d-\d\d", releases[1])
    groups = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.*)$", text, re.M)) <= groups
