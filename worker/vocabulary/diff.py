"""Differences between two states of the vocabulary. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from worker.vocabulary.entities import Alias, Entity, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """From one vocabulary to another; entities by id, aliases with the entity that has them."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    """Entities in both that differ in more than their aliases: context, relations, label …"""
    aliases_added: tuple[tuple[str, Alias], ...]
    aliases_removed: tuple[tuple[str, Alias], ...]
    scope_changed: bool
    rest_changed: bool
    """True if other parts than entities or the scope differ, such as the endings of a language."""

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.changed, self.aliases_added, self.aliases_removed,
                    self.scope_changed, self.rest_changed))  # fmt: skip


def difference(old: Vocabulary, new: Vocabulary) -> Difference:
    """Return the differences from `old` to `new`; falsy exactly when both have the same version."""
    both = sorted(old.by_id.keys() & new.by_id.keys())
    rest = replace(old, entities=new.entities, scope=new.scope).version != new.version
    return Difference(
        added=tuple(sorted(new.by_id.keys() - old.by_id.keys())),
        removed=tuple(sorted(old.by_id.keys() - new.by_id.keys())),
        changed=tuple(id for id in both if _without_aliases(old.by_id[id]) != _without_aliases(new.by_id[id])),
        aliases_added=_only_in(new, old),
        aliases_removed=_only_in(old, new),
        scope_changed=old.scope != new.scope,
        rest_changed=rest,
    )


def _without_aliases(entity: Entity) -> Entity:
    return replace(entity, aliases=())


def _only_in(one: Vocabulary, other: Vocabulary) -> tuple[tuple[str, Alias], ...]:
    """Return the aliases missing in `other`, flags included; those of new entities too."""
    found = []
    for entity in one.entities:
        counterpart = other.by_id.get(entity.id)
        known = set(counterpart.aliases) if counterpart else set()
        found += [(entity.id, alias) for alias in entity.aliases if alias not in known]
    return tuple(found)
