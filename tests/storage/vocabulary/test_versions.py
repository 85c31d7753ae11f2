"""`vocabulary diff`, `load` and `retag`: an analyst changes the vocabulary, and the archive follows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commandline import rows_of, run

from db.settings import load
from worker.vocabulary.loader import packaged_folder

# Invented, like the name that is added: nobody ever called it that.
ARTICLE = {
    "url": "https://herald.example/saltworks",
    "title": "A quiet week",
    "text": "The Saltworks Compact met for an hour. Its cooks stayed longer.",
    "published_at": "2022-01-06",
    "source": "herald.example",
    "language": "en",
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, warm: Callable[[Path], Path]) -> Path:
    """Give a data directory that holds one article; it is made once, for its tables take seconds."""
    folder = tmp_path_factory.mktemp("begun")
    (folder / "articles.jsonl").write_text(json.dumps(ARTICLE), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STEPPEWATCH_DATA_DIR", str(warm(folder / "data")))
        load.cache_clear()
        assert run("ingest", str(folder / "articles.jsonl")).exit_code == 0
    load.cache_clear()
    return folder / "data"


@pytest.fixture
def folder(begun: Path, data: Path, tmp_path: Path) -> Path:
    """Give a copy of the packaged vocabulary, beside a store that holds one article."""
    shutil.copytree(begun, data)
    return Path(shutil.copytree(packaged_folder(), tmp_path / "vocabulary"))


def add_name(folder: Path, text: str) -> None:
    """Give the CSTO one more English name."""
    file = folder / "entities" / "alliance" / "csto.toml"
    file.write_text(file.read_text("utf-8").replace("en = [\n", f'en = [\n    "{text}",\n', 1), "utf-8")


def answer(*arguments: str) -> dict[str, Any]:
    result = run("vocabulary", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def test_the_packaged_vocabulary_differs_in_nothing(folder: Path) -> None:
    found = answer("diff", "default")
    assert found["version"] == found["was"]
    assert not any(found[kind] for kind in found if kind not in ("version", "was"))


def test_diff_shows_what_load_would_do_and_does_nothing(folder: Path) -> None:
    add_name(folder, "Saltworks Compact")
    found = answer("diff", str(folder))
    assert found["aliases_added"] == [{"entity": "csto", "lang": "en", "text": "Saltworks Compact"}]
    assert found["aliases_removed"] == []
    assert answer("diff", str(folder)) == found


def test_the_archive_follows_when_it_is_tagged_again(folder: Path) -> None:
    add_name(folder, "Saltworks Compact")
    loaded = answer("load", str(folder))
    assert (loaded["revisions_outdated"], loaded["version"] != loaded["was"]) == (1, True)
    assert rows_of(run("export", "mentions").stdout) == []
    assert answer("retag")["retagged"] == 1
    (mention,) = rows_of(run("export", "mentions").stdout)
    assert (mention["surface"], mention["entity"]) == ("Saltworks Compact", "csto")
    assert mention["vocabulary_version"] == loaded["version"]
    (cell,) = json.loads(run("coverage", "csto", "--format", "json").stdout)
    assert (cell["period"], cell["articles"], cell["mentions"]) == ("2022-01-06", 1, 1)


def test_loading_the_old_folder_takes_a_name_back(folder: Path) -> None:
    old = shutil.copytree(folder, folder.with_name("old"))
    add_name(folder, "Saltworks Compact")
    answer("load", str(folder))
    answer("retag")
    assert answer("load", str(old))["aliases_removed"] == [
        {"entity": "csto", "lang": "en", "text": "Saltworks Compact"}
    ]
    answer("retag")
    assert rows_of(run("export", "mentions").stdout) == []


def test_a_vocabulary_with_errors_is_not_loaded(folder: Path) -> None:
    was = answer("diff", "default")["was"]
    file = folder / "entities" / "alliance" / "csto.toml"
    file.write_text(file.read_text("utf-8").replace('target = "', 'target = "no-such-', 1), "utf-8")
    result = run("vocabulary", "load", str(folder))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no-such-" in result.stderr
    assert "vocabulary check" in result.stderr
    assert answer("diff", "default")["was"] == was
