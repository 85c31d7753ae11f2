"""Everything that belongs to a transport stands in its folder and in one line of the table."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from worker.delivery.transports.table import TRANSPORTS

ROOT = Path(__file__).parents[5]
PACKAGES = ("cli", "crawlers", "db", "web", "worker")
HOME = Path("worker/delivery/transports")
FOLDERS = {"email": "mail", "webhook": "webhook", "chat": "chat"}

ELSEWHERE = {
    ("crawlers/reading/authors.py", "email"),  # a field of Atom's author
}
"""Places where such a word is something else."""


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [(path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))) for path in paths]


def test_each_transport_of_the_table_has_a_folder() -> None:
    assert {kind: type(transport).__module__ for kind, transport in TRANSPORTS.items()} == {
        kind: f"worker.delivery.transports.{folder}.transport" for kind, folder in FOLDERS.items()
    }
    inside = {path.name for path in (ROOT / HOME).iterdir() if (path / "__init__.py").exists()}
    assert inside == set(FOLDERS.values())


def test_kinds_are_spelled_in_the_folders_of_transports_only() -> None:
    kinds = set(TRANSPORTS)
    spelled = {
        (path.as_posix(), node.value)
        for path, tree in modules()
        if HOME not in path.parents
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in kinds
    }
    assert spelled == ELSEWHERE


def test_the_table_alone_imports_from_the_folders() -> None:
    importing = set()
    for path, tree in modules():
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                found = re.match(r"worker\.delivery\.transports\.(mail|webhook|chat)\b", name)
                if found and HOME / found[1] not in path.parents:
                    importing.add(path.as_posix())
    assert importing == {(HOME / "table.py").as_posix()}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(FOLDERS))
def test_without_its_folder_and_its_line_a_transport_is_gone_and_all_else_is_there(kind: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(tmp_path / HOME / FOLDERS[kind])
    table = tmp_path / HOME / "table.py"
    name = type(TRANSPORTS[kind]).__name__
    lines = [line for line in table.read_text("utf-8").splitlines(keepends=True) if name not in line]
    table.write_text("".join(lines), "utf-8")
    code = (
        "import worker.tasks, web.pages.letters, worker.delivery.send;"
        "from cli.main import app; app(['alert', 'add', '-h'])"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "STEPPEWATCH_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert [one for one in FOLDERS if f"│ --{one} " in done.stdout] == [one for one in FOLDERS if one != kind]
