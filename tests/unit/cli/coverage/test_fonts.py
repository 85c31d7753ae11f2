"""Scripts without a font: found by name, and said only if the machine can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.coverage import fonts
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


def test_without_a_list_of_fonts_only_a_machine_without_any_is_sure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(fonts, "_FOLDERS", (str(tmp_path / "fonts"),))
    assert "Chinese" in describe_missing_fonts("集体")[0]
    assert describe_missing_fonts("ОДКБ, צה״ל") == []
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "some.TTF").touch()
    assert describe_missing_fonts("集体") == []
