"""Aliases prepared for matching: the parts of their spelling that a text must keep, and the languages in which they
count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from db.enums.vocabulary import EntityType, MentionLevel, MentionRule
from worker.tagging.aliases.stems import Stem
from worker.tagging.namesakes import own_names
from worker.tagging.vetoes import Veto
from worker.text.fold import fold, shared_length, words
from worker.text.letters import APOSTROPHES, UNSEEN
from worker.vocabulary.entities import DECOY, LANGUAGES, Alias, Entity

_APOSTROPHES = frozenset(APOSTROPHES)
DASHES = frozenset("-‐‑–—−")
"""Characters that join the parts of a compound."""
_GUARDED = re.compile(rf"""\s[-‐‑–—−]+\s|\n\s*\n|[^\w\s{APOSTROPHES}‐‑–—−«»“”„"-]""")
_SHORT = 3
_NOBODY: frozenset[str] = frozenset()
SMALL = MentionRule.SMALL
"""Marks a name in small letters where the vocabulary has capitals: kazakhstan, csto, Csto."""
EXACT, INFLECTED, COMPOUND = MentionRule.EXACT, MentionRule.INFLECTED, MentionRule.COMPOUND
PLURAL, POSSESSIVE = MentionRule.PLURAL, MentionRule.POSSESSIVE


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Form:
    """A stem of an alias of an entity, prepared for matching."""

    entity: Entity
    alias: Alias
    stem: str  # folded
    endings: frozenset[str]  # folded; one of them must follow the stem
    derived: frozenset[str]  # endings that make a demonym of a name
    last: str | None  # the ending that makes the alias itself; None if the stem has other letters
    change: str  # those letters, folded
    words: str  # the alias, folded
    body: str  # the stem as written, from the first letter to the last
    letters: str  # as written, without interchangeable characters
    guards: str  # punctuation required between the words
    is_single: bool  # one word, hyphens included
    is_suspect: bool  # other evidence in the article decides for or against it
    has_gaps: bool
    needs_capital: bool
    begins_with_capital: bool  # in every accepted spelling
    may_lose_case: bool  # in a line of capitals it equals a common word
    ends_in_point: bool
    is_joining: bool  # the first part of a compound: a dash must follow
    is_bare: bool  # a surname alone, or a word that is one as well
    own: frozenset[str]  # the given names of its bearer, folded
    is_acronym: bool  # in exactly these capitals, and of more than two


class Spelling(NamedTuple):
    """A form in its spelling at a position."""

    entity: str
    ending: str  # the difference from the alias at the end of the words, "" for the alias itself
    pattern: int
    rule: str  # why it counts; "" if the spelling alone suffices
    form: Form
    is_derived: bool  # a demonym derived from a name
    is_plain: bool  # beyond doubt, unless it is part of a longer word
    sort: str  # exact, inflected or plural; as part of a longer word possessive or compound


class Hit(NamedTuple):
    """A spelling at an offset of a text; sorted, hits are in reading order and longer before shorter."""

    start: int
    minus_end: int
    entity: str
    ending: str
    pattern: int
    rule: str
    form: Form
    is_derived: bool
    is_plain: bool
    sort: str


_RULE = Hit._fields.index("rule")


def ruled(hit: Hit, rule: str) -> Hit:
    """Return a hit that counts by a rule."""
    return tuple.__new__(Hit, (*hit[:_RULE], rule, *hit[_RULE + 1 :]))


class Miss(NamedTuple):
    """A stem in a text that is no hit, with the reason."""

    start: int
    end: int
    form: Form
    reason: Veto


Trace = Callable[[Miss], None]


def _lettered(text: str) -> str:
    """Return the text from its first letter or digit to its last."""
    at = [i for i, char in enumerate(text) if char.isalnum()]
    return text[at[0] : at[-1] + 1]


def _letters(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(char for char in composed if char.isalnum() and char not in _APOSTROPHES)


def _guards(text: str) -> str:
    """Return the punctuation that separates clauses, sentences and paragraphs, without the sort of dash."""
    found = (one for one in _GUARDED.findall(text) if fold(one) != UNSEEN)
    return "".join("-" if one[-1].isspace() and one.strip() else one for one in found)


def compiled_form(entity: Entity, alias: Alias, stem: Stem) -> Form:
    """Return the form for matching a stem of an alias."""
    whole = words(alias.text)
    folded = words(stem.text)
    is_single = not any(char.isspace() for char in alias.text)
    is_person = (
        entity.type == EntityType.PERSON and is_single and alias.level == MentionLevel.NAME and alias.language != "zh"
    )
    is_bare = is_person or alias.is_surname
    body = _lettered(stem.text)
    return Form(
        entity=entity,
        alias=alias,
        stem=folded,
        endings=stem.endings,
        derived=stem.derived,
        last=whole[len(folded) :] if whole.startswith(folded) else None,
        change=folded[shared_length(whole, folded) :],
        words=whole,
        body=body,
        letters=_letters(stem.text),
        guards=_guards(body),
        is_single=is_single,
        is_suspect=alias.needs_context or bool(entity.context_none) or alias.level == DECOY or is_bare,
        has_gaps=" " in folded,
        needs_capital=is_single and body[0].isupper(),
        begins_with_capital=(is_single or alias.case_sensitive) and body[0].isupper(),
        may_lose_case=alias.is_common
        or (is_single and (alias.case_sensitive or body[0].isupper()) and not (body.isupper() and len(body) > _SHORT)),
        ends_in_point=alias.text.endswith("."),
        is_joining=stem.text.endswith("-"),
        is_bare=is_bare,
        own=own_names(entity) if is_bare else _NOBODY,
        is_acronym=alias.case_sensitive and is_single and body.isupper() and len(body) >= _SHORT,
    )


def _is_long_acronym(text: str) -> bool:
    return len(text) > _SHORT and text.isupper() and text.isalpha() and unicodedata.name(text[0]).startswith("LATIN")


def rank_language(alias: Alias, language: str | None) -> int | None:
    """Return the distance of an alias from texts of a language, 0 the closest; None if it does not count there.

    Aliases count in texts of their own language, in any script. English names and Latin acronyms of four letters or
    more count everywhere; shorter ones of other languages do not, because two or three letters have another meaning in
    the next language. In a text of unknown language all aliases count but those short acronyms: other equal spellings
    in two languages mostly have the same meaning.
    """
    if language is None:
        if alias.language == "en":
            return 0
        return None if alias.case_sensitive and len(alias.text) <= _SHORT else 1 + LANGUAGES.index(alias.language)
    if alias.language == language:
        return 0
    if alias.language.partition("-")[0] == language.partition("-")[0]:
        return 1
    is_name = alias.level in (MentionLevel.NAME, DECOY)
    if alias.language == "en" and is_name:
        return 2
    return 3 if is_name and _is_long_acronym(alias.text) else None


def may_lose_case(form: Form, surface: str) -> bool:
    """Return whether the line of a surface must be checked, because its capitals may be no evidence there."""
    return form.may_lose_case and (form.alias.is_common or not surface[1:2].islower())


def misspelled(form: Form, surface: str, stop: int) -> Veto | MentionRule | None:
    """Return the fault in the spelling of a stem, up to `stop`, and its ending; None without any.

    `rules` judges SMALL.
    """
    surface, ending = surface[:stop], surface[stop:]
    if form.alias.case_sensitive and ending and not ending.islower():
        return Veto.CASE
    if surface == form.body:
        return None
    if form.alias.case_sensitive:
        if not _same_case(surface, form.letters):
            return SMALL if form.is_acronym and surface[1:].islower() else Veto.CASE
    elif form.needs_capital and not surface[0].isupper():
        return SMALL if surface.islower() else Veto.CASE
    return Veto.PUNCTUATION if form.has_gaps and _guards(surface) != form.guards else None


def _same_case(surface: str, letters: str) -> bool:
    """Return whether a surface has exactly these letters; the first may be a capital, as at the beginning of a
    sentence.
    """
    if surface[0] != letters[0] and surface[0] != letters[0].upper():
        return False
    return _letters(surface)[1:] == letters[1:]


def whole_end(text: str, end: int, form: Form) -> int:
    """Return the end including the combining marks of the last letter and an abbreviation's point."""
    if end < len(text) and text[end] > "\u02ff":
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
    return end + 1 if form.ends_in_point and text[end : end + 1] == "." else end


def find_rule(text: str, start: int, end: int, ending: str, language: str) -> MentionRule:
    """Return the kind of an alias in a text: exact, inflected, plural, possessive or compound."""
    after = text[end : end + 1]
    if after in _APOSTROPHES and language == "en" and text[end + 1 : end + 2] in ("s", "S", " ", ""):
        return POSSESSIVE
    if ending:
        return PLURAL if ending == "s" and language == "en" else INFLECTED
    if after in DASHES and text[end + 1 : end + 2].isalpha():
        return COMPOUND
    if start > 1 and text[start - 1] in DASHES and text[start - 2].isalpha():
        return COMPOUND
    return EXACT
