"""Given names, which show that a surname belongs to another person."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from worker.text.fold import words
from worker.vocabulary.toml_table import TomlTable, read_toml

_SCRIPTS = {"CYRILLIC": "Cyrl", "LATIN": "Latn", "ARMENIAN": "Armn"}
_ENDING = 3  # letters that a case may add to a name
_SHORT = 3
_MOST_KEPT = 10_000
_SHARED_LETTERS = str.maketrans("әғқңөұүһіӣӯҳҷўəçğışöüýňžä", "агкноуухииухжуecgisouynza")
_LONG = 5  # a word of this many letters is too short to be judged by its end


@dataclass(frozen=True)
class GivenNames:
    """Known given names, by script, as folded words, and the endings of others."""

    names: Mapping[str, tuple[str, ...]]
    ends: Mapping[str, tuple[str, ...]]

    def holds(self, word: str) -> bool:
        """Return whether a word is a given name, in any case of its language; results are cached."""
        if word not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[word] = self._is_given(word)
        return self._known[word]

    def _is_given(self, word: str) -> bool:
        script = _find_script(word)
        if script is None:
            return False
        folded = _plain(word)
        known = self._starts.get(script, frozenset())
        if any(folded[:length] in known for length in range(max(_SHORT, len(folded) - _ENDING), len(folded) + 1)):
            return True
        ends = self._ends.get(script)
        return ends is not None and len(folded) > _LONG and ends.search(folded) is not None

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    @cached_property
    def _starts(self) -> dict[str, frozenset[str]]:
        return {script: frozenset(map(_plain, names)) for script, names in self.names.items()}

    @cached_property
    def _ends(self) -> dict[str, re.Pattern[str]]:
        return {
            script: re.compile(rf"(?:{'|'.join(map(re.escape, ends))})(?:\w{{1,2}})?$")
            for script, ends in self.ends.items()
            if ends
        }

    def to_json(self) -> dict[str, Any]:
        """Return the plain values for `parse_given_names`."""
        return {
            "names": {k: list(v) for k, v in self.names.items()},
            "ends": {k: list(v) for k, v in self.ends.items()},
        }


def _plain(word: str) -> str:
    """Return a folded word in the letters common to all languages of the script: Серік and Серик are one name."""
    return words(word).translate(_SHARED_LETTERS)


NOBODY = GivenNames({}, {})


def parse_given_names(content: Mapping[str, Any]) -> GivenNames:
    """Return the given names written by `to_json`."""
    return GivenNames(*({k: tuple(v) for k, v in content.get(key, {}).items()} for key in ("names", "ends")))


def read_given_names(path: Path, problems: list[str]) -> GivenNames:
    """Return the given names of a vocabulary's `given.toml`, none without one; problems are added to `problems`."""
    if not path.exists():
        return NOBODY
    try:
        content = read_toml(path)
    except ValueError as error:
        problems.append(f"{path.name}: {error}")
        return NOBODY
    table = TomlTable(content, path.name, problems)
    names: dict[str, tuple[str, ...]] = {}
    ends: dict[str, tuple[str, ...]] = {}
    for script in content:
        if script not in _SCRIPTS.values():
            table.wrong(script, f"unknown script; known are {', '.join(_SCRIPTS.values())}")
            continue
        part = table.within(table.table(script), script)
        names[script], ends[script] = part.words("names"), part.words("ends")
        part.done()
    return GivenNames(names, ends)


def _find_script(word: str) -> str | None:
    return _SCRIPTS.get(unicodedata.name(word[0], "").partition(" ")[0])
