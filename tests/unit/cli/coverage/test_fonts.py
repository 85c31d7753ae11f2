"""Scripts without a font: found by name, and said only if the machine can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.coverage.fonts import describe_missing_fonts, find_scripts


@pytest.fixture
def only_armenian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a list of fonts on the PATH that knows of one font, for the letter Ayb."""
    tool = tmp_path / "fc-list"
    tool.write_text('#!/bin/sh\ncase "$1" in :charset=531) echo "Some Sans";; esac\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_scripts_are_named_once_and_the_usual_ones_not_at_all() -> None:
    assert find_scripts("CSTO, ОДКБ, 集体安全, Աա 5!") == {"Chinese": "集", "Armenian": "Ա"}
    assert find_scripts("Қазақстан Türkiye Ελλάδα 2022 – “…”") == {}


@pytest.mark.usefixtures("only_armenian")
def test_a_script_without_a_font_is_named() -> None:
    (said,) = describe_missing_fonts("Ազգ, 集体, ایران")
    assert "boxes: Chinese, Arabic;" in said
    assert describe_missing_fonts("Ազգ, ОДКБ") == []


def test_a_machine_that_cannot_tell_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert describe_missing_fonts("集体") == []
