"""What strangers wrote is shown, and never obeyed, by the terminal."""

from __future__ import annotations

import json

import pytest
import typer

from cli.coverage.render import print_list
from cli.shared.output import emit, escape_controls, fail, note
from cli.shared.tables import print_table

STEERING = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202efdp.exe\u2066"
OBEYED = ("\x1b", "\x07", "\x9b", "\u202e", "\u2066")


@pytest.mark.parametrize("text", ["Саммит ОДКБ\tв Астане\n", "Qozog‘iston — Türkiye", "«میثاق»", ""])
def test_ordinary_writing_stays_as_it_is(text: str) -> None:
    assert escape_controls(text) == text


def test_what_steers_is_replaced_place_by_place() -> None:
    shown = escape_controls(STEERING)
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


def test_what_is_long_is_folded_and_not_cut_short(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    address = f"https://hooks.example/{'a' * 60}"
    for titles in ((), ("name", "address")):
        print_table(titles, [["one", address]])
        shown = capsys.readouterr().out
        assert "…" not in shown
        assert shown.count("a") >= 60


def test_json_says_the_same_without_steering(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"title": STEERING})
    print_list([{"title": STEERING}])
    said = capsys.readouterr().out
    line, _, of_list = said.partition("\n")
    assert json.loads(line) == {"title": STEERING}
    assert json.loads(of_list) == [{"title": STEERING}]
    assert not any(harmful in said for harmful in OBEYED)


def test_markup_in_a_headline_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["title"], [["[bold]War[/bold]"]])
    assert "[bold]War[/bold]" in capsys.readouterr().out
