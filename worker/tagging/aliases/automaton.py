"""The aliases that count in texts of one language, as an automaton: text → hits.

The automaton finds stems; a hit is a stem with one of its endings, as whole words and in an accepted spelling. `rules`
decides whether it is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter

from worker.tagging.aliases.compiling import HAN, Compiled, FollowingEndings
from worker.tagging.aliases.forms import (
    DASHES,
    SMALL,
    Form,
    Hit,
    Miss,
    Spelling,
    Trace,
    compiled_form,
    find_rule,
    may_lose_case,
    misspelled,
    rank_language,
    whole_end,
)
from worker.tagging.search import Search
from worker.tagging.vetoes import Veto
from worker.text.fold import BLANK, Folded, words
from worker.text.letters import APOSTROPHES
from worker.vocabulary.languages.inflection import Inflection

_APOSTROPHES = frozenset(APOSTROPHES)
_JOINERS = _APOSTROPHES | frozenset("‐‑–-")
_JOINED = re.compile(rf"[{APOSTROPHES}‐‑–-]([^\W\d_]{{1,14}})(?![\w'’])")
_NONE = frozenset(("",))
_BLANK = bytes((BLANK,))  # after a text: a match may end with its last space
_GOES_ON = _JOINERS
_ENDS = frozenset(" ,.;:!?)\n»”“…")
"""Characters that often follow a name and are no part of it, except the point of an abbreviation."""
_LAST_SURE = "\u02ff"  # among the characters from here on are marks that belong to the letter before
_MOST_KNOWN = 1_000  # surfaces of one pattern
_SPAN_OF, _PATTERN_OF = itemgetter(0, 1), itemgetter(2)


class Lexicon:
    """Finds the forms that count in texts of one language."""

    def __init__(self, compiled: Compiled, language: str | None, inflection: Inflection) -> None:
        self._compiled = compiled
        self._language = language
        self._table = compiled.table(language)
        self._search = Search.from_bytes(self._table.automaton)
        self._against = frozenset(self._table.against)
        self._patterns: list[_Pattern | None] = [None] * len(self._table.ends)
        self._joins = _joins(language, inflection)

    def hits(self, text: str, folded: Folded, trace: Trace | None = None) -> tuple[list[Hit], set[str]]:
        """Return every alias that stands in `text` as whole words in an accepted spelling, in order.

        Also the terms in it that are evidence against some entity. `trace`, if given, is called for every stem that is
        no hit.
        """
        coded, origins = folded.coded + _BLANK, folded.origins
        is_quick = trace is None and 0 not in coded
        patterns = self._patterns
        hits: list[Hit] = []
        found = self._search.find(folded)
        new = tuple.__new__  # half the time of the constructor
        for first, last, at in found:
            pattern = patterns[at] or self._pattern(at)
            ending, follows = None, coded[last]
            if follows in pattern.begins:
                ending = "" if follows == BLANK else pattern.endings.get(coded[last : coded.find(BLANK, last)])
            if ending is None and (is_quick or (ending := _otherwise(folded, (first, last), pattern, trace)) is None):
                continue
            if not pattern.skip and not _begins(folded.text, first):
                continue
            start, end = origins[first + pattern.skip], origins[last + len(ending) - 1] + 1
            surface = text[start:end]
            spellings = pattern.known.get((surface, ending))
            if spellings is None or trace:
                spellings = pattern.spellings(surface, origins[last - 1] + 1 - start, ending, start, trace)
            after = text[end : end + 1]
            is_over = after in _ENDS or (after <= _LAST_SURE and after not in _GOES_ON)
            if is_over and not pattern.may_go_on and text[start - 1] not in DASHES:  # or the last one, at the beginning
                for spelling in spellings:
                    hits.append(new(Hit, (start, -end) + spelling))  # noqa: RUF005 - in half the time
            else:
                hits += [self._whole(text, start, end, spelling) for spelling in _joinable(spellings, after)]
        hits.sort()
        return _best(hits), self._vetoing_terms(found, folded)

    def _vetoing_terms(self, found: Sequence[tuple[int, int, int]], folded: Folded) -> set[str]:
        against = self._against
        if against.isdisjoint(map(_PATTERN_OF, found)):
            return set()  # in most texts
        return {folded.part(first, last) for first, last, at in found if at in against}

    def _pattern(self, at: int) -> _Pattern:
        """Return the forms of a pattern, made on first use."""
        table, compiled = self._table, self._compiled
        ranked: list[tuple[int, Form]] = []
        for row in table.rows[table.ends[at - 1] if at else 0 : table.ends[at]]:
            entity, alias = compiled.spelling(compiled.stems.aliases[row])
            rank = rank_language(alias, self._language) or 0
            ranked.append((rank, compiled_form(entity, alias, compiled.stem(row))))
        pattern = _Pattern(at, _distinct(ranked), compiled.endings.following(table.endings[at]), self._language)
        self._patterns[at] = pattern
        return pattern

    def _whole(self, text: str, start: int, end: int, spelling: Spelling) -> Hit:
        """Return the hit including the appendages of its last letter: marks, a point, an ending joined to it.

        Such neighbours also show whether the name is part of a longer word.
        """
        entity, ending, pattern, rule, form, is_derived, is_plain, sort = spelling
        whole = whole_end(text, end, form)
        if self._joins and text[whole : whole + 1] in _JOINERS and (joined := self._joined(text, whole)):
            whole += len(joined)
            ending += joined
        if sort != SMALL:
            sort = find_rule(text, start, whole, ending, form.alias.language)
        return Hit(start, -whole, entity, ending, pattern, rule, form, is_derived, is_plain, sort)

    def _joined(self, text: str, at: int) -> str:
        """Return the apostrophe or hyphen at an offset with the ending after it, "" if no ending follows."""
        found = _JOINED.match(text, at)
        if found is None or not found[1].islower():
            return ""
        assert self._joins is not None
        is_any, listed = self._joins
        return found[0] if (is_any and found[0][0] in _APOSTROPHES) or words(found[1]) in listed else ""


class _Pattern:
    """The forms with a common beginning, found at once; none for a term that is no name."""

    __slots__ = (
        "_language",
        "_number",
        "begins",
        "endings",
        "forms",
        "known",
        "may_go_on",
        "other_endings",
        "skip",
    )  # fmt: skip

    def __init__(self, number: int, forms: tuple[Form, ...], endings: FollowingEndings, language: str | None) -> None:
        self._number = number
        self._language = (language or "").partition("-")[0]
        self.forms = forms
        self.endings, self.begins, self.other_endings = endings
        self.skip = int(bool(forms) and language != "zh" and forms[0].stem[0] < HAN)
        self.may_go_on = any(form.is_joining or form.ends_in_point for form in forms)
        self.known: dict[tuple[str, str], tuple[Spelling, ...]] = {}

    def _is_own(self, language: str) -> bool:
        return self._language in ("", "other", language.partition("-")[0])

    def spellings(self, surface: str, stop: int, ending: str, start: int, trace: Trace | None) -> tuple[Spelling, ...]:
        """Return the forms for which a surface is an accepted spelling; cached.

        The stem ends at `stop` of the surface, which begins at `start` of the text for `trace`.
        """
        end = len(surface)
        found: list[Spelling] = []
        for form in self.forms:
            if found and form.entity.id == found[-1].entity and found[-1].sort != SMALL:
                continue
            is_derived = ending in form.derived
            if not is_derived and ending not in form.endings:
                continue
            reason = misspelled(form, surface, stop)
            if reason == SMALL and not self._is_own(form.alias.language):
                reason = Veto.CASE  # a small word of another language is a word of this one: Turkish kabul is consent
            if isinstance(reason, Veto):
                if trace:
                    trace(Miss(start, start + end, form, reason))
                continue
            if found and form.entity.id == found[-1].entity:
                if reason:
                    continue
                found.pop()
            beyond = "" if ending == form.last else form.change + ending
            is_plain = not (reason or form.is_suspect or may_lose_case(form, surface))
            sort = reason or find_rule(surface, 0, end, beyond, form.alias.language)
            found.append(Spelling(form.entity.id, beyond, self._number, "", form, is_derived, is_plain, sort))
        if len(self.known) >= _MOST_KNOWN:
            self.known.clear()
        self.known[surface, ending] = spellings = tuple(found)
        return spellings


def _otherwise(folded: Folded, found: tuple[int, int], pattern: _Pattern, trace: Trace | None) -> str | None:
    """Return the ending after a stem in a text that has characters without a byte; None, reported to `trace`, if
    none.
    """
    first, last = found
    chars, origins = folded.text, folded.origins
    if pattern.other_endings and (ending := chars[last : chars.find(" ", last)]) in pattern.other_endings:
        return ending
    if BLANK in pattern.begins and (chars[last : last + 1] >= HAN or chars[last - 1] >= HAN):
        return ""  # a name ends at or before a Chinese character though no space follows
    if trace:
        _tell(trace, pattern, origins[first + pattern.skip], origins[chars.find(" ", last) - 1] + 1)
    return None


def _joinable(spellings: tuple[Spelling, ...], after: str) -> tuple[Spelling, ...]:
    """Return the spellings without first parts of compounds, unless a dash follows."""
    return spellings if after in DASHES else tuple(one for one in spellings if not one.form.is_joining)


def _tell(trace: Trace, pattern: _Pattern, start: int, end: int, reason: Veto = Veto.ENDING) -> None:
    for form in pattern.forms:
        trace(Miss(start, end, form, reason))


def _joins(language: str | None, inflection: Inflection) -> tuple[bool, frozenset[str]] | None:
    """Return whether all letters after an apostrophe are an ending, and the endings otherwise; None if no ending is
    joined.
    """
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


def _best(hits: list[Hit]) -> list[Hit]:
    """Return sorted hits without those inferior to another one of the same words.

    An unchanged alias is better than the form of another one, unless it needs context.
    """
    if len(set(map(_SPAN_OF, hits))) == len(hits):
        return hits
    kept: list[Hit] = []
    first = 0  # of those of the same words, with which alone a hit is compared: a text may name millions
    start = minus_end = None
    for hit in hits:
        if hit[0] == start and hit[1] == minus_end:
            same = kept[first:]
            twin = next((at for at, one in enumerate(same) if one.entity == hit.entity), None)
            if twin is not None:
                if same[twin].sort == SMALL != hit.sort:
                    kept[first + twin] = hit
                continue
            if hit.ending and any(not one.ending and not one.form.is_suspect for one in same):
                continue
            if not hit.ending and not hit.form.is_suspect:
                kept[first:] = [one for one in same if not one.ending]
        else:
            first, start, minus_end = len(kept), hit[0], hit[1]
        kept.append(hit)
    return kept


def _begins(chars: str, first: int) -> bool:
    """Return whether a word can begin here; between Chinese characters one can anywhere."""
    return chars[first] >= HAN or chars[first - 1] == " " or chars[first - 1] >= HAN


def _distinct(ranked: Sequence[tuple[int, Form]]) -> tuple[Form, ...]:
    """Return the forms by entity, the most certain and closest first, each spelling once."""
    kept: dict[tuple[object, ...], Form] = {}
    for _, form in sorted(ranked, key=lambda one: (one[1].entity.id, one[1].alias.needs_context, one[0])):
        letters = form.letters if form.alias.case_sensitive else str(form.needs_capital)
        kept.setdefault((form.entity.id, letters, form.guards, form.endings, form.derived), form)
    return tuple(kept.values())
