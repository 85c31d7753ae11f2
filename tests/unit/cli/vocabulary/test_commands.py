"""`vocabulary list|show|check` and `tag`, as a script sees them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result
from vocabularies import packaged_tagger, packaged_vocabulary

from cli.stages.tag import tag
from cli.vocabulary.command import vocabulary_check, vocabulary_list, vocabulary_show
from worker.vocabulary.entities import Alias, Entity, Vocabulary

APP = typer.Typer()
APP.command("tag")(tag)
APP.command("list")(vocabulary_list)
APP.command("show")(vocabulary_show)
APP.command("check")(vocabulary_check)

SENTENCE = "Kazakhstan’s envoy met the CSTO in Almaty."


@pytest.fixture(autouse=True)
def _one_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.tagging.tagger.load_tagger", lambda *_: packaged_tagger())


@pytest.fixture
def _one_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the packaged vocabulary read once; `test_list_by_type_and_seed` does without."""
    monkeypatch.setattr("cli.vocabulary.command.read_folder", {"default": packaged_vocabulary()}.__getitem__)


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(APP, list(args), input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_line_for_each_mention(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SENTENCE, "utf-8")
    result = run("tag", str(path), "--lang", "en")
    assert result.exit_code == 0
    assert lines(result)[0] == {
        "file": str(path),
        "start": 0,
        "end": 10,
        "surface": "Kazakhstan",
        "entity": "kazakhstan",
        "type": "state",
        "level": "name",
        "alias": "Kazakhstan",
        "lang": "en",
        "rule": "possessive",
    }
    assert [line["entity"] for line in lines(result)] == ["kazakhstan", "csto", "almaty"]


@pytest.mark.parametrize(
    ("content", "start"),
    [
        pytest.param("\ufeffAlmaty".encode(), 0, id="a BOM counts as nothing"),
        pytest.param(b"a\r\n\r\nAlmaty", 5, id="line ends count as they are"),
        pytest.param("🙂 Almaty".encode(), 2, id="code points, not bytes"),
        pytest.param("И\u0306 Almaty".encode(), 3, id="nothing is normalised"),
    ],
)
def test_offsets_count_the_code_points_of_the_file(tmp_path: Path, content: bytes, start: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    (line,) = lines(run("tag", str(path), "--lang", "en"))
    assert (line["start"], line["end"], line["surface"]) == (start, start + 6, "Almaty")


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    good, bad, gone, quiet = (tmp_path / name for name in ("good.txt", "bad.txt", "gone.txt", "quiet.txt"))
    good.write_text("Almaty", "utf-8")
    bad.write_bytes(b"\xff\xfe\x00")
    quiet.write_text("nothing to see", "utf-8")
    result = run("tag", str(bad), str(gone), str(quiet), str(good), "--lang", "en")
    assert result.exit_code == 1
    said = lines(result)
    assert said[0]["file"] == str(bad)
    assert "not UTF-8" in said[0]["error"]
    assert said[1] == {"file": str(gone), "error": "no such file or directory"}
    assert [line["file"] for line in said[2:]] == [str(good)]


def test_a_batch_has_its_own_ids_and_languages() -> None:
    batch = [
        {"id": 7, "text": "BM toplandı", "lang": "tr"},
        {"id": "b", "text": "The BM met in Almaty"},
        {"id": "s", "text": "a \ud83d\ude00 Almaty"},
    ]
    result = run("tag", "--batch", "-", "--lang", "en", stdin="\n".join(map(json.dumps, batch)) + "\n\n")
    assert result.exit_code == 0
    assert [(line["id"], line["entity"]) for line in lines(result)] == [
        (7, "united-nations"),
        ("b", "almaty"),
        ("s", "almaty"),
    ]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        pytest.param("nope", "not JSON", id="no JSON"),
        pytest.param("[" * 100_000, "not JSON", id="nested too deeply"),
        pytest.param("[1]", "not a JSON object", id="no object"),
        pytest.param('{"text": "x"}', "id is missing", id="no id"),
        pytest.param('{"id": true, "text": "x"}', "id is missing", id="id of wrong kind"),
        pytest.param('{"id": 1}', "text is missing", id="no text"),
        pytest.param('{"id": 1, "text": "x", "lang": "Kazakh!"}', "lang is not a language", id="language"),
        pytest.param(b"\xff", "not UTF-8", id="bytes"),
        pytest.param('{"id": 1, "text": "a \\ud800 Almaty"}', "half of a surrogate pair", id="half a letter"),
    ],
)
def test_a_bad_line_is_an_error_line(line: str | bytes, error: str) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    result = run("tag", "--batch", "-", "--lang", "en", stdin=raw + b'\n{"id": 2, "text": "Almaty"}\n')
    assert result.exit_code == 1
    first, second = lines(result)
    assert first["line"] == 1
    assert error in first["error"]
    assert second["id"] == 2


@pytest.mark.parametrize("args", [[], ["a.txt", "--batch", "-"], ["a.txt", "--lang", "../etc"]])
def test_wrong_usage(args: list[str]) -> None:
    result = run("tag", *args)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_missing_language_is_detected(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Вчера делегация прибыла в Алматы, чтобы обсудить цены на зерно и воду.", "utf-8")
    assert [(line["entity"], line["lang"]) for line in lines(run("tag", str(path)))] == [("almaty", "ru")]


def test_list_by_type_and_seed() -> None:
    all_alliances = lines(run("list", "--type", "alliance"))
    seeds = lines(run("list", "--type", "alliance", "--seed"))
    assert {line["type"] for line in all_alliances} == {"alliance"}
    assert "csto" in {line["id"] for line in seeds}
    assert 0 < len(seeds) < len(all_alliances)
    assert run("list", "--type", "alliances").exit_code == 2


@pytest.mark.usefixtures("_one_vocabulary")
def test_show_as_line_and_as_table() -> None:
    (record,) = lines(run("show", "csto"))
    assert (record["id"], record["type"]) == ("csto", "alliance")
    assert "ОДКБ" in {alias["text"] for alias in record["aliases"]}
    table = run("show", "csto", "--format", "table").stdout
    assert "ОДКБ" in table


def test_show_says_where_a_spelling_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    aliases = (
        Alias(text="Lowland", language="en", level="name"),
        Alias(text="Pes ýer", language="tk", level="name", needs_context=True, source="guess"),
    )
    vocabulary = Vocabulary(
        entities=(Entity(id="lowland", type="region", label="Lowland", description="invented", aliases=aliases),)
    )
    monkeypatch.setattr("cli.vocabulary.command.read_folder", lambda _folder: vocabulary)
    (record,) = lines(run("show", "lowland"))
    assert [alias["source"] for alias in record["aliases"]] == [None, "guess"]
    assert "Pes ýer (with context, guess)" in run("show", "lowland", "--format", "table").stdout


@pytest.mark.usefixtures("_one_vocabulary")
def test_show_says_what_speaks_for_and_against_a_name() -> None:
    (record,) = lines(run("show", "dmitry-medvedev"))
    assert "tennis" in record["context_none"]
    assert "Daniil Medvedev" in {decoy["text"] for decoy in record["decoys"]}
    assert lines(run("show", "yasar-guler"))[0]["office"]
    table = run("show", "dmitry-medvedev", "--format", "table").stdout
    assert "decoy en" in table
    assert "never with" in table


@pytest.mark.usefixtures("_one_vocabulary")
def test_an_unknown_id_suggests_known_ones() -> None:
    result = run("show", "kazakhstam")
    assert result.exit_code == 1
    assert "kazakhstan" in result.stderr


def test_check_of_a_broken_folder_fails_with_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "entities" / "state" / "a.toml"
    path.parent.mkdir(parents=True)
    path.write_text('id = "a"\ntype = "stat"\nlabel = "A"\ndescription = "A"\n[names]\nen = ["Aland"]\n', "utf-8")
    result = run("check", str(tmp_path))
    assert result.exit_code == 1
    messages = [line["message"] for line in lines(result) if line["level"] == "error"]
    assert any(message.startswith("entities/state/a.toml: a: type: unknown value 'stat'") for message in messages)
    assert any("sources" in message for message in messages)


@pytest.mark.slow
def test_the_packaged_vocabulary_passes() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert {line["level"] for line in lines(result)} <= {"warning"}
