"""`steppewatch source edit`: what a person decides about an outlet, and how mistakes are answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import run


def shown_zone() -> str | None:
    zone: str | None = json.loads(run("source", "show", "steppe-herald").stdout)["time_zone"]
    return zone


def test_the_clock_of_an_outlet_is_set_and_taken_back(filled: Path) -> None:
    result = run("source", "edit", "herald.example", "--time-zone", "Asia/Almaty")
    assert json.loads(result.stdout) == {
        "id": "steppe-herald",
        "read_unverified": "without-secrets",
        "time_zone": "Asia/Almaty",
    }
    assert shown_zone() == "Asia/Almaty"
    assert json.loads(run("source", "edit", "steppe-herald", "--time-zone", "none").stdout)["time_zone"] is None
    assert shown_zone() is None


def test_one_option_leaves_the_other_as_it_is(filled: Path) -> None:
    run("source", "edit", "steppe-herald", "--unverified", "never", "--time-zone", "Asia/Almaty")
    changed = json.loads(run("source", "edit", "steppe-herald", "--unverified", "always").stdout)
    assert (changed["read_unverified"], changed["time_zone"]) == ("always", "Asia/Almaty")


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Almaty", "Asia/Almaty"),
        ("asia/tashkent", "Asia/Tashkent"),
        ("Asia/Bishkekk", "Asia/Bishkek"),
        ("../../etc/passwd", "a name such as"),
        ("x" * 5_000, "a name such as"),
        ("Asia/\0", "a name such as"),
    ],
)
def test_what_is_no_time_zone_is_refused_with_the_nearest(filled: Path, zone: str, hint: str) -> None:
    result = run("source", "edit", "steppe-herald", "--time-zone", zone)
    assert result.exit_code == 2
    assert hint.split()[0] in " ".join(result.stderr.replace("│", " ").split())
    assert shown_zone() is None


def test_nothing_to_change_is_said(filled: Path) -> None:
    result = run("source", "edit", "steppe-herald")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--time-zone" in result.stderr
