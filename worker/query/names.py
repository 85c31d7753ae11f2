"""Known names, for checking queries and suggesting others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property

from db.enums.vocabulary import EntityType
from worker.query.article import QueryOutlet
from worker.query.positions.article_text import outlet_keys
from worker.query.words import is_like, pattern_words
from worker.vocabulary.entities import Entity, Vocabulary
from worker.vocabulary.stored_names import NAMES

_SHOWN = 3
_MOST_OFFERED = 6


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three names of similar spelling, the nearest first."""
    return get_close_matches(name.lower(), list(names), n=_SHOWN, cutoff=0.6)


def did_you_mean(found: Iterable[str]) -> str:
    """Return a hint that suggests names; "" for none."""
    offered = " or ".join(found)
    return f"did you mean {offered}?" if offered else ""


class NoSuchEntity(LookupError):
    """No entity has that name, or more than one has; `hint` suggests `candidates`, "" for none."""

    def __init__(self, message: str, hint: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message, self.hint, self.candidates = message, hint, candidates


@dataclass(frozen=True, kw_only=True)
class QueryNames:
    """The names of a vocabulary, against which new queries are checked."""

    entities: Mapping[str, str]
    """Labels by id."""
    surnames: frozenset[str] = frozenset()
    """Names of people in one word, as written. They count with a capital only: a trump card is not Trump."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Names of outlets by id; empty if unknown."""
    domains: Mapping[str, str] = field(default_factory=dict)
    """Ids of outlets by their other names."""
    aliases: Sequence[tuple[str, str]] = ()
    """(text, id) of the aliases of entities, in all languages."""

    @staticmethod
    def of(vocabulary: Vocabulary, outlets: Iterable[QueryOutlet] = ()) -> QueryNames:
        """Return the names of a vocabulary, and of outlets; the first name of an outlet is its display name."""
        return QueryNames.of_entities(vocabulary.entities, outlets)

    @staticmethod
    def of_entities(entities: Iterable[Entity], outlets: Iterable[QueryOutlet] = ()) -> QueryNames:
        """Return the names of entities, each read once, and of outlets."""
        labels: dict[str, str] = {}
        surnames: set[str] = set()
        aliases: list[tuple[str, str]] = []
        for entity in entities:
            labels[entity.id] = entity.label
            if entity.type == EntityType.PERSON:
                surnames.update(alias.text for alias in entity.aliases if _is_surname(alias.text))
            aliases += (
                (alias.text, entity.id) for alias in entity.aliases if alias.level in NAMES and not alias.generated
            )
        return QueryNames(entities=labels, surnames=frozenset(surnames), aliases=aliases).and_outlets(outlets)

    def and_outlets(self, outlets: Iterable[QueryOutlet]) -> QueryNames:
        """Return these names with those of further outlets."""
        more = tuple(outlets)
        return replace(
            self,
            sources={outlet.id: outlet.names[0] if outlet.names else outlet.id for outlet in more} | {**self.sources},
            domains={key: outlet.id for outlet in more for key in outlet_keys(outlet)} | {**self.domains},
        )

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id, label in self.entities.items():
            found.setdefault(_key(label), []).append(id)
        return found | {_key(id): [id] for id in self.entities}

    @cached_property
    def _by_alias(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for text, id in self.aliases:
            ids = found.setdefault(_key(text), [])
            if id not in ids:
                ids.append(id)
        return found

    def find_entities(self, name: str) -> Sequence[str]:
        """Return the id of the entity with this id; else of all with this label; else of all with this alias.

        Letter case, hyphens and diacritics do not count.
        """
        key = _key(name)
        return self._by_name.get(key) or self._by_alias.get(key, [])

    def get_entity(self, name: str) -> str:
        """Return the id of the one entity with this name. Raises NoSuchEntity."""
        found = self.find_entities(name)
        if len(found) == 1:
            return found[0]
        message = f"{len(found)} entities are called {name!r}" if found else f"no entity is called {name!r}"
        near = self._like_entity(name)
        raise NoSuchEntity(message, self._describe(near), near)

    def like_entity(self, name: str) -> str:
        """Return a hint with the entities of this or a similar name."""
        return self._describe(self._like_entity(name))

    def _describe(self, ids: Iterable[str]) -> str:
        return did_you_mean(f"{id} ({self.entities[id]})" for id in ids)

    def _like_entity(self, name: str) -> list[str]:
        key = _key(name)
        found = list(self.find_entities(name))
        for names in (self._by_name, self._by_alias):
            found = found or [id for near in nearest(key, names) for id in names[near]]
        return list(dict.fromkeys(found))[:_MOST_OFFERED]

    @cached_property
    def _by_source(self) -> dict[str, str]:
        names = {_key(name): id for id, name in self.sources.items()}
        return {**self.domains} | names | {_key(id): id for id in self.sources}

    def has_source(self, name: str) -> bool:
        """Return whether an outlet has this name; for a pattern, whether any has; for a domain, whether it is part of
        one.
        """
        if "*" in name:
            return any(is_like(one, _key(name)) for one in self._by_source)
        labels = name.split(".")
        parents = (".".join(labels[at:]) for at in range(len(labels) - 1))
        return any(_key(one) in self._by_source for one in (name, *parents))

    def may_be_source(self, name: str) -> bool:
        """Return whether an outlet has, or may yet have, this name: domains and patterns may match a future one."""
        return not self.sources or "*" in name or "." in name or self.has_source(name)

    def like_source(self, name: str) -> str:
        """Return a hint with the outlets of a similar id or name."""
        found = dict.fromkeys(self._by_source[near] for near in nearest(_key(name), self._by_source))
        return did_you_mean(f"{id} ({self.sources[id]})" if id in self.sources else id for id in found)


def _is_surname(text: str) -> bool:
    """Return whether a name of a person is one word that is written with a capital."""
    return text.isalpha() and text[0].isupper() and not text.isupper()


def _key(name: str) -> str:
    return " ".join(pattern_words(name))
