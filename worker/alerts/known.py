"""What names there are: for telling people that they mean another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from worker.alerts.words import pattern_words
from worker.tagging.vocabulary import Vocabulary

_SHOWN = 3


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three names that are spelled like one, the nearest first."""
    return get_close_matches(name.lower(), list(names), n=_SHOWN, cutoff=0.6)


def did_you_mean(found: Iterable[str]) -> str:
    """Return a hint that offers names; "" for none."""
    offered = " or ".join(found)
    return f"did you mean {offered}?" if offered else ""


@dataclass(frozen=True)
class Known:
    """The names of a vocabulary: what queries that are being written are checked against."""

    entities: Mapping[str, str]
    """Labels by id."""
    surnames: frozenset[str] = frozenset()
    """Names of people in one word, as written. They count with a capital only: a trump card is not Trump."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Names of outlets by id."""

    @staticmethod
    def of(vocabulary: Vocabulary, sources: Mapping[str, str] | None = None) -> Known:
        """Return the names of a vocabulary, and of outlets by id."""
        people = (entity for entity in vocabulary.entities if entity.type == "person")
        return Known(
            {entity.id: entity.label for entity in vocabulary.entities},
            frozenset(
                alias.text
                for person in people
                for alias in person.aliases
                if alias.text.isalpha() and alias.text[0].isupper() and not alias.text.isupper()
            ),
            sources or {},
        )

    @cached_property
    def _by_name(self) -> dict[str, str]:
        labels = {_key(label): id for id, label in reversed(list(self.entities.items()))}
        return labels | {_key(id): id for id in self.entities}

    def find_entity(self, name: str) -> str | None:
        """Return the id of the entity with this id or label, whatever its letter case, hyphens and diacritics."""
        return self._by_name.get(_key(name))

    def like_entity(self, name: str) -> str:
        """Return a hint that names the entities whose ids or labels are spelled like `name`."""
        found = dict.fromkeys(self._by_name[near] for near in nearest(_key(name), self._by_name))
        return did_you_mean(f"{id} ({self.entities[id]})" for id in found)

    @cached_property
    def _by_source(self) -> dict[str, str]:
        names = {_key(name): id for id, name in self.sources.items()}
        return names | {_key(id): id for id in self.sources}

    def has_source(self, name: str) -> bool:
        """Say whether an outlet may be called so; a domain or a pattern always may."""
        return "*" in name or "." in name or _key(name) in self._by_source

    def like_source(self, name: str) -> str:
        """Return a hint that names the outlets whose ids or names are spelled like `name`."""
        found = dict.fromkeys(self._by_source[near] for near in nearest(_key(name), self._by_source))
        return did_you_mean(f"{id} ({self.sources[id]})" for id in found)


def _key(name: str) -> str:
    return " ".join(pattern_words(name))
