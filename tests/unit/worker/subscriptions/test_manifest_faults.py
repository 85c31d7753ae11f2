"""A file of subscriptions that nobody vouches for: every fault is a sentence, and none costs time or memory."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
import yaml
from commandline import run

from worker.subscriptions import plain_yaml
from worker.subscriptions.manifest import ManifestError, read_manifest
from worker.subscriptions.plain_yaml import Fault, read_yaml

FIELDS = {
    "a whole number of 10,000 digits": ("query: x, max_age_h: " + "9" * 10_000, "max_age_h must be a whole number"),
    "one of sixty sixties": ("query: x, max_age_h: " + ":".join(["59"] * 3_000), "max_age_h must be a whole number"),
    "a number that is tagged": ("query: x, max_age_h: !!int 'x'", "the tag"),
    "a fraction": ("query: x, max_age_h: .inf", "max_age_h must be a whole number"),
    "a number for a text": ("query: 7", "query must be a text"),
    "no list of texts": ("query: x, email: [[a]]", "email must be a list of texts"),
    "nothing for a list": ("query: x, email: ", "email must be a list of texts"),
    "a date that is none, as a name": ("query: x, 2022-02-31: x", "there is no field '2022-02-31'"),
    "a NUL": ('query: "a\\0b"', "NUL"),
    "half of a surrogate pair": ('query: "a\\ud800"', "line 1"),
    "a list as a name": ("? [a] : x", "a name must be a text"),
    "a mapping that is inside itself": ("? *a : x", "is inside itself"),
    "merging": ("<<: {a: b}", "<< is not taken"),
}
WHOLE = {
    "a tag of a wrong date": ("!!timestamp 'x'", "the tag"),
    "a tag of a wrong truth": ("!!bool 'x'", "the tag"),
    "a tag of bytes": ("!!binary 'x'", "the tag"),
    "lists in lists": ("[" * 100_000, "nested more than"),
    "mappings in mappings": ("{a: " * 3_000, "nested more than"),
    "lines of lists": ("- " * 100_000, "nested more than"),
    "an alias of nothing": ("saved: *nobody", "nobody"),
    "a list in itself": ("saved: &a [*a]", "is inside itself"),
    "two documents": ("saved: {}\n---\nsaved: {}", "a second document"),
    "another version": ("%YAML 9.9\n---\nsaved: {}", "YAML"),
    "a list": ("[]", "nothing else"),
    "a number": ("0", "nothing else"),
    "an empty list for subscriptions": ("subscriptions: []", "must hold fields"),
    "a truth for saved queries": ("saved: no", "must hold a query"),
    "a name of 5,000 characters": (f"subscriptions:\n  ? {'a' * 5_000}\n  : {{query: x}}", "not a name"),
    "a name with a line in it": ('subscriptions: {"a\\nb": {query: x}}', "not a name"),
    "a control character": ("saved: {a: \x07}", "not YAML"),
}
CASES = [pytest.param(f"subscriptions: {{a: &a {{{text}}}}}", said, id=name) for name, (text, said) in FIELDS.items()]
CASES += [pytest.param(text, said, id=name) for name, (text, said) in WHOLE.items()]


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(("text", "said"), CASES)
def test_a_fault_is_one_sentence(text: str, said: str, loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_yaml, "_LOADER", getattr(yaml, loader, yaml.SafeLoader))
    with pytest.raises(ManifestError) as raised:
        read_manifest(text, "alerts.yaml")
    (problem,) = raised.value.problems
    assert "\n" not in problem
    assert said in problem


def test_aliases_of_aliases_stand_for_one_value_and_take_no_room() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    read = read_yaml("\n".join(lines))
    assert read["a59"][0] is read["a59"][2] is read["a58"]


def test_very_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_yaml, "MAX_VALUES", 1_000)
    with pytest.raises(Fault, match=r"line 3, column .*: more than 1,000 values"):
        read_yaml("saved:\n  a: [\n" + "x, " * 2_000)


def test_plain_values_are_what_they_look_like() -> None:
    assert read_yaml("{a: yes, b: No, c: 'yes', d: 72, e: '72', f: ~, g: , h: 2022-01-05, i: 8:00, 7: x, j: -1}") == {
        "a": True,
        "b": False,
        "c": "yes",
        "d": 72,
        "e": "72",
        "f": None,
        "g": None,
        "h": "2022-01-05",
        "i": "8:00",
        "7": "x",
        "j": -1,
    }


def test_lists_may_be_named_and_used_again() -> None:
    text = "subscriptions: {a: {query: x, email: &team [b@c.example]}, d: {query: y, email: *team}}"
    assert [each.of_kind("email") for each in read_manifest(text, "f").definitions] == [("b@c.example",)] * 2


def told(file: Path | str) -> str:
    """Return the one sentence of a refusal by the command."""
    result = run("alert", "sync", str(file))
    assert isinstance(result.exception, SystemExit | typer.Exit)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    return result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\xff\xfe", "is not UTF-8: byte 0", id="bytes"),
        pytest.param(None, "no such file", id="none"),
        pytest.param(b"[" * 50_000, "nested", id="deep"),
        pytest.param(b"subscriptions: {a: {query: x, max_age_h: %s}}" % (b"1" * 10_000), "whole number", id="number"),
    ],
)
def test_the_command_tells_it(
    content: bytes | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPPEWATCH_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "alerts.yaml"
    if content is not None:
        file.write_bytes(content)
    assert said in told(file)


def test_what_has_no_end_is_not_read_to_its_end() -> None:
    assert "no file that has an end" in told("/dev/zero")


def test_very_many_faults_are_told_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPEWATCH_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "alerts.yaml"
    file.write_text("subscriptions:\n" + "".join(f"  n{n}: {{query: x, {'c' * 900}: 1}}\n" for n in range(90)))
    said = told(file)
    assert "… and 40 more" in said
    assert len(said) < 60_000
