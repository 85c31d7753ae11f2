"""`steppewatch --version`."""

from __future__ import annotations

from importlib.metadata import version

from commandline import run


def test_the_version_is_that_of_the_package() -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"steppewatch {version('steppewatch')}\n")


def test_the_version_is_named_in_the_help() -> None:
    assert "--version" in run("--help").stdout
    assert "Central Asian security" in run("--help").stdout
