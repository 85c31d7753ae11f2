"""Scripts that a picture needs and that this machine has no font for.

The library that draws brings a font along (Liberation Sans): Latin, Cyrillic, Greek and Hebrew are never missing.
"""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from collections.abc import Sequence
from pathlib import Path

_COMMON = ("LATIN", "CYRILLIC", "GREEK", "HEBREW")
_SCRIPTS_MAX = 8
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def describe_missing_fonts(text: str) -> list[str]:
    """Return a sentence if the text has scripts without a font here; none if that cannot be found out."""
    tool = shutil.which("fc-list")
    if tool is None and any(map(_has_files, _FOLDERS)):
        return []
    missing = [script for script, letter in find_scripts(text).items() if tool is None or not _has_font(tool, letter)]
    if not missing:
        return []
    named = ", ".join(missing)
    return [f"no font here has these letters, so the picture shows boxes: {named}; install one, such as Noto Sans"]


def find_scripts(text: str) -> dict[str, str]:
    """Return the uncommon scripts of a text by name, as Unicode says it, each with its first letter there."""
    found: dict[str, str] = {}
    for letter in text:
        script = unicodedata.name(letter, "").split(" ")[0] if letter.isalpha() else ""
        if script and script not in _COMMON and len(found) < _SCRIPTS_MAX:
            found.setdefault("Chinese" if script == "CJK" else script.capitalize(), letter)
    return found


def _has_files(folder: str) -> bool:
    return any(path.suffix.lower() in (".ttf", ".otf", ".ttc") for path in Path(folder).expanduser().rglob("*"))


def _has_font(tool: str, letter: str) -> bool:
    command: Sequence[str] = [tool, f":charset={ord(letter):x}", "family"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return True
    return done.returncode != 0 or bool(done.stdout.strip())
