"""Each page of the docs has one kind, stands in the index, and links to what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
KINDS = ("tutorial", "how-to", "reference", "explanation")
PAGES = sorted(DOCS.rglob("*.md"))
LINKING = [
    *PAGES,
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "demo/README.md", "vocabulary/README.md")
    ),
]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


def links(page: Path) -> list[tuple[str, str]]:
    """Return the path and the anchor of each link of a page to another place here."""
    return LINK.findall(page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_a_page_has_one_of_four_kinds() -> None:
    assert {page.relative_to(DOCS).parts[0] for page in PAGES} == {"README.md", *KINDS}
    assert {len(page.relative_to(DOCS).parts) for page in PAGES if page.name != "README.md"} == {2}


def test_the_index_names_each_page_once_under_its_kind() -> None:
    named = [path for path, _ in links(DOCS / "README.md") if not path.startswith("../")]
    assert sorted(named) == [str(page.relative_to(DOCS)) for page in PAGES if page.name != "README.md"]
    assert [path.split("/")[0] for path in named] == sorted((path.split("/")[0] for path in named), key=KINDS.index)


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_somewhere(page: Path) -> None:
    for path, anchor in links(page):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{path} does not exist"
        assert not anchor or anchor in anchors(target), f"{path} has no heading #{anchor}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.stem)
def test_a_page_begins_with_its_title(page: Path) -> None:
    assert re.match(r"# \S", page.read_text("utf-8"))


NAMED = [page for page in LINKING if page.name != "CHANGELOG.md"]
FOLDERS = ("alembic", "benchmarks", "cli", "crawlers", "db", "demo", "docs", "tests", "vocabulary", "web", "worker")


@pytest.mark.parametrize("page", NAMED, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    paths = re.findall(rf"(?<![\w/.<-])((?:{'|'.join(FOLDERS)})/[\w./-]*[\w/])(?![\w<*{{])", text)
    modules = [module.replace(".", "/") for module in re.findall(r"python -m ((?:benchmarks|cli)[\w.]*\w)", text)]
    paths += [f"{module}/__main__.py" if (ROOT / module).is_dir() else f"{module}.py" for module in modules]
    assert [path for path in paths if not ((ROOT / path).exists() or (ROOT / f"{path}.py").exists())] == []


@pytest.mark.parametrize("page", NAMED, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_module_that_a_page_names_without_its_folder_exists(page: Path) -> None:
    names = re.findall(r"`(\w+\.py)`", page.read_text("utf-8"))
    modules = {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert [name for name in names if name not in modules] == []


def test_each_page_that_the_code_names_exists() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    named = {name for path in files for name in re.findall(r"\bdocs/[\w/-]+\.md", path.read_text("utf-8"))}
    assert {name for name in named if not (ROOT / name).exists()} == set()
