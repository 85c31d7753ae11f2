"""Errors in a readable vocabulary, and remarks for reviewers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from db.enums.vocabulary import MentionLevel
from worker.text.fold import words
from worker.vocabulary.entities import LANGUAGES, Alias, Entity, Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """A remark on one field of one entity; an error prevents loading the vocabulary."""

    entity: str
    type: str
    field: str
    message: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """An alias and its position."""

    entity: Entity
    alias: Alias
    field: str

    def finding(self, message: str, *, is_error: bool = False) -> LintFinding:
        return LintFinding(
            entity=self.entity.id, type=self.entity.type, field=self.field, message=message, is_error=is_error
        )


def check(vocabulary: Vocabulary, followed: Collection[str] = ()) -> tuple[LintFinding, ...]:
    """Return errors and remarks, entity by entity; `followed` are the languages of the outlets that are read."""
    owners: dict[tuple[str, str], list[_Place]] = defaultdict(list)
    findings: list[LintFinding] = []
    for entity in vocabulary.entities:
        places = list(_places(entity))
        findings.extend(_alone(entity, places))
        findings.extend(_silent(entity, followed))
        for place in places:
            owners[place.alias.language, _spelling(place.alias)].append(place)
    for sharing in owners.values():
        findings.extend(_shared(sharing))
    return tuple(sorted(findings, key=lambda finding: (finding.entity, finding.field, finding.message)))


def _places(entity: Entity) -> Iterator[_Place]:
    """Yield the aliases with their fields, such as `names.en[2]`."""
    counts: dict[str, int] = defaultdict(int)
    for alias in entity.aliases:
        group = f"{'demonyms' if alias.level == MentionLevel.DEMONYM else 'names'}.{alias.language}"
        yield _Place(entity, alias, f"{group}[{counts[group]}]")
        counts[group] += 1


def _spelling(alias: Alias) -> str:
    return alias.text if alias.case_sensitive else words(alias.text)


def _alone(entity: Entity, places: list[_Place]) -> Iterator[LintFinding]:
    seen: dict[tuple[str, str], _Place] = {}
    for place in places:
        alias = place.alias
        if len(alias.text) == 1:
            yield place.finding(f"one letter is no name: {alias.text!r}", is_error=True)
        first = seen.setdefault((alias.language, alias.text), place)
        if first is not place:
            yield place.finding(f"written twice: {alias.text!r} is also {first.field}", is_error=True)
    yield from _swallowed(places)
    needy = any(place.alias.needs_context for place in places)
    certain = any(not place.alias.needs_context for place in places)
    if needy and not certain and not entity.context_any:
        message = "every alias needs context and none is listed: never tagged"
        yield LintFinding(entity=entity.id, type=entity.type, field="context_any", message=message)
    if entity.context_any and not needy:
        yield LintFinding(
            entity=entity.id, type=entity.type, field="context_any", message="has no effect: no alias asks for context"
        )


def _swallowed(places: list[_Place]) -> Iterator[LintFinding]:
    """Yield the aliases that are redundant because another one of the entity finds them as well."""
    plain: dict[tuple[str, str, str], _Place] = {}
    for place in places:
        alias = place.alias
        if not (alias.case_sensitive or alias.needs_context or alias.is_common):
            plain.setdefault((alias.language, alias.level, words(alias.text)), place)
    for place in places:
        alias = place.alias
        other = plain.get((alias.language, alias.level, words(alias.text)))
        if other is not None and other is not place and other.alias.text != alias.text and _is_as_open(other, place):
            yield place.finding(f"has no effect: {other.alias.text!r} finds {alias.text!r} too")


def _is_as_open(other: _Place, place: _Place) -> bool:
    """Return whether one alias is no stricter about letter case than the other."""
    if any(char.isspace() for char in other.alias.text):
        return True
    return not other.alias.text[0].isupper() or place.alias.text[0].isupper()


def _silent(entity: Entity, followed: Collection[str]) -> Iterator[LintFinding]:
    """Yield the languages of outlets in which no name of this entity would be found."""
    known = {alias.language.partition("-")[0] for alias in entity.aliases}
    languages = {language.partition("-")[0] for language in followed}.intersection(LANGUAGES)
    if missing := sorted(languages - known):
        yield LintFinding(
            entity=entity.id,
            type=entity.type,
            field="names",
            message=f"no name in {', '.join(missing)}, where outlets are followed",
        )


def _shared(sharing: list[_Place]) -> Iterator[LintFinding]:
    ids = sorted({place.entity.id for place in sharing})
    if len(ids) < 2:
        return
    for place in sharing:
        if not place.alias.needs_context:
            others = ", ".join(other for other in ids if other != place.entity.id)
            yield place.finding(f"{place.alias.text!r} also names {others}: only the nearest relative decides")
