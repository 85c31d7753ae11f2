"""The vocabulary as values: entities, their aliases in every language, their relations; and its JSON form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from worker.vocabulary.languages.given_names import NOBODY, GivenNames, parse_given_names
from worker.vocabulary.languages.han_pairs import NO_PAIRS, Pairs, parse_pairs
from worker.vocabulary.languages.inflection import NOTHING, Inflection, read_inflection
from worker.vocabulary.languages.usage import Usage, parse_usage
from worker.vocabulary.offices import Office, parse_office
from worker.vocabulary.regions import NOWHERE, Regions, parse_regions
from worker.vocabulary.scope import Definition
from worker.vocabulary.stored_names import iter_entities
from worker.vocabulary.toml_table import ProblemsFound

LANGUAGES = ("en", "ru", "kk", "kk-Latn", "ky", "uz", "uz-Cyrl", "tg", "tk", "tr", "az", "hy", "zh")
GUESS = "guess"
"""The source of a spelling that follows the language's rules and was not seen in print."""
DECOY = "decoy"
"""The level of spellings that contain a name of an entity and mean something else; never that of a mention."""


class VocabularyError(ProblemsFound):
    """An unusable vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """A spelling of an entity in one language."""

    text: str
    language: str
    level: str
    case_sensitive: bool = False
    needs_context: bool = False
    generated: bool = False
    is_common: bool = False
    is_surname: bool = False
    source: str | None = None
    """The outlet or text collection with this spelling, or GUESS; None if unknown."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Declares an entity as a body, one of `bodies.toml`, of a state."""

    body: str
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """The relation of an entity to another, with its period, or a fact about it."""

    kind: str
    """A `RelationKind`; the vocabulary of a newer version may have others."""
    target: str
    from_on: str | None = None
    to_on: str | None = None
    on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One person, organisation, place, document or idea, with everything that identifies it in a text."""

    id: str
    type: str
    label: str
    description: str
    aliases: tuple[Alias, ...]
    relations: tuple[Relation, ...] = ()
    wikidata: str | None = None
    ambiguity: str | None = None
    context_any: tuple[str, ...] = ()
    context_none: tuple[str, ...] = ()
    context_words: int = 0
    office: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    decoys: tuple[Alias, ...] = ()
    keep_inner: bool = False
    surname_rule: bool = False
    in_seed: bool = False
    seed_mentions: int = 0
    pattern: Pattern | None = None
    """The pattern behind names that its file does not list."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """All entities in the order of their ids, the scope (None: undefined), inflection and usage."""

    entities: tuple[Entity, ...]
    scope: Definition | None = None
    inflection: Inflection = NOTHING
    usages: tuple[Usage, ...] = ()
    given: GivenNames = NOBODY
    regions: Regions = NOWHERE
    pairs: Pairs = NO_PAIRS

    @cached_property
    def version(self) -> str:
        """A short hash of the whole content: equal content, equal version."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    @cached_property
    def by_id(self) -> dict[str, Entity]:
        """The entities under their ids."""
        return {entity.id: entity for entity in self.entities}

    def to_json(self) -> str:
        """Return the JSON for `from_json`, which restores an equal vocabulary."""
        content: dict[str, object] = {"entities": [_entity_json(entity) for entity in self.entities]}
        if self.inflection.content:
            content["inflection"] = self.inflection.content
        if self.scope is not None:
            content["scope"] = self.scope.to_json()
        if self.given is not NOBODY:
            content["given"] = self.given.to_json()
        if self.regions is not NOWHERE:
            content["regions"] = self.regions.to_json()
        if self.pairs is not NO_PAIRS:
            content["pairs"] = self.pairs.to_json()
        if self.usages:
            content["usages"] = [usage.to_json() for usage in self.usages]
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @staticmethod
    def from_json(content: str) -> Vocabulary:
        """Return the vocabulary written by `to_json`; ValueError for anything else."""
        try:
            loaded = json.loads(content)
            scope = Definition.from_json(loaded["scope"]) if "scope" in loaded else None
            problems: list[str] = []
            inflection = read_inflection(loaded.get("inflection", {}), "inflection", problems)
            if problems:
                raise ValueError(f"not a stored vocabulary: {problems[0]}")
            usages = tuple(parse_usage(entry) for entry in loaded.get("usages", ()))
            given_names = parse_given_names(loaded["given"]) if "given" in loaded else NOBODY
            regions = parse_regions(loaded["regions"]) if "regions" in loaded else NOWHERE
            entities = tuple(_entity(entry) for entry in loaded["entities"])
            pairs = parse_pairs(loaded["pairs"]) if "pairs" in loaded else NO_PAIRS
            return Vocabulary(
                entities=entities,
                scope=scope,
                inflection=inflection,
                usages=usages,
                given=given_names,
                regions=regions,
                pairs=pairs,
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not a stored vocabulary: {error!r}") from None


def iter_stored(content: str) -> Iterator[Entity]:
    """Yield the entities of a vocabulary written by `Vocabulary.to_json`; in little memory, since one at a time."""
    return map(_entity, iter_entities(content))


_FLAGS = ("case_sensitive", "needs_context", "generated", "is_common", "is_surname")
_LISTS = ("context_any", "context_none", "office")
_PLAIN = (
    "id",
    "type",
    "label",
    "description",
    "wikidata",
    "ambiguity",
    "context_words",
    "keep_inner",
    "surname_rule",
    "in_seed",
    "seed_mentions",
)


def _entity_json(entity: Entity) -> dict[str, object]:
    content: dict[str, object] = {key: getattr(entity, key) for key in (*_PLAIN, *_LISTS)}
    content["relations"] = [[r.kind, r.target, r.from_on, r.to_on, r.on] for r in entity.relations]
    content["offices"] = [office.to_json() for office in entity.offices]
    content["pattern"] = [entity.pattern.body, entity.pattern.of] if entity.pattern else None
    content["aliases"] = [_alias_json(alias) for alias in entity.aliases]
    content["decoys"] = [_alias_json(alias) for alias in entity.decoys]
    return content


def _alias_json(alias: Alias) -> list[object]:
    flags = (int(getattr(alias, flag)) for flag in _FLAGS)
    return [alias.text, alias.language, alias.level, *flags, *([alias.source] if alias.source else ())]


def _relation(
    kind: str, target: str, from_on: str | None = None, to_on: str | None = None, on: str | None = None
) -> Relation:
    return Relation(kind=kind, target=target, from_on=from_on, to_on=to_on, on=on)


def _entity(entry: dict[str, Any]) -> Entity:
    plain: dict[str, Any] = {key: entry[key] for key in _PLAIN if key in entry}
    plain.update((key, tuple(entry.get(key, ()))) for key in _LISTS)
    return Entity(
        **plain,
        relations=tuple(_relation(*relation) for relation in entry["relations"]),
        aliases=tuple(_alias(entry) for entry in entry["aliases"]),
        decoys=tuple(_alias(entry) for entry in entry.get("decoys", ())),
        offices=tuple(parse_office(entry) for entry in entry.get("offices", ())),
        pattern=Pattern(*entry["pattern"]) if entry.get("pattern") else None,
    )


def _alias(entry: list[Any]) -> Alias:
    text, language, level, *rest = entry
    flags: dict[str, Any] = {flag: bool(value) for flag, value in zip(_FLAGS, rest, strict=False)}
    return Alias(
        text=text,
        language=language,
        level=level,
        **flags,
        source=rest[len(_FLAGS)] if len(rest) > len(_FLAGS) else None,
    )
