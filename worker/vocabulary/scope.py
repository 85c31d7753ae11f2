"""The scope rule: whether a text is commentary on Central Asian security, by themes, weights and a verdict with
reasons. Pure.

The definition is a part of the vocabulary (`scope.toml`) and of its version. No text is dropped by it: it is a flag for
filters and denominators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Protocol

from db.enums.vocabulary import MentionField

_LEAST_STRETCH = 0.5


class Related(Protocol):
    """The relation of an entity to another."""

    @property
    def kind(self) -> str: ...
    @property
    def target(self) -> str: ...


class EntityInfo(Protocol):
    """An entity of the vocabulary, with the properties that decide its weight."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def relations(self) -> Iterable[Related]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One required theme of a text, with its minimum of points.

    The weight of an entity is that of its id in `entities`; else `related`, if one of the relations `through` leads to
    an entity listed there with a weight; else that of its type in `types`; else zero.
    """

    name: str
    needed: int
    entities: Mapping[str, int]
    types: Mapping[str, int]
    related: int = 0
    through: tuple[str, ...] = ()

    def weight(self, entity: EntityInfo) -> int:
        """Return the points for one mention of an entity."""
        if entity.id in self.entities:
            return self.entities[entity.id]
        if any(one.kind in self.through and self.entities.get(one.target) for one in entity.relations):
            return self.related
        return self.types.get(entity.type, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """The criteria: every theme needs its own points, all together `threshold`.

    An entity's points are its weight for each mention, up to `repeats` mentions, and `in_title` further mentions for
    being in the title. The limits are for texts of `length` characters and scale with the square root of the length,
    down to a half: long texts have more passing mentions, and a headline has space for few.
    """

    threshold: int
    repeats: int
    in_title: int
    length: int
    themes: tuple[Theme, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values for `from_json`, which restores an equal definition."""
        return asdict(self)

    @staticmethod
    def from_json(content: Mapping[str, Any]) -> Definition:
        """Return the definition written by `to_json`; TypeError or KeyError for anything else."""
        themes = tuple(Theme(**theme | {"through": tuple(theme["through"])}) for theme in content["themes"])
        return Definition(**{**content, "themes": themes})


_TITLE = MentionField.TITLE


@dataclass(frozen=True, slots=True)
class Reason:
    """The contribution of an entity to a theme."""

    theme: str
    entity: str
    points: int


@dataclass(frozen=True, slots=True)
class ScopeVerdict:
    """The decision whether a text is in scope; `points` by theme, `needed` of each for a text of its length (`""`: of
    all together), and the contributing entities, the largest first.
    """

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
            if field == _TITLE:
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
