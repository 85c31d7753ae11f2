"""Tables of a vocabulary from a file: equal to those made anew, and anything doubtful is made anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from vocabularies import INFLECTION

from worker.tagging.aliases.cachefile import cached
from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import Alias, Entity, Vocabulary

VOCABULARY = Vocabulary(
    entities=(
        Entity(
            id="it",
            type="state",
            label="It",
            description="for tests",
            aliases=(
                Alias(text="Казахстан", language="ru", level="name"),
                Alias(text="Қазақстан", language="kk", level="name"),
                Alias(text="哈萨克斯坦", language="zh", level="name"),
            ),
            decoys=(Alias(text="Радио Казахстан", language="ru", level="decoy"),),
        ),
    ),
    inflection=INFLECTION,
)
TEXTS = [("с Казахстаном", "ru"), ("Қазақстанның", "kk"), ("在哈萨克斯坦", "zh"), ("с Казахстаном", None)]


def tagged(tagger: Tagger) -> list[list[str]]:
    return [[one.surface for one in tagger.tag(text, language)] for text, language in TEXTS]


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("tagging-*.tables")
    return path


def test_tables_from_a_file_tag_as_those_made_anew(tmp_path: Path) -> None:
    wanted = [["Казахстаном"], ["Қазақстанның"], ["哈萨克斯坦"], ["Казахстаном"]]
    assert tagged(Tagger(VOCABULARY)) == wanted
    assert tagged(Tagger(VOCABULARY, tmp_path)) == wanted
    written = the_file(tmp_path).stat()
    assert tagged(Tagger(VOCABULARY, tmp_path)) == wanted
    assert the_file(tmp_path).stat().st_mtime_ns == written.st_mtime_ns


def test_stems_and_aliases_come_back_from_a_file(tmp_path: Path) -> None:
    made, read = cached(VOCABULARY, tmp_path), cached(VOCABULARY, tmp_path)
    rows = range(len(made.stems.aliases))
    assert [made.stem(row) for row in rows] == [read.stem(row) for row in rows]
    spelled = [made.spelling(made.stems.aliases[row])[1].text for row in rows]
    assert spelled == [read.spelling(read.stems.aliases[row])[1].text for row in rows]
    assert set(spelled) == {"Казахстан", "Қазақстан", "哈萨克斯坦", "Радио Казахстан"}


def _change(at: int) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)

    return change


def _as_symlink(path: Path) -> None:
    path.rename(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1]), id="cut short"),
        pytest.param(_change(3), id="another magic word"),
        pytest.param(_change(60), id="another head"),
        pytest.param(_change(-2), id="another automaton"),
        pytest.param(lambda path: os.chmod(path, 0o666), id="writable by others"),
        pytest.param(_as_symlink, id="a link"),
        pytest.param(lambda path: (path.unlink(), path.mkdir()), id="a folder"),
    ],
)
def test_a_doubtful_file_is_not_used(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    Tagger(VOCABULARY, tmp_path)
    spoil(the_file(tmp_path))
    assert tagged(Tagger(VOCABULARY, tmp_path)) == [["Казахстаном"], ["Қазақстанның"], ["哈萨克斯坦"], ["Казахстаном"]]
    if the_file(tmp_path).is_file():
        assert not the_file(tmp_path).is_symlink()
        assert the_file(tmp_path).stat().st_mode & 0o077 == 0


def test_the_file_of_another_vocabulary_under_the_same_name_is_not_used(tmp_path: Path) -> None:
    other = Vocabulary(
        entities=(
            Entity(
                id="it",
                type="state",
                label="It",
                description="for tests",
                aliases=(Alias(text="Туран", language="ru", level="name"),),
            ),
        )
    )
    Tagger(other, tmp_path)
    the_file(tmp_path).rename(tmp_path / f"tagging-{VOCABULARY.version}.tables")
    assert tagged(Tagger(VOCABULARY, tmp_path))[0] == ["Казахстаном"]


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert tagged(Tagger(VOCABULARY, tmp_path / "file"))[0] == ["Казахстаном"]


def test_files_of_versions_long_gone_are_removed(tmp_path: Path) -> None:
    for number in range(6):
        name = Alias(text=f"Туран {number}", language="ru", level="name")
        Tagger(
            Vocabulary(entities=(Entity(id="it", type="state", label="It", description="for tests", aliases=(name,)),)),
            tmp_path,
        )
    assert len(list(tmp_path.iterdir())) == 4
