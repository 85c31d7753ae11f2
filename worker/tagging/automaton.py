"""The aliases that count in texts of one language, compiled to an automaton: text → hits.

A hit is an alias found as whole words and spelled as it must be. Whether it is meant is decided in `rules`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from daachorse import CharwiseDoubleArrayAhoCorasick

from worker.tagging.fold import UNSEEN, Folded, fold, words
from worker.tagging.vocabulary import LANGUAGES, Alias, Entity

_APOSTROPHES = frozenset("'’‘ʼ`´")
_DASHES = frozenset("-‐‑–—−")
_HAN = "\u3400"  # from here on scripts are written without spaces between words
_GUARDED = re.compile(r"""\s[-‐‑–—−]+\s|\n\s*\n|[^\w\s'’‘ʼʻ`´‐‑–—−«»“”„"-]""")
_SHORT = 3
_ALWAYS_SINGULAR = ("state", "place", "region", "outlet")


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """An alias of an entity as it is looked for."""

    entity: Entity
    alias: Alias
    words: str  # folded
    body: str  # as written, from the first letter to the last
    letters: str  # as written, without what may be written differently
    guards: str  # punctuation that the text must show between the words
    is_single: bool  # one word, hyphens included
    is_suspect: bool  # something in the article must speak for it, or may speak against it
    has_gaps: bool
    needs_capital: bool
    begins_with_capital: bool  # in every accepted spelling
    may_lose_case: bool  # in a line of capitals nothing tells it from a common word
    may_end_in_s: bool
    ends_in_point: bool


class Hit(NamedTuple):
    """An alias at an offset of a text; sorted, hits are in reading order and longer before shorter."""

    start: int
    minus_end: int
    entity: str
    ending: str  # what the word has beyond the alias
    pattern: int
    rule: str  # why it counts; "" while the spelling alone speaks for it
    form: Form


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


def compiled(entity: Entity, alias: Alias) -> Form:
    """Return what has to be known to look for an alias."""
    folded = words(alias.text)
    is_single = not any(char.isspace() for char in alias.text)
    body = _lettered(alias.text)
    return Form(
        entity=entity,
        alias=alias,
        words=folded,
        body=body,
        letters=_letters(alias.text),
        guards=_guards(body),
        is_single=is_single,
        is_suspect=alias.needs_context or bool(entity.context_none),
        has_gaps=" " in folded,
        needs_capital=is_single and body[0].isupper(),
        begins_with_capital=(is_single or alias.case_sensitive) and body[0].isupper(),
        may_lose_case=is_single
        and (alias.case_sensitive or body[0].isupper())
        and not (body.isupper() and len(body) > _SHORT),
        may_end_in_s=alias.language == "en"
        and alias.text[-1] not in "sS."
        and (alias.level != "name" or entity.type not in _ALWAYS_SINGULAR),
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
    if alias.language == "en" and alias.level == "name":
        return 2
    return 3 if alias.level == "name" and _is_long_acronym(alias.text) else None


class Lexicon:
    """The forms that count in texts of one language, and the automaton that finds them."""

    def __init__(self, forms: Iterable[Form], language: str | None) -> None:
        by_pattern: dict[str, list[tuple[int, Form]]] = defaultdict(list)
        for form in forms:
            rank = rank_of(form.alias, language)
            if rank is not None:
                is_bounded = language != "zh" and form.words[0] < _HAN
                by_pattern[" " + form.words if is_bounded else form.words].append((rank, form))
        self._patterns = [
            (forms, int(pattern[0] == " "), all(form.begins_with_capital for form in forms))
            for pattern, forms in ((pattern, _distinct(ranked)) for pattern, ranked in by_pattern.items())
        ]
        # the automaton cannot be empty; no folded text holds a zero
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(by_pattern) or ["\x00"])

    def hits(self, text: str, folded: Folded) -> list[Hit]:
        """Return every alias that stands in `text` as whole words in an accepted spelling, in order."""
        chars = folded.text
        hits: list[Hit] = []
        for first, last, pattern in self._automaton.find_overlapping(chars):
            ending = ""
            after = chars[last]
            if after != " ":
                if after == "s" and chars[last + 1] == " ":
                    ending = after
                elif after < _HAN and chars[last - 1] < _HAN:
                    continue
            forms, skip, is_capital = self._patterns[pattern]
            if not skip and not _begins(chars, first):
                continue
            start = folded.origin(first + skip)
            if is_capital and not text[start].isupper():
                continue
            end = folded.origin(last + len(ending) - 1) + 1
            found: Entity | None = None
            for form in forms:
                if form.entity is not found and _is_spelled(form, text, start, end, ending):
                    found = form.entity
                    hits.append(Hit(start, -_whole(text, end, form), found.id, ending, pattern, "", form))
        hits.sort()
        return hits


def _begins(chars: str, first: int) -> bool:
    """Say whether a word can begin here; between Chinese characters one can anywhere."""
    return chars[first] >= _HAN or chars[first - 1] == " " or chars[first - 1] >= _HAN


def _distinct(ranked: Iterable[tuple[int, Form]]) -> tuple[Form, ...]:
    """Return the forms by entity, the surest and closest first, each way of being spelled once."""
    kept: dict[tuple[str, ...], Form] = {}
    for _, form in sorted(ranked, key=lambda one: (one[1].entity.id, one[1].alias.needs_context, one[0])):
        letters = form.letters if form.alias.case_sensitive else str(form.needs_capital)
        kept.setdefault((form.entity.id, letters, form.guards), form)
    return tuple(kept.values())


def _is_spelled(form: Form, text: str, start: int, end: int, ending: str) -> bool:
    if ending and not form.may_end_in_s:
        return False
    surface = text[start : end - 1] if ending else text[start:end]
    if surface == form.body:
        return True
    if form.alias.case_sensitive:
        if not _same_case(surface, form.letters):
            return False
    elif form.needs_capital and not surface[0].isupper():
        return False
    return not form.has_gaps or _guards(surface) == form.guards


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
    """Return the rule by which an alias was recognised: exact, plural, possessive or compound."""
    start, end = hit.start, -hit.minus_end
    after = text[end : end + 1]
    if after in _APOSTROPHES:
        return "possessive"
    if hit.ending:
        return "plural"
    if after in _DASHES and text[end + 1 : end + 2].isalpha():
        return "compound"
    if start > 1 and text[start - 1] in _DASHES and text[start - 2].isalpha():
        return "compound"
    return "exact"
