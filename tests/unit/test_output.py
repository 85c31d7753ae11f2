"""What strangers wrote is shown, and never obeyed, by the terminal."""

from __future__ import annotations

import json

import pytest
import typer

from cli.output import emit, fail, inert, note
from cli.tables import print_table

STEERING = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202efdp.exe\u2066"
OBEYED = ("\x1b", "\x07", "\x9b", "\u202e", "\u2066")


@pytest.mark.parametrize("text", ["Саммит ОДКБ\tв Астане\n", "Qozog‘iston — Türkiye", "«میثاق»", ""])
def test_ordinary_writing_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_what_steers_is_replaced_place_by_place() -> None:
    shown = inert(STEERING)
    assert len(shown) == len(STEERING)
    assert not any(harmful in shown for harmful in OBEYED)
    assert "fdp.exe" in shown


def test_tables_and_sentences_obey_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["title"], [[STEERING]])
    note(f"{STEERING} was seen")
    with pytest.raises(typer.Exit):
        fail(STEERING, hint=STEERING)
    shown = "".join(capsys.readouterr())
    assert shown.count("fdp.exe") == 4
    assert not any(harmful in shown for harmful in OBEYED)


def test_json_says_the_same_without_steering(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"title": STEERING})
    line = capsys.readouterr().out
    assert json.loads(line) == {"title": STEERING}
    assert not any(harmful in line for harmful in OBEYED)


def test_markup_in_a_headline_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["title"], [["[bold]War[/bold]"]])
    assert "[bold]War[/bold]" in capsys.readouterr().out
