"""Acronyms defined in a text: “the River Pact Organization (RPO)”, «… (далее – ОДР)», “RPO (River Pact …)”.

From then on they are valid in that article, even if the vocabulary does not know them, has them for another entity or
as ambiguous. An acronym of a name that is not in the vocabulary has no entity: it vetoes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from db.enums.vocabulary import MentionLevel, MentionRule
from worker.tagging.aliases.forms import Form, Hit, compiled_form
from worker.tagging.aliases.stems import Stem
from worker.tagging.context import Field
from worker.vocabulary.entities import Alias, Entity

_OPENING = r"\((?:[^\W\d_]{2,15}[\s–—:,-]+){0,3}[\"«“„'‘]?"
_AFTER = re.compile(_OPENING + r"([^\W\d_]{2,10})(?![^\W_])")  # (далее – ОДР; hereinafter RPO
_BEFORE = re.compile(r"(?<![^\W_])([^\W\d_]{2,10})[\"»”]?\s?$")
_WORD = re.compile(r"[^\W\d_]+")
_WITHIN = re.compile(r"\([\"«“„]?")
_PARTING = 2  # a quotation mark and a space
_REACH = 10 + _PARTING + 1  # the longest acronym, the separator before the bracket, and the character before it
_LONG_BRACKET = 100
_SMALL = 3  # words up to this length may be left out of an acronym: of, the, по, о
_MOST_WORDS = 10
_MOST_DEFINED = 300  # in one article, which is searched for each of them
_NO_ENDING = frozenset(("",))
_LEVELS = frozenset((MentionLevel.NAME, MentionLevel.CONCEPT))


def is_acronym(text: str) -> bool:
    """Return whether a word is in capitals but for a letter or two inside (SADUM, ЦАР, MoD)."""
    return len(text) > 1 and text[0].isupper() and text[-1].isupper() and sum(map(str.isupper, text)) * 2 > len(text)


class Defined:
    """The acronyms that an article defines, each with its entity, or None."""

    def __init__(self, fields: Sequence[Field], hits: Sequence[Sequence[Hit]]) -> None:
        self.forms: dict[str, Form | None] = {}
        self._sources: dict[str, Hit] = {}
        for part, of_part in zip(fields, hits, strict=True):
            if "(" in part.text:
                self._define(part, of_part)

    def _define(self, part: Field, hits: Sequence[Hit]) -> None:
        candidates = list(_candidates(part.text))
        if not candidates:
            return
        named = [hit for hit in hits if hit.form.has_gaps and hit.form.alias.level in _LEVELS]
        ends: dict[int, Hit] = {}
        starts: dict[int, Hit] = {}
        for hit in named:  # sorted: of several that end together the first is the longest
            ends.setdefault(-hit.minus_end, hit)
            starts.setdefault(hit.start, hit)
        for acronym, before, after in candidates:
            if len(self.forms) >= _MOST_DEFINED:
                break
            source = ends.get(before) or starts.get(after)
            if source and _may_stand_for(acronym, part.text[source.start : -source.minus_end], source.form.entity):
                self._sources.setdefault(acronym, source)
                self.forms.setdefault(acronym, _form(source.form.entity, acronym, source.form.alias.language))
            elif source is None and before and _spells_out(acronym, part.text, before):
                self.forms.setdefault(acronym, None)

    def hits(self, part: Field) -> Iterator[Hit]:
        """Yield the occurrences in a field of the acronyms that stand for an entity."""
        for acronym, form in self.forms.items():
            if form is None:
                continue
            source = self._sources[acronym]
            for start in _occurrences(part.text, acronym):
                end = start + len(acronym)
                yield source._replace(
                    start=start,
                    minus_end=-end,
                    ending="",
                    rule=MentionRule.DEFINED,
                    form=form,
                    is_derived=False,
                    is_plain=True,
                )


def _candidates(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield acronyms at brackets: each with the end of the words before it, or the beginning of those in the
    brackets.
    """
    at = text.find("(")
    while at >= 0:
        if _may_define(text, at) and (found := _AFTER.match(text, at)) and is_acronym(found[1]):
            yield found[1], _end_of_words(text, at), -1
        last = text[max(0, at - _PARTING - 1) : at]  # with the last letter of an acronym, a capital
        if last != last.lower() and (within := _WITHIN.match(text, at)):
            found = _BEFORE.search(text[max(0, at - _REACH) : at])
            if found and is_acronym(found[1]):
                yield found[1], 0, within.end()
        at = text.find("(", at + 1)


def _may_define(text: str, at: int) -> bool:
    """Return whether there may be a capital in the bracket at an offset; in most there is none."""
    end = text.find(")", at, at + _LONG_BRACKET)
    return end < 0 or not text[at:end].islower()


def _end_of_words(text: str, end: int) -> int:
    """Return the end without the spaces and quotation marks before it."""
    while end and (text[end - 1].isspace() or text[end - 1] in "\"»”’'"):
        end -= 1
    return end


def _occurrences(text: str, acronym: str) -> Iterator[int]:
    at = text.find(acronym)
    while at >= 0:
        end = at + len(acronym)
        if not (at and text[at - 1].isalnum()) and not text[end : end + 1].isalnum():
            yield at
        at = text.find(acronym, end)


def _form(entity: Entity, acronym: str, language: str) -> Form:
    return compiled_form(
        entity, Alias(text=acronym, language=language, level="name", case_sensitive=True), Stem(acronym, _NO_ENDING)
    )


def _may_stand_for(acronym: str, surface: str, entity: Entity) -> bool:
    """Return whether an acronym is the entity's own in some language, or made of the initials of the words."""
    return any(alias.text == acronym for alias in entity.aliases) or _is_made_of(acronym, _words(surface))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _is_made_of(acronym: str, found: Sequence[str]) -> bool:
    """Return whether the letters of an acronym are initials of all the longer words, and of any of the small."""
    letters = iter(acronym.lower())
    letter = next(letters, "")
    for word in found:
        if word[0].lower() == letter:
            letter = next(letters, "")
        elif len(word) > _SMALL:
            return False
    return not letter


def _spells_out(acronym: str, text: str, end: int) -> bool:
    """Return whether the last words before `end` spell out an acronym, the first of them with a capital."""
    found = list(_WORD.finditer(text[max(0, end - 150) : end]))[-_MOST_WORDS:]
    names = [word[0] for word in found]
    return any(
        names[at][0] == acronym[0] and _is_made_of(acronym, names[at:]) for at in range(len(names) - len(acronym) + 1)
    )
