"""All names of a stored vocabulary, for finding entities by any of them and listing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from worker.text.fold import fold
from worker.vocabulary.stored_names import LANGUAGE, LEVEL, TEXT, is_generated, iter_entities


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
        return cls({entity["id"]: "\n".join(_lines(entity["aliases"])) for entity in iter_entities(content)})

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

    def find_exact(self, name: str, labels: Mapping[str, str]) -> list[str]:
        """Return the entities with this label or name, in any letter case."""
        wanted = " ".join(_fold(name).split())
        return [
            entity
            for entity, label in labels.items()
            if wanted
            and (
                _fold(label) == wanted
                or (
                    wanted in self._folded.get(entity, "")
                    and any(_fold(known.text) == wanted for known in self.list_names(entity))
                )
            )
        ]


def _lines(aliases: Iterable[Sequence[Any]]) -> Iterator[str]:
    for alias in aliases:
        if not is_generated(alias):
            yield f"{alias[LANGUAGE] or ''}\t{alias[LEVEL]}\t{' '.join(alias[TEXT].split())}"


def _split(line: str) -> tuple[str, str, str]:
    language, level, text = line.split("\t", 2)
    return text, language, level


def _fold(text: str) -> str:
    """Return a text for comparison: without regard to letter case, diacritics and punctuation; lines stay apart."""
    return "\n".join(" ".join(fold(line).split()) for line in text.split("\n"))
