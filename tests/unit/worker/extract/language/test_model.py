"""The language model from a file: the same as py3langid's own, and anything doubtful is made anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from worker.extract.language.model import mapped, unpacked

pytestmark = pytest.mark.slow

TEXTS = (
    "Den här meningen är lång nog för att modellen ska känna igen språket.",
    "Esta frase es bastante larga para que se reconozca el idioma.",
    "Це речення досить довге, щоб мову можна було впізнати.",
    "",
)


@pytest.fixture(scope="module", autouse=True)
def _unpacked_once() -> Iterator[None]:
    """Spare each file that is made anew two thirds of a second; nothing changes a model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worker.extract.language.model.unpacked", cache(unpacked))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file in it, which no test may change."""
    folder = tmp_path_factory.mktemp("cache")
    mapped(folder)
    return folder


def test_the_file_ranks_as_the_model_itself(folder: Path) -> None:
    model, own = mapped(folder), unpacked()
    assert [model.rank(text) for text in TEXTS] == [own.rank(text) for text in TEXTS]


def test_the_file_is_written_once_and_for_this_user_alone(folder: Path) -> None:
    (path,) = folder.iterdir()
    before = path.stat()
    mapped(folder)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert before.st_mode & 0o077 == 0


def _change(at: int) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)

    return change


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(_change(0), id="another kind of file"),
        pytest.param(_change(-1), id="a bit is wrong"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5_000]), id="cut short"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.chmod(0o666), id="others may write it"),
    ],
)
def test_a_doubtful_file_is_replaced(folder: Path, tmp_path: Path, harm: Callable[[Path], object]) -> None:
    (good,) = folder.iterdir()
    path = tmp_path / good.name
    path.write_bytes(good.read_bytes())
    path.chmod(0o600)
    harm(path)
    model = mapped(tmp_path)
    assert model.rank(TEXTS[0])[0][0] == "sv"
    assert path.read_bytes() == good.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert mapped(tmp_path / "file" / "cache").rank(TEXTS[1])[0][0] == "es"
    assert os.listdir(tmp_path) == ["file"]
