"""The map of the code: each folder with the first paragraph of its docstring."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "web", "worker", "crawlers", "db")
"""From the top floor to the lowest: imports run downwards only."""

INTRODUCTION = """\
# The map of the code

Made from the docstrings of the folders by `make docs`; a test keeps it true. Imports run downwards only: `cli`, `web`,
then `worker` and `crawlers`, which do not know each other, then `db`. *Pure* means: values in, values out, no database,
no network, no clock.
"""


def code_map() -> str:
    """Return the page of all folders of code."""
    parts = [INTRODUCTION]
    for package in PACKAGES:
        parts.append(f"## {package}\n\n{about(ROOT / package)}\n")
        rows = [f"| `{folder.relative_to(ROOT)}/` | {about(folder)} |" for folder in folders(ROOT / package)]
        if rows:
            parts.append("\n".join(["| folder | holds |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def folders(package: Path) -> Iterator[Path]:
    """Yield the folders with code below a package, in their order."""
    yield from sorted(file.parent for file in package.rglob("__init__.py") if file.parent != package)


def about(folder: Path) -> str:
    """Return the first paragraph of a folder's docstring, on one line."""
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    return " ".join(docstring.partition("\n\n")[0].split()).replace("|", "\\|")
