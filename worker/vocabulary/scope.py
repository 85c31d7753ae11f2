"""Whether a text is commentary on Central Asian security: themes, weights, a verdict with its reasons. Pure.

The definition is a part of the vocabulary (`scope.toml`) and of its version. Nothing is dropped by it: it is a flag
for filters and denominators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Protocol

_LEAST_STRETCH = 0.5


class Related(Protocol):
    """What an entity is to another."""

    @property
    def kind(self) -> str: ...
    @property
    def target(self) -> str: ...


class EntityInfo(Protocol):
    """An entity of the vocabulary, as far as its weight depends on it."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def relations(self) -> Iterable[Related]: ...


@dataclass(frozen=True, slots=True)
class Theme:
    """One of the things that a text must be about, and by how many points.

    An entity weighs what `entities` says of its id; else `related`, when one of the relations `through` leads from
    it to an entity listed there with a weight; else what `types` says of its type; else nothing.
    """

    name: str
    needed: int
    entities: Mapping[str, int]
    types: Mapping[str, int]
    related: int = 0
    through: tuple[str, ...] = ()

    def weight(self, entity: EntityInfo) -> int:
        """Return how many points one mention of an entity is worth."""
        if entity.id in self.entities:
            return self.entities[entity.id]
        if any(one.kind in self.through and self.entities.get(one.target) for one in entity.relations):
            return self.related
        return self.types.get(entity.type, 0)


@dataclass(frozen=True, slots=True)
class Definition:
    """What counts: every theme with its own points, all together with `threshold`.

    An entity's points are its weight for each mention, up to `repeats` mentions, and for being in the title
    `in_title` mentions more. The limits are for texts of `length` characters and go with the square root of the
    length, down to a half: long texts name more by the way, and a headline can name little.
    """

    threshold: int
    repeats: int
    in_title: int
    length: int
    themes: tuple[Theme, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values that `from_json` reads back to an equal definition."""
        return asdict(self)

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Definition:
        """Return the definition that `to_json` gave; TypeError or KeyError for anything else."""
        themes = tuple(Theme(**theme | {"through": tuple(theme["through"])}) for theme in content["themes"])
        return Definition(**{**content, "themes": themes})


@dataclass(frozen=True, slots=True)
class Reason:
    """What an entity brings to a theme."""

    theme: str
    entity: str
    points: int


@dataclass(frozen=True, slots=True)
class ScopeVerdict:
    """Whether a text is in scope; `points` by theme, `needed` of each for a text of its length (`""`: of all
    together), and who brought the points, the most first."""

    in_scope: bool
    points: Mapping[str, int]
    needed: Mapping[str, float]
    reasons: tuple[Reason, ...]


class Scope:
    """A definition applied to the entities of its vocabulary."""

    def __init__(self, definition: Definition, entities: Iterable[EntityInfo]) -> None:
        self.definition = definition
        self._weights: dict[str, list[tuple[str, int]]] = {}
        for entity in entities:
            weights = [(theme.name, weight) for theme in definition.themes if (weight := theme.weight(entity))]
            if weights:
                self._weights[entity.id] = weights

    def judge(self, mentions: Iterable[tuple[str, str]], length: int) -> ScopeVerdict:
        """Return the verdict on a text of `length` characters; `mentions` are (field, entity id), one for each."""
        rules = self.definition
        times: Counter[str] = Counter()
        titled: set[str] = set()
        for field, entity in mentions:
            times[entity] += 1
            if field == "title":
                titled.add(entity)
        reasons = [
            Reason(theme, entity, weight * (min(count, rules.repeats) + rules.in_title * (entity in titled)))
            for entity, count in times.items()
            for theme, weight in self._weights.get(entity, ())
        ]
        points = {theme.name: 0 for theme in rules.themes}
        for reason in reasons:
            points[reason.theme] += reason.points
        stretch = max(_LEAST_STRETCH, sqrt(length / rules.length))
        needed = {theme.name: theme.needed * stretch for theme in rules.themes} | {"": rules.threshold * stretch}
        is_enough = all(points[name] >= limit for name, limit in needed.items() if name)
        return ScopeVerdict(
            in_scope=is_enough and sum(points.values()) >= needed[""],
            points=points,
            needed=needed,
            reasons=tuple(sorted(reasons, key=lambda one: (-one.points, one.theme, one.entity))),
        )
