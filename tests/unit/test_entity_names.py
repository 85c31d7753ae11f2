"""Names of the packaged vocabulary, as people type them."""

from __future__ import annotations

import json

import pytest
from commandline import run


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("SCO", "shanghai-cooperation-organisation"),
        ("ОДКБ", "csto"),
        ("Турция", "turkey"),
        ("Tokayev", "kassym-jomart-tokayev"),
        ("turkiye", "turkey"),
        ("Қазақстан", "kazakhstan"),
        ("kazakhstan", "kazakhstan"),
    ],
)
def test_vocabulary_show_takes_any_name(name: str, entity: str) -> None:
    assert json.loads(run("vocabulary", "show", name).stdout)["id"] == entity


def test_the_name_of_two_names_both() -> None:
    result = run("vocabulary", "show", "GKNB")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "2 entities are called 'GKNB'" in result.stderr
    assert "gknb-kg" in result.stderr
    assert "gknb-tj" in result.stderr
