"""What a reviewer should look at in a valid vocabulary. Nothing here keeps it from working."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from worker.tagging.fold import words
from worker.tagging.vocabulary import Alias, Entity, Vocabulary


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark on one field of one entity."""

    entity: str
    field: str
    message: str


def check(vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """Return what looks wrong, entity by entity."""
    owners: dict[tuple[str, str], list[tuple[Entity, Alias]]] = defaultdict(list)
    findings: list[Finding] = []
    for entity in vocabulary.entities:
        findings.extend(_alone(entity))
        for alias in entity.aliases:
            owners[alias.language, _spelling(alias)].append((entity, alias))
    for sharing in owners.values():
        findings.extend(_shared(sharing))
    return tuple(sorted(findings, key=lambda finding: (finding.entity, finding.field, finding.message)))


def _spelling(alias: Alias) -> str:
    return alias.text if alias.case_sensitive else words(alias.text)


def _alone(entity: Entity) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for alias in entity.aliases:
        field = f"{alias.level}.{alias.language}"
        if len(alias.text) == 1:
            yield Finding(entity.id, field, f"one letter is no name: {alias.text!r}")
        if (alias.language, alias.text) in seen:
            yield Finding(entity.id, field, f"written twice: {alias.text!r}")
        seen.add((alias.language, alias.text))
    needy = any(alias.needs_context for alias in entity.aliases)
    certain = any(not alias.needs_context for alias in entity.aliases)
    if needy and not certain and not entity.context_any:
        yield Finding(entity.id, "context_any", "every alias needs context and none is listed: never tagged")
    if entity.context_any and not needy:
        yield Finding(entity.id, "context_any", "has no effect: no alias asks for context")


def _shared(sharing: list[tuple[Entity, Alias]]) -> Iterator[Finding]:
    ids = sorted({entity.id for entity, _ in sharing})
    if len(ids) < 2:
        return
    for entity, alias in sharing:
        if not alias.needs_context:
            others = ", ".join(other for other in ids if other != entity.id)
            message = f"{alias.text!r} also names {others}: only the nearest relative decides"
            yield Finding(entity.id, f"{alias.level}.{alias.language}", message)
