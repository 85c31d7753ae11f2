"""Stores that commands find: an empty one on each database, and a data directory with three invented articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crawlerfork import Warm, warmed
from samples import prepared_store
from samplestore import Sample, store_of
from templates import copied, migrated
from vocabularies import reading_once

from db.engine import Database
from db.migrate import upgrade
from db.settings import load

# Invented: none of this was ever published.
SAYS = (("CSTO", "csto"), ("Turan", "turan"))
SAMPLES = [
    Sample("https://herald.example/1", title="=cmd()", text="CSTO and Turan, Turan.", says=SAYS),
    Sample("https://oasis.example/1", "oasis-wire", text="CSTO.", says=SAYS, copies="https://herald.example/1"),
    Sample(
        "https://oasis.example/2",
        "oasis-wire",
        title="Два слова",
        text="CSTO.",
        says=SAYS,
        published_at=datetime(2022, 1, 17, 10, tzinfo=UTC),
        language="ru",
        genre="opinion",
    ),
]


@pytest.fixture(scope="session", autouse=True)
def _vocabularies_read_once() -> Iterator[None]:
    """Spare commands a third of a second each; that what is stored is read as it was is tested with the reader."""
    with reading_once():
        yield


@pytest.fixture(scope="session")
def warm_crawler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Give a process to fork crawlers from."""
    with warmed(tmp_path_factory.mktemp("forks")) as warm:
        yield warm


@pytest.fixture(scope="module", autouse=True)
def _crawlers_forked(warm_crawler: Warm) -> Iterator[None]:
    """Spare each look at an outlet the import of the crawler; tests of other folders start theirs from nothing."""
    with warm_crawler.children():
        yield


@pytest.fixture
def command_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the address of an empty database, which is the one that commands use."""
    monkeypatch.setattr("cli.shared.store.configured_url", lambda: database_url)
    return database_url


@pytest.fixture
def store_url(command_url: str) -> str:
    """Give the address of a migrated store, which is the one that commands use."""
    migrated(command_url).close()
    return command_url


@pytest.fixture
def prepared_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the address of a store with the packaged vocabulary and catalogue, which is the one that commands use."""
    prepared_store(database_url).close()
    monkeypatch.setattr("cli.shared.store.configured_url", lambda: database_url)
    return database_url


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Give an empty folder to write into."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty data directory that the settings name."""
    folder = tmp_path / "data"
    monkeypatch.setenv("STEPPEWATCH_DATA_DIR", str(folder))
    monkeypatch.chdir(tmp_path)
    load.cache_clear()
    yield folder
    load.cache_clear()


@pytest.fixture
def warm_data(data: Path, warm: Callable[[Path], Path]) -> Path:
    """Give a data directory without a store, in whose cache is what a first command would take seconds to make."""
    return warm(data)


@pytest.fixture
def filled(data: Path) -> Path:
    """Give a data directory whose store holds the samples."""
    copied(f"sqlite:///{data / 'steppewatch.db'}", _fill).close()
    return data


def _fill(database: Database) -> None:
    upgrade(database)
    store_of(database.url, SAMPLES).close()
