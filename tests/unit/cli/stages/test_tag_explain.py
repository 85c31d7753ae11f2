"""`tag --explain`: a text with its tags and near misses, for people and for scripts. All texts are invented."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from cli.stages.tag import tag
from cli.stages.tag_explain import explain, show
from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import Alias, Entity, Vocabulary
from worker.vocabulary.scope import Definition, Theme

TEXT = "Lakeland met the River Pact.\nOutside, a lakeland bird sang; RP is said to mean it. \x1b[31mEnd."
VOCABULARY = Vocabulary(
    entities=(
        Entity(
            id="lakeland",
            type="state",
            label="Lakeland",
            description="invented",
            aliases=(Alias(text="Lakeland", language="en", level="name", is_common=True),),
        ),
        Entity(
            id="rice-party",
            type="organisation",
            label="Rice Party",
            description="invented",
            aliases=(Alias(text="RP", language="en", level="name", case_sensitive=True, needs_context=True),),
        ),
        Entity(
            id="river-pact",
            type="alliance",
            label="River Pact",
            description="invented",
            aliases=(Alias(text="River Pact", language="en", level="name"),),
        ),
    ),
    scope=Definition(
        threshold=2,
        repeats=3,
        in_title=1,
        length=5_000,
        themes=(
            Theme(name="region", needed=1, entities={"lakeland": 1}, types={}),
            Theme(name="security", needed=1, entities={"river-pact": 1}, types={}),
        ),
    ),
)
TAGGER = Tagger(VOCABULARY)
APP = typer.Typer()
APP.command("tag")(tag)


@pytest.fixture(autouse=True)
def _invented_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.tagging.tagger.load_tagger", lambda *_: TAGGER)


def shown(text: str, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, markup=False, highlight=False)
    show(console, "a.txt", explain(TAGGER, text, "en"))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_script_gets_tags_near_misses_and_the_scope(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    result = CliRunner().invoke(APP, ["--explain", "--lang", "en", "--format", "json", str(path)])
    assert result.exit_code == 0
    (found,) = map(json.loads, result.stdout.splitlines())
    assert [mention["entity"] for mention in found["mentions"]] == ["lakeland", "river-pact"]
    misses = {(miss["surface"], miss["entity"]): miss["veto"] for miss in found["near_misses"]}
    assert misses[("RP", "rice-party")] == "no-context"
    assert misses[("lakeland", "lakeland")] == "case"
    assert all(TEXT[miss["start"] : miss["end"]] == miss["surface"] for miss in found["near_misses"])
    assert found["scope"]["in_scope"] is True
    assert {reason["entity"] for reason in found["scope"]["reasons"]} == {"lakeland", "river-pact"}


def test_a_reader_sees_the_text_what_counts_and_why_not() -> None:
    screen = shown(TEXT)
    assert "spelled as in the vocabulary" in screen
    assert "nothing in the article speaks for it" in screen
    assert "In scope:" in screen


def test_a_text_cannot_steer_the_terminal() -> None:
    assert "\x1b[31mEnd" not in shown(TEXT)
    assert "\u202e" not in shown("Lakeland \u202e is here")


def test_an_unreadable_file_is_an_error_line_among_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Lakeland", "utf-8")
    files = [str(tmp_path / "gone.txt"), str(path)]
    result = CliRunner().invoke(APP, ["--explain", "--lang", "en", "--format", "json", *files])
    assert result.exit_code == 1
    first, second = map(json.loads, result.stdout.splitlines())
    assert first == {"file": files[0], "error": "no such file or directory"}
    assert second["file"] == files[1]


def test_a_batch_is_not_explained() -> None:
    assert CliRunner().invoke(APP, ["--explain", "--batch", "-"]).exit_code == 2
