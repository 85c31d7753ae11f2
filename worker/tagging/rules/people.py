"""The people of one article: surnames that belong to other people than those in the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Sequence

from worker.tagging.aliases.forms import Hit
from worker.tagging.context import OFFICE, ArticleContext, Field
from worker.tagging.namesakes import Strangers, is_own, is_somebody_else
from worker.tagging.rules.witnesses import Witnesses
from worker.text.letters import APOSTROPHES
from worker.vocabulary.languages.given_names import GivenNames
from worker.vocabulary.languages.usage import Usage

_WORD_BEFORE = re.compile(rf"([^\W\d_][\w{APOSTROPHES}-]*\.?)[ \u00a0]$")
_SENTENCE_OPENS = re.compile(r"(?:^|[.!?…:;\n\"“«„(–—])[\s\"“«„(]*$")


class NamedEnds:
    """The ends of those names in a field that are no bare surnames; computed on first use, which is rare."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = hits
        self._ends: frozenset[int] | None = None

    def __contains__(self, end: object) -> bool:
        if self._ends is None:
            self._ends = frozenset(-hit.minus_end for hit in self._hits if not hit.form.is_bare)
        return end in self._ends


class People:
    """The people met in an article while its names are decided."""

    def __init__(self, article: ArticleContext, usage: Usage, given: GivenNames) -> None:
        self._article = article
        self._usage = usage
        self._given = given
        self._strangers = Strangers()
        self._named: dict[int, NamedEnds] = {}

    def is_stranger(self, at: int, hit: Hit, hits: Sequence[Hit]) -> bool:
        """Return whether another person's given name stands before a surname, and remember that person.

        `hits` are all names of the field.
        """
        part = self._article.fields[at]
        if at not in self._named:
            self._named[at] = NamedEnds(hits)
        named = self._named[at]
        if not is_somebody_else(part.text, hit.start, hit.form.own, self._given, named):
            return False
        self._strangers.meet(hit, part.offset + hit.start, part.text[hit.start : -hit.minus_end])
        return True

    def is_another(self, part: Field, hit: Hit, witnesses: Witnesses) -> bool:
        """Return whether a capitalised word before an ambiguous surname makes it another person's."""
        text, start = part.text, hit.start
        found = _WORD_BEFORE.search(text, max(0, start - 30), start)
        if not found or not found[1][0].isupper() or self._usage.is_title(found[1]) or found[1].endswith("."):
            return False
        word = found[1]
        if word.isupper() or is_own(word, hit.form.own):
            return False
        if witnesses.ends_in(part.offset + found.start(1), part.offset + found.end(1)):
            return False
        if not hit.form.alias.is_surname and _SENTENCE_OPENS.search(text[max(0, found.start(1) - 5) : found.start(1)]):
            return False
        return not self._article.is_title(part.offset + start)

    @property
    def has_strangers(self) -> bool:
        """Return whether the article names people who are missing in the vocabulary."""
        return bool(self._strangers)

    def strangers_own(self, settled: Sequence[Sequence[Hit]]) -> set[tuple[int, Hit]]:
        """Return the bare surnames of strangers named before, with their field."""
        full = {hit.entity for of_part in settled for hit in of_part if hit.form.has_gaps}
        theirs: set[tuple[int, Hit]] = set()
        for at, (part, of_part) in enumerate(zip(self._article.fields, settled, strict=True)):
            for hit in of_part:
                start, end = part.offset + hit.start, part.offset - hit.minus_end
                if hit.entity in full or not self._strangers.own(hit, start, part.text[hit.start : -hit.minus_end]):
                    continue
                if not self._article.is_near(hit.form.entity, OFFICE, start, end):
                    theirs.add((at, hit))
        return theirs
