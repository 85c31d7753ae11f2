"""Places of the words, phrases and entities of a query in an article.

All places are found at once, as bits of numbers (`bits`), so that the work is linear in the text however frequent a
word is; a query of thousands of words on a text of one repeated word is no exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.query.nodes import EntityNode, LetterCase, Near, Or, Phrase, Query, Saved, Word
from worker.query.positions.article_text import TokenizedArticle
from worker.query.positions.bits import (
    OPEN,
    Bits,
    Fences,
    after,
    before,
    between,
    iter_positions,
    list_positions,
    to_bits,
)
from worker.query.positions.zone import Span, WordZone
from worker.query.words import is_like, spelled, surfaces

Places = dict[int, Bits]
"""First positions of places, by the distance of the last word from the first. No empty sets."""


def places(query: Query, reading: TokenizedArticle, fences: Fences = OPEN) -> Places:
    """Return the places of a query that has places (see `build`), except those crossed by a fence."""
    return _PLACES[type(query)](query, reading, fences)


def get_begins(found: Places) -> Bits:
    """Return the first positions of places."""
    begins = 0
    for firsts in found.values():
        begins |= firsts
    return begins


def _mark_ends(found: Places) -> Bits:
    ends = 0
    for length, firsts in found.items():
        ends |= firsts << length
    return ends


def spans(found: Places, most: int) -> list[Span]:
    """Return the first of the places in reading order."""
    each = (_spans(length, firsts) for length, firsts in found.items())
    return list(islice(merge(*each), most))


def _spans(length: int, firsts: Bits) -> Iterator[Span]:
    return ((first, first + length) for first in iter_positions(firsts))


def common(one: Places, other: Places) -> Places:
    """Return the places that are in both."""
    return _kept({length: firsts & other.get(length, 0) for length, firsts in one.items()})


def within(found: Places, these: Bits) -> Places:
    """Return the places that begin at one of these positions."""
    return _kept({length: firsts & these for length, firsts in found.items()})


def stand_apart(found: Places, count: int, begins: Sequence[int], ends: Sequence[int]) -> NDArray[np.bool_]:
    """Return for each stretch whether this many places fit in without overlaps.

    A stretch goes from a begin up to, not including, an end, and no place may reach from one into another. Of
    overlapping places, the one that ends first leaves most space; one that contains another is never taken. The
    successor of each place is then a table, and `count` steps in it are made in as many jumps as the number has bits.
    """
    if sum(firsts.bit_count() for firsts in found.values()) < count:
        return np.zeros(len(begins), dtype=np.bool_)
    firsts, lasts = _not_holding_others(found)
    following = np.append(np.searchsorted(firsts, lasts, side="right"), len(firsts))
    at = np.searchsorted(firsts, begins)
    steps = count - 1
    while steps:
        if steps & 1:
            at = following[at]
        following = following[following]
        steps >>= 1
    return np.append(lasts, 1 << 60)[at] < np.asarray(ends)


def how_many_apart(found: Places) -> int:
    """Return the maximum of places without overlaps."""
    number, end = 0, -1
    if found:
        firsts, lasts = _not_holding_others(found)
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            if first > end:
                number, end = number + 1, last
    return number


def nearest(left: Places, right: Places) -> int:
    """Return the minimum distance between places of two sides, which both have some; 0: all overlap."""
    gaps = _gap(_mark_ends(left), get_begins(right)), _gap(_mark_ends(right), get_begins(left))
    return min((gap for gap in gaps if gap), default=0)


def _gap(ends: Bits, begins: Bits) -> int:
    """Return the shortest way from an end to a begin after it; 0: none."""
    starts, stops = list_positions(begins), list_positions(ends)
    following = np.searchsorted(starts, stops, side="right")
    is_followed = following < len(starts)
    ways = starts[following[is_followed]] - stops[is_followed]
    return int(ways.min()) if len(ways) else 0


def _not_holding_others(found: Places) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return first and last words of the places that contain no other, both rising."""
    seen, firsts, lasts = 0, [], []
    for length in sorted(found):
        firsts.append(list_positions(found[length] & ~seen))
        lasts.append(firsts[-1] + length)
        seen |= found[length]
    first, last = np.concatenate(firsts), np.concatenate(lasts)
    if len(firsts) == 1:
        return first, last
    order = np.lexsort((-first, last))
    first, last = first[order], last[order]
    highest = np.maximum.accumulate(first)
    is_new = np.append(True, first[1:] > highest[:-1])
    return first[is_new], last[is_new]


def _of_word(query: Word, reading: TokenizedArticle, fences: Fences) -> Places:
    zone = reading.zone(query.field)
    if query.plain:
        return _kept({0: zone.locate(query.plain)})
    if query.edits:
        return _inside({0: zone.locate(query.variants[0][0], query.edits)}, query.field, reading)
    found = _of_variants(query, zone)
    if "*" in query.text:
        found = {length: _joined(firsts, length, zone) for length, firsts in found.items()}
    return _undivided(_inside(found, query.field, reading), fences)


def _of_phrase(query: Phrase, reading: TokenizedArticle, fences: Fences) -> Places:
    found = _of_variants(query, reading.zone(query.field), query.slop)
    return _undivided(_inside(found, query.field, reading), fences)


def _of_tagged(query: EntityNode, reading: TokenizedArticle, fences: Fences) -> Places:
    return _undivided(_inside(reading.mentioned(query.kind, query.value), query.field, reading), fences)


def _of_or(query: Or, reading: TokenizedArticle, fences: Fences) -> Places:
    return _either(_PLACES[type(part)](part, reading, fences) for part in dict.fromkeys(query.parts))


def _of_near(query: Near, reading: TokenizedArticle, fences: Fences) -> Places:
    """Return the places of both sides that are near one of the other side.

    A place is not near one that it overlaps.
    """
    left = places(query.left, reading, fences)
    right = places(query.right, reading, fences) if left else {}
    if not right:
        return {}
    found = [_preceding(left, right, query.distance, fences), _following(right, left, query.distance, fences)]
    if not query.is_ordered:
        found += _preceding(right, left, query.distance, fences), _following(left, right, query.distance, fences)
    return _either(found)


def _preceding(these: Places, others: Places, distance: int, fences: Fences) -> Places:
    """Return those with one of the others beginning after them within the distance."""
    reached = before(get_begins(others), distance, fences)
    return _kept({length: firsts & reached >> length for length, firsts in these.items()})


def _following(these: Places, others: Places, distance: int, fences: Fences) -> Places:
    """Return those with one of the others ending before them within the distance."""
    return within(these, after(_mark_ends(others), distance, fences))


def _of_saved(query: Saved, reading: TokenizedArticle, fences: Fences) -> Places:
    return places(query.part, reading, fences)


_PLACES: dict[type[Query], Callable[[Any, TokenizedArticle, Fences], Places]] = {
    Word: _of_word,
    Phrase: _of_phrase,
    EntityNode: _of_tagged,
    Or: _of_or,
    Near: _of_near,
    Saved: _of_saved,
}


def _kept(found: Places) -> Places:
    return {length: firsts for length, firsts in found.items() if firsts}


def _either(several: Iterable[Places]) -> Places:
    found: Places = {}
    for one in several:
        for length, firsts in one.items():
            found[length] = found.get(length, 0) | firsts
    return found


def _inside(found: Places, field: str, reading: TokenizedArticle) -> Places:
    if field:
        begin, end = reading.bounds(field)
        found = {length: firsts & between(begin, end - length) for length, firsts in found.items()}
    return _kept(found)


def _undivided(found: Places, fences: Fences) -> Places:
    if fences is OPEN:
        return found
    return _kept({length: firsts & ~fences.behind(length) if length else firsts for length, firsts in found.items()})


def _joined(firsts: Bits, length: int, zone: WordZone) -> Bits:
    """Return those of the first words that are joined with all the others by hyphens."""
    for offset in range(length):
        firsts &= zone.joined(firsts << offset) >> offset
    return firsts


def _of_variants(query: Word | Phrase, zone: WordZone, slop: int = 0) -> Places:
    variants = query.variants
    if len(variants) == 1:
        return _of_sequence(variants[0], query, zone, slop)
    return _either(_of_sequence(words, query, zone, slop) for words in variants)


def _of_sequence(words: Sequence[str], query: Word | Phrase, zone: WordZone, slop: int) -> Places:
    """Return the places where words follow one another, with at most `slop` others between."""
    positions = []
    for word in words:
        found = zone.locate(word)
        if not found:
            return {}
        positions.append(found)
    if query.case:
        written = surfaces(query.text, words)
        positions = [_spelled(word, like, query.case, zone) for word, like in zip(words, written, strict=True)]
    return _loose(positions, slop) if slop else _tight(positions)


def _spelled(word: str, like: str, case: str, zone: WordZone) -> Bits:
    """Return the positions of a word, or of one like a pattern, in the spelling of the query."""
    return zone.kept.get((word, like, case), lambda key: _find_spelled(*key, zone))


def _find_spelled(word: str, like: str, case: str, zone: WordZone) -> Bits:
    words = zone.spellings(word) if "*" in word else (word,)
    found: list[int] = []
    for one in words:
        for surface, at in zone.written(one).items():
            if _is_spelled(surface, like, case):
                found += at
    return to_bits(found)


def _is_spelled(surface: str, like: str, case: str) -> bool:
    if case == LetterCase.NAME:
        return not (like[0].isupper() and surface[0].islower())
    surface = spelled(surface)
    return is_like(surface, like) if "*" in like else surface == like


def _tight(positions: Sequence[Bits]) -> Places:
    found = positions[0]
    for offset, others in enumerate(positions[1:], 1):
        found &= others >> offset
    return _kept({len(positions) - 1: found})


def _loose(positions: Sequence[Bits], slop: int) -> Places:
    """Return the shortest place from each first word; the others follow it in order, with words between.

    `reached[extra]` are the first words from which this word is reached with that many others between.
    """
    reached = [positions[0]] + [0] * slop
    for offset, others in enumerate(positions[1:], 1):
        so_far, further = 0, []
        for extra, firsts in enumerate(reached):
            so_far |= firsts
            further.append(so_far & others >> offset + extra)
        reached = further
    found, seen = {}, 0
    for extra, firsts in enumerate(reached):
        found[len(positions) - 1 + extra] = firsts & ~seen
        seen |= firsts
    return _kept(found)
