"""An alias → its stems in running text, each with the possible endings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from db.enums.vocabulary import EntityType, MentionLevel
from worker.tagging.aliases.stems import NO_ENDINGS, Stem
from worker.vocabulary.entities import Alias, Entity
from worker.vocabulary.languages.inflection import Inflection, LanguageEndings

_SHORT = 3
_PLACES = frozenset(map(str, (EntityType.STATE, EntityType.PLACE, EntityType.REGION)))
_NONE = frozenset(("",))


def stems(entity: Entity, alias: Alias, inflection: Inflection) -> list[Stem]:
    """Return the stems of an alias; they always include the alias itself.

    An alias that ends in a hyphen is the first part of compounds (Sino-, российско-) and has no other form.
    """
    if alias.text.endswith("-"):
        return [Stem(alias.text, _NONE)]
    if alias.language == "ru":
        if inflection.declensions:
            from worker.tagging.aliases.russian import declined  # a dictionary of 15 MB, loaded only when needed

            return declined(alias, entity.type, inflection.declensions)
    elif endings := inflection.endings.get(alias.language):
        found = [stem for one in _spellings(alias, endings) for stem in _agglutinated(entity, one, endings)]
        return [*found, *_unsigned(found, endings)] if endings.unsigned and len(alias.text) > _SHORT + 1 else found
    return [Stem(alias.text, _NONE)]


def _unsigned(found: Sequence[Stem], endings: LanguageEndings) -> Iterator[Stem]:
    """Yield the stems in which signs can be left out, without them: ozbekiston of oʻzbekiston."""
    for text, following, derived in found:
        if (plain := endings.without_signs(text)) != text:
            yield Stem(plain, endings.with_unsigned(following), endings.with_unsigned(derived))


def _spellings(alias: Alias, endings: LanguageEndings) -> Iterator[Alias]:
    """Yield a name unchanged, and with the letters that its language also spells in another way."""
    yield alias
    for letters, others in endings.spelled:
        if letters in alias.text:
            yield from (replace(alias, text=alias.text.replace(letters, other)) for other in others)


def _agglutinated(entity: Entity, alias: Alias, endings: LanguageEndings) -> Iterator[Stem]:
    """Yield the stems of a name with endings on its last word: unchanged, and with its last letters changed."""
    text = alias.text
    if not text[-1].isalpha() or (alias.level == MentionLevel.NAME and entity.type in endings.skip):
        yield Stem(text, _NONE)
        return
    last_word = re.split(r"[\W_]", text)[-1]
    is_short = len(last_word) <= _SHORT
    plain = endings.listed if is_short else endings.chains
    if entity.type == EntityType.PERSON:
        plain = _without_feminine(text, plain, endings)
    may_derive = alias.level == MentionLevel.NAME and entity.type in _PLACES and not is_short
    derived = endings.derived_chains if may_derive else NO_ENDINGS
    yield Stem(text, plain, derived)
    if not is_short and not text.isupper():
        yield from _changed(text, endings)


def _without_feminine(text: str, plain: frozenset[str], endings: LanguageEndings) -> frozenset[str]:
    """Return the endings of a man's surname without those of a woman's."""
    for end, letters in endings.feminine:
        if text.endswith(end):
            return frozenset(ending for ending in plain if not ending.startswith(letters))
    return plain


def _changed(text: str, endings: LanguageEndings) -> Iterator[Stem]:
    """Yield the stems of a name with last letters that change before some endings."""
    for letter, changes in endings.softens:
        if text.endswith(letter):
            for change in changes:
                yield from _softened(text[: -len(letter)] + change, endings)
    for end, forms in endings.replaces:
        if text.endswith(end):
            for form in forms:
                yield Stem(text[: -len(end)] + form, _NONE)
    for vowel in endings.narrows:
        if found := re.search(rf"(?<=\w\w){vowel}(\w\w?)$", text):
            yield Stem(text[: found.start()] + found[1], endings.softening)
            return


def _softened(text: str, endings: LanguageEndings) -> Iterator[Stem]:
    """Yield a stem before endings that begin with a vowel; after an apostrophe the vowel is part of the stem.

    The reason is that apostrophes are folded to spaces: in qozogʻi the ending begins a word of its own.
    """
    if text[-1].isalpha() and text[-1] != "ʻ":
        yield Stem(text, endings.softening)
        return
    for vowel in sorted({ending[0] for ending in endings.softening}):
        rest = frozenset(ending[1:] for ending in endings.softening if ending[0] == vowel)
        yield Stem(text + vowel, rest)
