"""The aliases that count in texts of one language, compiled to an automaton: text → hits.

The automaton holds the stems of the aliases; a hit is a stem with one of its endings, as whole words and spelled
as it must be. Whether it is meant is decided in `rules`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from daachorse import CharwiseDoubleArrayAhoCorasick

from worker.tagging.fold import UNSEEN, Folded, fold, shared_length, words
from worker.tagging.inflect import Stem
from worker.tagging.inflection import Inflection
from worker.tagging.vocabulary import DECOY, LANGUAGES, Alias, Entity

_APOSTROPHES = frozenset("'’‘ʼ`´")
_DASHES = frozenset("-‐‑–—−")
_HAN = "\u3400"  # from here on scripts are written without spaces between words
_GUARDED = re.compile(r"""\s[-‐‑–—−]+\s|\n\s*\n|[^\w\s'’‘ʼʻ`´‐‑–—−«»“”„"-]""")
_JOINED = re.compile(r"['’‘ʼʻ`´‐‑–-]([^\W\d_]{1,14})(?![\w'’])")
_SHORT = 3
_NONE = frozenset(("",))


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A stem of an alias of an entity, as it is looked for."""

    entity: Entity
    alias: Alias
    stem: str  # folded
    endings: frozenset[str]  # folded; one of them has to follow the stem
    derived: frozenset[str]  # endings that make a demonym of a name
    change: str | None  # None if the stem begins the alias: what of the alias has other letters, folded
    words: str  # the alias, folded
    body: str  # the stem as written, from the first letter to the last
    letters: str  # as written, without what may be written differently
    guards: str  # punctuation that the text must show between the words
    is_single: bool  # one word, hyphens included
    is_suspect: bool  # something in the article must speak for it, or may speak against it
    has_gaps: bool
    needs_capital: bool
    begins_with_capital: bool  # in every accepted spelling
    may_lose_case: bool  # in a line of capitals nothing tells it from a common word
    ends_in_point: bool


class Hit(NamedTuple):
    """An alias at an offset of a text; sorted, hits are in reading order and longer before shorter."""

    start: int
    minus_end: int
    entity: str
    ending: str  # what the words have beyond the alias or instead of its end, "" for the alias itself
    pattern: int
    rule: str  # why it counts; "" while the spelling alone speaks for it
    form: Form
    is_derived: bool = False  # a demonym made of a name


class Miss(NamedTuple):
    """A stem in a text that is no hit, and why: `ending`, `boundary`, `case` or `punctuation`."""

    start: int
    end: int
    form: Form
    reason: str


Trace = Callable[[Miss], None]


def _lettered(text: str) -> str:
    """Return the text from its first letter or digit to its last."""
    at = [i for i, char in enumerate(text) if char.isalnum()]
    return text[at[0] : at[-1] + 1]


def _letters(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(char for char in composed if char.isalnum() and char not in _APOSTROPHES and char != "ʻ")


def _guards(text: str) -> str:
    """Return the punctuation that separates: clauses, sentences, paragraphs; the sort of dash is no matter."""
    found = (one for one in _GUARDED.findall(text) if fold(one) != UNSEEN)
    return "".join("-" if one[-1].isspace() and one.strip() else one for one in found)


def compiled(entity: Entity, alias: Alias, stem: Stem) -> Form:
    """Return what has to be known to look for a stem of an alias."""
    whole = words(alias.text)
    folded = words(stem.text)
    is_single = not any(char.isspace() for char in alias.text)
    body = _lettered(stem.text)
    return Form(
        entity=entity,
        alias=alias,
        stem=folded,
        endings=stem.endings,
        derived=stem.derived,
        change=None if whole.startswith(folded) else folded[shared_length(whole, folded) :],
        words=whole,
        body=body,
        letters=_letters(stem.text),
        guards=_guards(body),
        is_single=is_single,
        is_suspect=alias.needs_context or bool(entity.context_none) or alias.level == DECOY,
        has_gaps=" " in folded,
        needs_capital=is_single and body[0].isupper(),
        begins_with_capital=(is_single or alias.case_sensitive) and body[0].isupper(),
        may_lose_case=alias.is_common
        or (is_single and (alias.case_sensitive or body[0].isupper()) and not (body.isupper() and len(body) > _SHORT)),
        ends_in_point=alias.text.endswith("."),
    )


def _is_long_acronym(text: str) -> bool:
    return len(text) > _SHORT and text.isupper() and text.isalpha() and unicodedata.name(text[0]).startswith("LATIN")


def rank_of(alias: Alias, language: str | None) -> int | None:
    """Return how close an alias is to texts of a language, 0 the closest; None when it does not count there.

    Aliases count in texts of their own language, whichever script it is written in. English names and Latin
    acronyms of four letters or more count everywhere; shorter ones of other languages do not, for two or three
    letters mean something else in the next language. In a text of unknown language all aliases count but those
    short acronyms: what else is spelled alike in two languages mostly means the same.
    """
    if language is None:
        if alias.language == "en":
            return 0
        return None if alias.case_sensitive and len(alias.text) <= _SHORT else 1 + LANGUAGES.index(alias.language)
    if alias.language == language:
        return 0
    if alias.language.partition("-")[0] == language.partition("-")[0]:
        return 1
    is_name = alias.level in ("name", DECOY)
    if alias.language == "en" and is_name:
        return 2
    return 3 if is_name and _is_long_acronym(alias.text) else None


class Lexicon:
    """The forms that count in texts of one language, and the automaton that finds them."""

    def __init__(self, forms: Iterable[Form], language: str | None, inflection: Inflection) -> None:
        by_pattern: dict[str, list[tuple[int, Form]]] = defaultdict(list)
        for form in forms:
            rank = rank_of(form.alias, language)
            if rank is not None:
                is_bounded = language != "zh" and form.stem[0] < _HAN
                by_pattern[" " + form.stem if is_bounded else form.stem].append((rank, form))
        self._patterns = [_Pattern(text, _distinct(ranked)) for text, ranked in by_pattern.items()]
        self._endings = [pattern.endings for pattern in self._patterns]
        # the automaton cannot be empty; no folded text holds a zero
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(by_pattern) or ["\x00"])
        self._joins = _joins(language, inflection)

    def hits(self, text: str, folded: Folded, trace: Trace | None = None) -> list[Hit]:
        """Return every alias that stands in `text` as whole words in an accepted spelling, in order.

        `trace`, if given, is told about every stem that is no hit.
        """
        chars = folded.text
        endings = self._endings
        hits: list[Hit] = []
        for first, last, at in self._automaton.find_overlapping(chars):
            ending = chars[last : chars.find(" ", last)]
            if ending not in endings[at]:
                if not self._is_bounded(chars, first, last, at):
                    if trace:
                        self._miss(trace, text, folded, first, last + len(ending), at, "ending")
                    continue
                ending = ""
            pattern = self._patterns[at]
            if not pattern.skip and not _begins(chars, first):
                continue
            start = folded.origin(first + pattern.skip)
            if pattern.is_capital and not text[start].isupper():
                if trace:
                    self._miss(trace, text, folded, first, last + len(ending), at, "case")
                continue
            stop = folded.origin(last - 1) + 1
            end = folded.origin(last + len(ending) - 1) + 1 if ending else stop
            self._spelled(hits, text, (start, stop, end), ending, at, trace)
        hits.sort()
        return _best(hits) if len(hits) > 1 else hits

    def _is_bounded(self, chars: str, first: int, last: int, at: int) -> bool:
        """Say whether a name ends at `last` though no space follows: at or before a Chinese character."""
        return (chars[last] >= _HAN or chars[last - 1] >= _HAN) and "" in self._endings[at]

    def _spelled(
        self, hits: list[Hit], text: str, span: tuple[int, int, int], ending: str, at: int, trace: Trace | None
    ) -> None:
        """Add the forms of a pattern that are spelled as they must; `span` is start, end of stem, end."""
        start, stop, end = span
        found: Entity | None = None
        for form in self._patterns[at].forms:
            if form.entity is found:
                continue
            is_derived = ending in form.derived
            if not is_derived and ending not in form.endings:
                continue
            if reason := _misspelled(form, text, start, stop, end):
                if trace:
                    trace(Miss(start, end, form, reason))
                continue
            found = form.entity
            whole = _whole(text, end, form)
            beyond = "" if form.change is None and form.stem + ending == form.words else (form.change or "") + ending
            if self._joins is not None and (joined := _JOINED.match(text, whole)) and self._is_joined(joined):
                whole = joined.end()
                beyond += joined[0]
            hits.append(Hit(start, -whole, found.id, beyond, at, "", form, is_derived))

    def _is_joined(self, found: re.Match[str]) -> bool:
        """Say whether letters after an apostrophe or hyphen are an ending of the text's language."""
        letters = found[1]
        if not letters.islower():
            return False
        assert self._joins is not None
        is_any, listed = self._joins
        return (is_any and found[0][0] not in _DASHES) or words(letters) in listed

    def _miss(self, trace: Trace, text: str, folded: Folded, first: int, last: int, at: int, reason: str) -> None:
        pattern = self._patterns[at]
        start, end = folded.origin(first + pattern.skip), folded.origin(last - 1) + 1
        for form in pattern.forms:
            trace(Miss(start, end, form, reason))


class _Pattern:
    """What the automaton finds at once: the forms that begin alike."""

    __slots__ = ("endings", "forms", "is_capital", "skip")

    def __init__(self, text: str, forms: tuple[Form, ...]) -> None:
        self.forms = forms
        self.skip = int(text[0] == " ")
        self.is_capital = all(form.begins_with_capital for form in forms)
        self.endings = _united(tuple(dict.fromkeys(one for form in forms for one in (form.endings, form.derived))))


@cache
def _united(sets: tuple[frozenset[str], ...]) -> frozenset[str]:
    """Return the union of sets that come again and again."""
    return sets[0].union(*sets[1:])


def _joins(language: str | None, inflection: Inflection) -> tuple[bool, frozenset[str]] | None:
    """Return whether all letters after an apostrophe are an ending, and which are; None if no ending is joined."""
    base = (language or "").partition("-")[0]
    joining = {
        key: endings
        for key, endings in inflection.endings.items()
        if endings.joined and (language is None or key.partition("-")[0] == base)
    }
    if not joining:
        return None
    is_any = language is not None and any(endings.joined == "any" for endings in joining.values())
    return is_any, frozenset().union(*(endings.chains for endings in joining.values())) - _NONE


def _best(hits: list[Hit]) -> list[Hit]:
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
    return chars[first] >= _HAN or chars[first - 1] == " " or chars[first - 1] >= _HAN


def _distinct(ranked: Iterable[tuple[int, Form]]) -> tuple[Form, ...]:
    """Return the forms by entity, the surest and closest first, each way of being spelled once."""
    kept: dict[tuple[object, ...], Form] = {}
    for _, form in sorted(ranked, key=lambda one: (one[1].entity.id, one[1].alias.needs_context, one[0])):
        letters = form.letters if form.alias.case_sensitive else str(form.needs_capital)
        kept.setdefault((form.entity.id, letters, form.guards, form.endings, form.derived), form)
    return tuple(kept.values())


def _misspelled(form: Form, text: str, start: int, stop: int, end: int) -> str:
    """Return what is wrong with the spelling of a stem at `start`:`stop` with an ending to `end`; "" if nothing."""
    surface = text[start:stop]
    if form.alias.case_sensitive and stop < end and not text[stop:end].islower():
        return "case"
    if surface == form.body:
        return ""
    if form.alias.case_sensitive:
        if not _same_case(surface, form.letters):
            return "case"
    elif form.needs_capital and not surface[0].isupper():
        return "case"
    return "punctuation" if form.has_gaps and _guards(surface) != form.guards else ""


def _same_case(surface: str, letters: str) -> bool:
    """Say whether a surface has exactly these letters; the first may be a capital, as where a sentence begins."""
    if surface[0] != letters[0] and surface[0] != letters[0].upper():
        return False
    return _letters(surface)[1:] == letters[1:]


def _whole(text: str, end: int, form: Form) -> int:
    """Return the end with what belongs to the last letter: its combining marks, an abbreviation's point."""
    if end < len(text) and text[end] > "\u02ff":
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
    return end + 1 if form.ends_in_point and text[end : end + 1] == "." else end


def describe(text: str, hit: Hit) -> str:
    """Return the rule by which an alias was recognised: exact, inflected, plural, possessive or compound."""
    start, end = hit.start, -hit.minus_end
    after = text[end : end + 1]
    if after in _APOSTROPHES and text[end + 1 : end + 2] in ("s", "S", " ", "") and hit.form.alias.language == "en":
        return "possessive"
    if hit.ending:
        return "plural" if hit.form.alias.language == "en" and hit.ending == "s" else "inflected"
    if after in _DASHES and text[end + 1 : end + 2].isalpha():
        return "compound"
    if start > 1 and text[start - 1] in _DASHES and text[start - 2].isalpha():
        return "compound"
    return "exact"
