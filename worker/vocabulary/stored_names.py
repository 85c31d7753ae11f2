"""Names of entities in a stored vocabulary, read without the rest of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.enums.vocabulary import MentionLevel
from worker.text.fold import fold

NAMES = frozenset((str(MentionLevel.NAME), str(MentionLevel.CONCEPT)))
"""Levels of aliases that name an entity; a demonym (Kazakhs) is no name of a state."""
_TEXT, _LANGUAGE, _LEVEL, _GENERATED = 0, 1, 2, 5
"""Their position in an alias as written by `worker.vocabulary.entities`."""


def iter_names(content: str) -> Iterator[tuple[str, str]]:
    """Yield (alias, id) of all names in a vocabulary written by `Vocabulary.to_json`."""
    for entity in _iter_entities(content):
        for alias in entity["aliases"]:
            if alias[_LEVEL] in NAMES and not (len(alias) > _GENERATED and alias[_GENERATED]):
                yield alias[_TEXT], entity["id"]


_BEGIN = re.compile(r'\s*\{\s*"entities"\s*:\s*\[\s*')
"""The entities come first, because the keys are sorted."""
_BETWEEN = re.compile(r"\s*,?\s*")


@dataclass(frozen=True, slots=True)
class StoredName:
    """A name or another alias of an entity, in a language; the language is empty for all."""

    text: str
    language: str
    level: str


class NameBook:
    """All names of a vocabulary, for finding entities and listing their names.

    One text for each entity, since a vocabulary may have half a million names.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._lines = names
        self._folded = {entity: _fold(lines) for entity, lines in names.items()}

    @classmethod
    def from_json(cls, content: str) -> NameBook:
        """Return the names in a vocabulary written by `Vocabulary.to_json`; forms made by its rules are left out."""
        return cls({entity["id"]: "\n".join(_lines(entity["aliases"])) for entity in _iter_entities(content)})

    def list_names(self, entity: str) -> Sequence[StoredName]:
        """Return the names of an entity, as the vocabulary orders them."""
        lines = self._lines.get(entity, "").split("\n")
        return [StoredName(text, language, level) for text, language, level in map(_split, filter(None, lines))]

    def find(self, part: str, labels: Mapping[str, str]) -> dict[str, str]:
        """Return the entities of which an id, label or name contains `part`, each with that name."""
        wanted = " ".join(_fold(part).split())
        if not wanted:
            return {}
        found: dict[str, str] = {}
        for entity, label in labels.items():
            if wanted in _fold(label) or wanted in _fold(entity):
                found[entity] = label
            elif wanted in self._folded.get(entity, ""):
                found[entity] = next((name.text for name in self.list_names(entity) if wanted in _fold(name.text)), "")
        return {entity: name for entity, name in found.items() if name}


def _iter_entities(content: str) -> Iterator[dict[str, Any]]:
    """Yield the entities of a stored vocabulary, one at a time: all at once take ten times the space of the text."""
    begin = _BEGIN.match(content)
    if begin is None:
        yield from json.loads(content)["entities"]
        return
    read, place = json.JSONDecoder().raw_decode, begin.end()
    while content[place] != "]":
        entity, end = read(content, place)
        yield entity
        between = _BETWEEN.match(content, end)
        assert between is not None
        place = between.end()


def _lines(aliases: Iterable[Sequence[Any]]) -> Iterator[str]:
    for alias in aliases:
        if not (len(alias) > _GENERATED and alias[_GENERATED]):
            yield f"{alias[_LANGUAGE] or ''}\t{alias[_LEVEL]}\t{' '.join(alias[_TEXT].split())}"


def _split(line: str) -> tuple[str, str, str]:
    language, level, text = line.split("\t", 2)
    return text, language, level


def _fold(text: str) -> str:
    """Return a text for comparison: without regard to letter case, diacritics and punctuation; lines stay apart."""
    return "\n".join(" ".join(fold(line).split()) for line in text.split("\n"))
