"""Rules of values, read from the code: many fields go by name, and a class name means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("cli", "crawlers", "db", "web", "worker")
MANY = 5
"""Fields from which on a dataclass is keyword-only."""


@cache
def classes_in(package: str) -> list[tuple[str, ast.ClassDef]]:
    return [
        (str(path.relative_to(ROOT)), node)
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]


def classes(*packages: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for package in packages:
        yield from classes_in(package)


def decorator_of(node: ast.ClassDef) -> ast.expr | None:
    """Return the `dataclass` decorator of a class."""
    for one in node.decorator_list:
        if ast.unparse(one.func if isinstance(one, ast.Call) else one).rpartition(".")[2] == "dataclass":
            return one
    return None


def is_keyword_only(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and "kw_only=True" in map(ast.unparse, decorator.keywords)


def fields_of(node: ast.ClassDef) -> list[str]:
    found = [
        one for one in node.body if isinstance(one, ast.AnnAssign) and "ClassVar" not in ast.unparse(one.annotation)
    ]
    return [ast.unparse(one.target) for one in found if not (one.value and "init=False" in ast.unparse(one.value))]


def test_a_dataclass_of_many_fields_is_keyword_only() -> None:
    wrong = [
        f"{path}: {node.name}"
        for path, node in classes(*PACKAGES)
        if (decorator := decorator_of(node)) is not None
        and len(fields_of(node)) >= MANY
        and not is_keyword_only(decorator)
    ]
    assert wrong == []


def test_a_class_name_is_defined_once() -> None:
    places = defaultdict(list)
    for path, node in classes(*PACKAGES, "benchmarks"):
        places[node.name].append(path)
    again = {name: found for name, found in places.items() if len(found) > 1 and not name.startswith("_")}
    assert again == {}
