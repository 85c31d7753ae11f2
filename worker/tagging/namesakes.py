"""Namesakes of a surname: given names, initials and words beside it that belong to another person."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from db.enums.vocabulary import EntityType, MentionLevel
from worker.text.fold import words
from worker.text.letters import APOSTROPHES
from worker.vocabulary.entities import Alias, Entity, Vocabulary
from worker.vocabulary.languages.given_names import GivenNames
from worker.vocabulary.relations import RelationKind

_ENDING = 3  # letters that a case may add to a name


class BareForm(Protocol):
    """A name prepared for matching, with the properties that concern namesakes."""

    @property
    def entity(self) -> Entity: ...
    @property
    def is_bare(self) -> bool: ...


class Bare(Protocol):
    """A name in a text, with the properties that concern namesakes."""

    @property
    def form(self) -> BareForm: ...
    @property
    def ending(self) -> str: ...


_KEPT = 4  # common first letters of two spellings of one given name: Vladimir, Vladimír; except Wladimir and the like
_SHORT = 3
_LONG = 6
_MOST_NAMES = 3
_ABBREVIATIONS = ("U.S.", "U.N.", "U.K.", "E.U.", "D.C.")
_LOOK_BACK = 60
_INITIAL = 3  # its point, a space and a hyphen
_LONGEST_INITIALS = 12  # three, each of a letter, a point, a space and a hyphen
_GAPS = frozenset(" \u00a0")
_GAPS_AND_POINT = _GAPS | frozenset(".-")
_BEFORE = re.compile(rf"([^\W\d_][\w{APOSTROPHES}-]*)[ \u00a0]\Z")
_INITIALS = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.[ \u00a0]?-?){1,3})\Z")
_PATRONYMIC = re.compile(
    r"(?:ович|евич|ьич|овн|евн|ичн|оглы|оғлы|улы|ұлы|уулу|кызы|қызы|кизи|угли|ўғли|қизи|ovich|evich|ovna|evna|oglu|oğlu"
    r"|ogli|oʻgʻli|uly|ūly|ulu|kyzy|qyzy|qizi|kizi|kızı|qızı)"
)
_JUNIOR = re.compile(r",?[ \u00a0-](?:Jr\b|Jnr\b|Junior\b|II\b|III\b|мл\.|млад|кичи\b|kichik\b|Կրտսեր)")
JUNIOR_BEGINS = frozenset((*(gap + letter for gap in " \u00a0-" for letter in "JIмкkԿ"), ", ", ",\u00a0", ",-"))
"""The two characters with which Jr. and the like begin after a name."""


def is_somebody_else(
    text: str, start: int, own: frozenset[str], given_names: GivenNames, named: Container[int] = ()
) -> bool:
    """Return whether the words before the surname at `start` name another person than the one with `own` names.

    That is an initial of none of its given names, or a given name that is not its own; a patronymic between the two is
    skipped. For an entity that is no person every initial and every given name is another's. The end of another name,
    at the offsets of `named`, is no given name (президент Азербайджана Алиев).
    """
    if text[start - 1 : start] not in _GAPS_AND_POINT:
        return False
    before = text[max(0, start - _LOOK_BACK) : start]
    if "." in before[-_INITIAL:]:
        if initials := _INITIALS.search(before, max(0, len(before) - _LONGEST_INITIALS)):
            first = words(initials[1][0])
            return all(name[:1] != first for name in own) and not _is_abbreviation(initials[1])
    elif before[before.rfind(" ", 0, -1) + 1 :].islower():
        return False
    is_another = False
    for _ in range(_MOST_NAMES):
        found = _BEFORE.search(before, before.rfind(" ", 0, -1) + 1) if before[-1:] in _GAPS else None
        if found is None or not found[1][0].isupper():
            return is_another
        if start - len(before) + found.end(1) in named:
            return is_another
        word = found[1]
        if is_own(word, own):
            return False  # Donald John Trump as well
        is_another = is_another or given_names.holds(word)
        if not is_another and not _PATRONYMIC.search(word.lower()):
            return False
        before = before[: found.start()]
        start -= len(found[0])
    return is_another


def _is_abbreviation(initials: str) -> bool:
    """Return whether apparent initials are an abbreviation, as in U.S. Trump officials."""
    return initials.replace(" ", "").upper() in _ABBREVIATIONS


@lru_cache(maxsize=4_096)
def is_own(word: str, own: frozenset[str]) -> bool:
    """Return whether a word is one of a person's own names, in any case of its language."""
    folded = words(word)
    return any(_is_like(folded, name) for name in own if len(name) > 1)


def _is_like(word: str, name: str) -> bool:
    """Return whether a word is a name with another ending, or with one letter left out (Vladmir)."""
    if word.startswith(name[: max(_KEPT, len(name) - _ENDING)]):
        return True
    if len(name) < _LONG or word[:_SHORT] != name[:_SHORT]:
        return False
    return any(word.startswith(name[:at] + name[at + 1 :]) for at in range(_SHORT, len(name)))


def own_names(entity: Entity) -> frozenset[str]:
    """Return the folded given names of a person, as spelled in its longer names; none for other entities."""
    if entity.type != EntityType.PERSON:
        return frozenset()
    spelled = (
        words(alias.text).split()
        for alias in entity.aliases
        if alias.level == MentionLevel.NAME and alias.language != "zh"
    )
    return frozenset(word for parts in spelled for word in parts[:-1])


def is_junior(text: str, end: int) -> bool:
    """Return whether Jr., младший or the like follows the name that ends at `end`."""
    return _JUNIOR.match(text, end) is not None


def with_surnames(vocabulary: Vocabulary) -> Vocabulary:
    """Return the vocabulary with a bare surname for every person without one in a language.

    Such a surname counts in an article with the full name or the office, because people are introduced once and then
    called by their surname: Selçuk Bayraktar, then Bayraktar, is no drone.
    """
    return replace(vocabulary, entities=tuple(_with_surnames(entity) for entity in vocabulary.entities))


def _with_surnames(entity: Entity) -> Entity:
    if entity.type != EntityType.PERSON:
        return entity
    spelled = {(alias.language, words(alias.text)) for alias in entity.aliases}
    made: dict[tuple[str, str], Alias] = {}
    for language, surname in _surnames(entity.aliases):
        key = language, words(surname)
        if key not in spelled:
            made.setdefault(
                key,
                Alias(
                    text=surname, language=language, level="name", needs_context=True, generated=True, is_surname=True
                ),
            )
    return replace(entity, aliases=(*entity.aliases, *made.values())) if made else entity


def _surnames(aliases: Iterable[Alias]) -> Iterator[tuple[str, str]]:
    """Yield the last words of full names; none of Chinese names and of one to three letters, which may be given
    names.
    """
    for alias in aliases:
        parts = alias.text.split()
        if alias.level != MentionLevel.NAME or alias.language == "zh" or len(parts) < 2 or alias.needs_context:
            continue
        last = parts[-1]
        is_turned = alias.generated and not parts[0].endswith(".") and alias.language == "ru"  # Путин Владимир
        if not is_turned and len(last) > _SHORT and last[0].isupper() and last.isalpha() and not last.isupper():
            yield alias.language, last


class Strangers:
    """People in an article who are missing in the vocabulary, under the entity with the same surname."""

    def __init__(self) -> None:
        self._met: dict[str, list[tuple[int, str]]] = {}

    def __bool__(self) -> bool:
        return bool(self._met)

    def meet(self, hit: Bare, position: int, surface: str) -> None:
        """Add a surname at a position with another person's given name before it."""
        self._met.setdefault(hit.form.entity.id, []).append((position, surface))

    def own(self, hit: Bare, position: int, surface: str) -> bool:
        """Return whether a bare surname belongs to a stranger named before.

        Not for a person who leads a state: after Melania Trump a bare Trump is still the president, unless the surname
        has her ending where his would be different (Мирзиёева, of a woman or of him).
        """
        entity = hit.form.entity
        met = [known for at, known in self._met.get(entity.id, ()) if at < position]
        if not met or not hit.form.is_bare:
            return False
        if hit.ending and surface in met:
            return True
        return not any(
            relation.kind == RelationKind.LEADER_OF and relation.to_on is None for relation in entity.relations
        )
