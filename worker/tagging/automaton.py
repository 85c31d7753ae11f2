"""The aliases that count in texts of one language, as an automaton: text → hits.

The automaton finds stems; a hit is a stem with one of its endings, as whole words and spelled as it must be. Whether
it is meant is decided in `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from daachorse import CharwiseDoubleArrayAhoCorasick

from worker.tagging.compiling import HAN, Compiled
from worker.tagging.fold import Folded, words
from worker.tagging.forms import Form, Hit, Miss, Trace, compiled_form, misspelled, rank_of, whole_end
from worker.tagging.inflection import Inflection

_JOINERS = frozenset("'’‘ʼʻ`´‐‑–-")
_APOSTROPHES = frozenset("'’‘ʼʻ`´")
_JOINED = re.compile(r"['’‘ʼʻ`´‐‑–-]([^\W\d_]{1,14})(?![\w'’])")
_NONE = frozenset(("",))


class Lexicon:
    """Finds the forms that count in texts of one language."""

    def __init__(self, compiled: Compiled, language: str | None, inflection: Inflection) -> None:
        self._compiled = compiled
        self._language = language
        self._table = compiled.table(language)
        self._automaton = CharwiseDoubleArrayAhoCorasick.deserialize(self._table.automaton)
        self._patterns: dict[int, _Pattern] = {}
        self._joins = _joins(language, inflection)

    def hits(self, text: str, folded: Folded, trace: Trace | None = None) -> list[Hit]:
        """Return every alias that stands in `text` as whole words in an accepted spelling, in order.

        `trace`, if given, is told about every stem that is no hit.
        """
        chars = folded.text
        endings, numbers, patterns = self._compiled.endings, self._table.endings, self._patterns
        sets = endings.sets
        hits: list[Hit] = []
        for first, last, at in self._automaton.find_overlapping(chars):
            ending = chars[last : chars.find(" ", last)]
            allowed = sets[numbers[at]] or endings.united(numbers[at])
            if ending not in allowed:
                if (chars[last] < HAN and chars[last - 1] < HAN) or "" not in allowed:
                    if trace:
                        self._miss(trace, text, folded, (first, last + len(ending)), at, "ending")
                    continue
                ending = ""  # a name ends at or before a Chinese character though no space follows
            pattern = patterns.get(at) or self._pattern(at)
            if not pattern.skip and not _begins(chars, first):
                continue
            span = folded.span(first + pattern.skip, last, last + len(ending))
            start = span[0]
            if pattern.is_capital and not text[start].isupper():
                if trace:
                    self._miss(trace, text, folded, (first, last + len(ending)), at, "case")
                continue
            self._add(hits, text, span, ending, at, trace)
        hits.sort()
        return _best(hits) if len(hits) > 1 else hits

    def _pattern(self, at: int) -> _Pattern:
        """Return what a pattern stands for, made at its first hit."""
        table, compiled = self._table, self._compiled
        ranked: list[tuple[int, Form]] = []
        for row in table.rows[table.ends[at - 1] if at else 0 : table.ends[at]]:
            entity, alias = compiled.spelling(compiled.stems.aliases[row])
            rank = rank_of(alias, self._language) or 0
            ranked.append((rank, compiled_form(entity, alias, compiled.stem(row))))
        self._patterns[at] = pattern = _Pattern(_distinct(ranked), self._language)
        return pattern

    def _add(
        self, hits: list[Hit], text: str, span: tuple[int, int, int], ending: str, at: int, trace: Trace | None
    ) -> None:
        """Add the forms of a pattern that are spelled as they must; `span` is start, end of stem, end."""
        start, stop, end = span
        found = None
        for form in self._patterns[at].forms:
            if form.entity is found:
                continue
            is_derived = ending in form.derived
            if not is_derived and ending not in form.endings:
                continue
            is_plain = text[start:stop] == form.body and not (ending and form.alias.case_sensitive)
            if not is_plain and (reason := misspelled(form, text, start, stop, end)):
                if trace:
                    trace(Miss(start, end, form, reason))
                continue
            found = form.entity
            whole = whole_end(text, end, form)
            beyond = "" if ending == form.last else form.change + ending
            if self._joins and text[whole : whole + 1] in _JOINERS and (joined := self._joined(text, whole)):
                whole += len(joined)
                beyond += joined
            hits.append(Hit(start, -whole, found.id, beyond, at, "", form, is_derived))

    def _joined(self, text: str, at: int) -> str:
        """Return the apostrophe or hyphen at an offset with the ending after it, "" when no ending follows."""
        found = _JOINED.match(text, at)
        if found is None or not found[1].islower():
            return ""
        assert self._joins is not None
        is_any, listed = self._joins
        return found[0] if (is_any and found[0][0] in _APOSTROPHES) or words(found[1]) in listed else ""

    def _miss(self, trace: Trace, text: str, folded: Folded, span: tuple[int, int], at: int, reason: str) -> None:
        pattern = self._patterns.get(at) or self._pattern(at)
        start, end = folded.origin(span[0] + pattern.skip), folded.origin(span[1] - 1) + 1
        for form in pattern.forms:
            trace(Miss(start, end, form, reason))


class _Pattern:
    """The forms that begin alike, found at once."""

    __slots__ = ("forms", "is_capital", "skip")

    def __init__(self, forms: tuple[Form, ...], language: str | None) -> None:
        self.forms = forms
        self.skip = int(language != "zh" and forms[0].stem[0] < HAN)
        self.is_capital = all(form.begins_with_capital for form in forms)


def _joins(language: str | None, inflection: Inflection) -> tuple[bool, frozenset[str]] | None:
    """Return whether all letters after an apostrophe are an ending, and which are; None if no ending is joined."""
    base = (language or "").partition("-")[0]
    joining = [
        endings
        for key, endings in inflection.endings.items()
        if endings.joined and (language is None or key.partition("-")[0] == base)
    ]
    if not joining:
        return None
    is_any = language is not None and any(endings.joined == "any" for endings in joining)
    return is_any, frozenset().union(*(endings.chains for endings in joining)) - _NONE


def _best(hits: Sequence[Hit]) -> list[Hit]:
    """Return sorted hits without those that another of the same words outdoes.

    An alias as it is outdoes the form of another one, unless it needs context.
    """
    kept: list[Hit] = []
    for hit in hits:
        if kept and kept[-1][:2] == hit[:2]:
            same = [one for one in reversed(kept) if one[:2] == hit[:2]]
            if any(one.entity == hit.entity for one in same):
                continue
            if hit.ending and any(not one.ending and not one.form.is_suspect for one in same):
                continue
            if not hit.ending and not hit.form.is_suspect:
                kept = [one for one in kept if one[:2] != hit[:2] or not one.ending]
        kept.append(hit)
    return kept


def _begins(chars: str, first: int) -> bool:
    """Say whether a word can begin here; between Chinese characters one can anywhere."""
    return chars[first] >= HAN or chars[first - 1] == " " or chars[first - 1] >= HAN


def _distinct(ranked: Sequence[tuple[int, Form]]) -> tuple[Form, ...]:
    """Return the forms by entity, the surest and closest first, each way of being spelled once."""
    kept: dict[tuple[object, ...], Form] = {}
    for _, form in sorted(ranked, key=lambda one: (one[1].entity.id, one[1].alias.needs_context, one[0])):
        letters = form.letters if form.alias.case_sensitive else str(form.needs_capital)
        kept.setdefault((form.entity.id, letters, form.guards, form.endings, form.derived), form)
    return tuple(kept.values())
