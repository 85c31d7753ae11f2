"""Each benchmark still starts: its module is imported, and where it takes options, it prints its help."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def takes_options(name: str) -> bool:
    return "ArgumentParser(" in (FOLDER / f"{name}.py").read_text("utf-8")


@pytest.fixture(autouse=True)
def _unchanged_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the environment and the search path back as they were: some benchmarks set them when imported."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_is_imported_and_prints_its_help(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    if not takes_options(name):
        assert not capsys.readouterr().out, "a module that others import does nothing by itself"
        return
    monkeypatch.setattr(sys, "argv", [f"benchmarks.{name}", "--help"])
    with pytest.raises(SystemExit) as stopped:
        module.main()
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("usage:")


def test_the_page_of_benchmarks_names_each_that_is_run() -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    assert [name for name in MODULES if takes_options(name) and f"benchmarks.{name}" not in page] == []
