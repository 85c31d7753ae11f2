"""Which hits of an article are meant: context, full names, vetoes, shared aliases, the longest of several.

Everything here looks at the article as a whole: a name in the title may vouch for a bare surname in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import inf
from typing import NamedTuple

from worker.tagging.automaton import Hit
from worker.tagging.fold import Folded, squeeze, words
from worker.tagging.vocabulary import Entity

_INNER_TYPES = frozenset(("state", "alliance", "place", "region"))
_BREAK = re.compile(r"\n")
_STEM = 4  # a context term of this many letters also stands for the words that begin with it


class Field(NamedTuple):
    """A part of an article, such as its title, and where it begins when the parts are laid end to end."""

    name: str
    text: str
    folded: Folded
    offset: int


class Line(NamedTuple):
    """A paragraph: its key in the article, as written, folded, and whether all its words are in capitals."""

    key: tuple[int, int]
    text: str
    folded: Folded
    is_capitals: bool


class Article:
    """The fields of one article, with the answers that several hits ask for, each worked out once."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = fields
        self._breaks: dict[int, list[int]] = {}
        self._lines: dict[tuple[int, int], Line] = {}
        self._answers: dict[tuple[object, ...], bool] = {}

    def line(self, part: Field, start: int) -> Line:
        """Return the paragraph, which is a line of the text, around an offset."""
        if part.offset not in self._breaks:
            self._breaks[part.offset] = [found.start() for found in _BREAK.finditer(part.text)]
        breaks = self._breaks[part.offset]
        at = bisect_left(breaks, start)
        key = (part.offset, at)
        if key not in self._lines:
            first = breaks[at - 1] + 1 if at else 0
            line = part.text[first : breaks[at] if at < len(breaks) else len(part.text)]
            folded = squeeze(line)
            self._lines[key] = Line(key, line, folded, line.isupper() and folded.text.count(" ") > 2)
        return self._lines[key]

    def has_context(self, entity: Entity) -> bool:
        """Say whether a context term of the entity occurs anywhere in the article."""
        key = ("context", entity.id)
        if key not in self._answers:
            self._answers[key] = any(
                _has_stem(part.folded, part.text, term) for term in entity.context_any for part in self.fields
            )
        return self._answers[key]

    def has_context_near(self, part: Field, hit: Hit) -> bool:
        """Say whether a context term of the entity occurs in the paragraph of a hit."""
        terms = hit.form.entity.context_any
        if not terms:
            return False
        line = self.line(part, hit.start)
        key = ("near", hit.entity, line.key)
        if key not in self._answers:
            self._answers[key] = any(_has_stem(line.folded, line.text, term) for term in terms)
        return self._answers[key]

    def is_vetoed(self, part: Field, hit: Hit) -> bool:
        """Say whether the paragraph of a hit holds a term that rules its entity out.

        A single word is ruled out by any such term, several words only by a term that they are a part of.
        """
        form = hit.form
        stems = [_stem(term) for term in form.entity.context_none]
        if not form.is_single:
            stems = [stem for stem in stems if f" {form.words} " in stem + " "]
        if not any(self._holds(stem) for stem in stems):
            return False
        line = self.line(part, hit.start)
        key = ("veto", hit.entity, form.is_single or form.words, line.key)
        if key not in self._answers:
            self._answers[key] = any(stem in line.folded.text for stem in stems)
        return self._answers[key]

    def _holds(self, stem: str) -> bool:
        key = ("holds", stem)
        if key not in self._answers:
            self._answers[key] = any(stem in part.folded.text for part in self.fields)
        return self._answers[key]


def _stem(term: str) -> str:
    """Return what to look for in a folded text: a word or phrase, and unless it is short what begins with it."""
    folded = f" {words(term)}"
    return folded if len(folded) > _STEM else folded + " "


def _has_stem(folded: Folded, text: str, term: str) -> bool:
    """Say whether a word begins with `term`; with a capital if `term` has one."""
    wanted = _stem(term)
    at = folded.text.find(wanted)
    while at >= 0:
        if not term[0].isupper() or text[folded.origin(at + 1)].isupper():
            return True
        at = folded.text.find(wanted, at + 1)
    return False


def decide(fields: Sequence[Field], hits: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
    """Return, field by field, what counts of its sorted hits, longer before shorter at one place.

    First every knot of overlapping hits is settled by what is beyond doubt; then, knowing what the article
    names for sure, those knots that hold a doubtful hit or an alias of several entities.
    """
    article = Article(fields)
    settled: list[list[Hit]] = []
    knots: list[tuple[int, Knot]] = []
    for at, (part, of_part) in enumerate(zip(fields, hits, strict=True)):
        settled.append([])
        knots.extend((at, knot) for knot in _settle(article, part, of_part, settled[at]))
    if not knots:
        return settled
    sure = [list(of_part) for of_part in settled]
    for at, knot in knots:
        sure[at].extend(_longest(knot.certain))
    witnesses = Witnesses(article, sure)
    vouched = _vouched(article, [hit for _, knot in knots for hit in knot.doubtful], set(witnesses.positions))
    for at, knot in knots:
        known = sorted([*knot.certain, *(vouched[hit] for hit in knot.doubtful if hit in vouched)])
        settled[at].extend(_longest(_unshared(fields[at], known, witnesses)))
    return [sorted(of_part) for of_part in settled]


class Knot(NamedTuple):
    """Hits that hang together by overlaps and cannot be settled without a look at the whole article."""

    certain: list[Hit]
    doubtful: list[Hit]


def _settle(article: Article, part: Field, hits: Sequence[Hit], settled: list[Hit]) -> list[Knot]:
    """Add to `settled` what needs no look at the whole article; return the other knots of the sorted hits."""
    open_knots: list[Knot] = []
    for together in _overlapping(hits):
        if len(together) == 1:
            form = together[0].form
            if not form.is_suspect and not (form.may_lose_case and _has_lost_its_case(article, part, together[0])):
                settled.append(together[0])
                continue
        knot = Knot([], [])
        for hit in together:
            if hit.form.entity.context_none and article.is_vetoed(part, hit):
                continue
            is_doubtful = hit.form.alias.needs_context or _has_lost_its_case(article, part, hit)
            (knot.doubtful if is_doubtful else knot.certain).append(hit)
        if knot.doubtful or len({hit[:2] for hit in knot.certain}) < len(knot.certain):
            open_knots.append(knot)
        else:
            settled.extend(_longest(knot.certain))
    return open_knots


def _overlapping(hits: Sequence[Hit]) -> Iterator[list[Hit]]:
    """Yield sorted hits in groups that hang together by overlaps."""
    together: list[Hit] = []
    reach = 0
    for hit in hits:
        if hit[0] >= reach and together:
            yield together
            together = []
        together.append(hit)
        if -hit[1] > reach:
            reach = -hit[1]
    if together:
        yield together


def _has_lost_its_case(article: Article, part: Field, hit: Hit) -> bool:
    """Say whether the capital, which tells Turkey from turkey, says nothing because the whole line has them."""
    if not hit.form.may_lose_case or not part.text[hit.start + 1 : hit.start + 2].isupper():
        return False
    return article.line(part, hit.start).is_capitals


class Witnesses:
    """The mentions that are beyond doubt, for those that are not."""

    def __init__(self, article: Article, sure: Sequence[Sequence[Hit]]) -> None:
        self.article = article
        self.positions: dict[str, list[int]] = defaultdict(list)
        for part, of_part in zip(article.fields, sure, strict=True):
            for hit in sorted(of_part):
                self.positions[hit.entity].append(part.offset + hit.start)

    def closeness(self, part: Field, hit: Hit) -> tuple[bool, float, str]:
        """Return what decides between entities of one span, the least first: context at hand, nearest relative."""
        entity = hit.form.entity
        family = {entity.id, *(relation.target for relation in entity.relations)}
        distance = min((self._distance(part.offset + hit.start, relative) for relative in family), default=inf)
        is_at_hand = not hit.form.alias.needs_context or self.article.has_context_near(part, hit)
        return not is_at_hand, distance, entity.id

    def _distance(self, position: int, entity: str) -> float:
        """Return how far the nearest mention of an entity is; one at the position itself proves nothing."""
        known = self.positions.get(entity, [])
        before, after = bisect_left(known, position), bisect_right(known, position)
        return min((abs(at - position) for at in (*known[before - 1 : before], *known[after : after + 1])), default=inf)


def _vouched(article: Article, doubtful: Sequence[Hit], named: set[str]) -> dict[Hit, Hit]:
    """Return the doubtful hits that context, a full name or, in capitals, a second entity speaks for."""
    rules = {hit: _rule(article, hit, named) for hit in doubtful}
    entities = named | {hit.entity for hit, rule in rules.items() if rule}
    is_alone = len(entities) < 2
    return {
        hit: hit._replace(rule=rule) for hit, rule in rules.items() if rule and not (is_alone and rule == "capitals")
    }


def _rule(article: Article, hit: Hit, named: set[str]) -> str:
    if not hit.form.alias.needs_context:
        return "capitals"
    if not hit.form.entity.surname_rule and article.has_context(hit.form.entity):
        return "context"
    return "full-name" if hit.entity in named else ""


def _unshared(part: Field, found: Sequence[Hit], witnesses: Witnesses) -> list[Hit]:
    """Return the sorted hits with one entity for each span: the one that the article speaks for most."""
    chosen: list[Hit] = []
    for _, same in groupby(found, key=lambda one: one[:2]):
        rivals = list(same)
        if len({one.entity for one in rivals}) > 1:
            best = min(rivals, key=lambda one: witnesses.closeness(part, one))
            rivals = [best._replace(rule="nearest")]
        chosen.extend(rivals)
    return chosen


def _longest(found: list[Hit]) -> list[Hit]:
    """Return, of sorted hits, the longest that do not overlap, and what is inside one that keeps inner names."""
    if len(found) < 2:
        return found
    longest, second = found[:2]
    if not longest.form.entity.keep_inner and longest[:2] != second[:2]:
        end = longest.minus_end
        if all(one.minus_end >= end for one in found):
            return found[:1]  # by far the most frequent: one name with its parts
    kept: list[Hit] = []
    widest = max(-one.minus_end - one.start for one in found)
    for one in sorted(found, key=lambda one: one.start + one.minus_end):
        # only what begins at most the widest hit earlier can overlap: a chain of names stays linear
        first = bisect_left(kept, (one.start - widest,))
        last = bisect_left(kept, (-one.minus_end,))
        if all(_lets(other, one) for other in kept[first:last]):
            insort(kept, one)
    return kept


def _lets(kept: Hit, hit: Hit) -> bool:
    """Say whether `hit` can stand beside `kept`, which is not shorter."""
    if hit.start >= -kept.minus_end or kept.start >= -hit.minus_end:
        return True
    if hit[:2] == kept[:2]:
        return hit.entity != kept.entity
    is_inside = kept.start <= hit.start and hit.minus_end >= kept.minus_end
    return is_inside and kept.form.entity.keep_inner and hit.form.entity.type in _INNER_TYPES
