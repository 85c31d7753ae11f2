"""Where in an article the words, phrases and entities of a query stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from worker.alerts.nodes import Near, Or, Phrase, Query, Saved, Tagged, Word
from worker.alerts.reading import Reading, Span, Zone
from worker.alerts.words import is_like, spelled, surfaces

EVERYWHERE: Span = (0, 1 << 40)


def spans(query: Query, reading: Reading, within: Span) -> list[Span]:
    """Return the places of a query that has places (see `build`), inside `within`, in rising order."""
    return _SPANS[type(query)](query, reading, within)


def without_overlaps(found: Iterable[Span]) -> list[Span]:
    """Return as many of the places as do not overlap, for counting."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span[1], -span[0])):
        if not kept or span[0] > kept[-1][1]:
            kept.append(span)
    return kept


def near(left: Sequence[Span], right: Sequence[Span], distance: int, is_ordered: bool) -> list[Span]:
    """Return the places of both sides that have one of the other side at most `distance` words away.

    A place is not near one that it overlaps. With `is_ordered` the left one must come first.
    """
    taking_part = {*_followed(left, right, distance), *_preceded(right, left, distance)}
    if not is_ordered:
        taking_part.update(_followed(right, left, distance), _preceded(left, right, distance))
    return sorted(taking_part)


def are_near(left: Sequence[Span], right: Sequence[Span], distance: int, is_ordered: bool) -> bool:
    """Say whether `near` would find any."""
    if any(True for _ in _followed(left, right, distance)):
        return True
    return not is_ordered and any(True for _ in _followed(right, left, distance))


def _followed(these: Sequence[Span], others: Sequence[Span], distance: int) -> Iterable[Span]:
    """Yield those after which one of the others begins within the distance."""
    firsts = [first for first, _ in others]
    for span in these:
        at = bisect_right(firsts, span[1])
        if at < len(firsts) and firsts[at] <= span[1] + distance:
            yield span


def _preceded(these: Sequence[Span], others: Sequence[Span], distance: int) -> Iterable[Span]:
    """Yield those before which one of the others ends within the distance."""
    lasts = sorted(last for _, last in others)
    for span in these:
        at = bisect_left(lasts, span[0]) - 1
        if at >= 0 and lasts[at] >= span[0] - distance:
            yield span


def _of_word(query: Word, reading: Reading, within: Span) -> list[Span]:
    if query.plain and within is EVERYWHERE:
        return [(at, at) for at in reading.main.positions.get(query.plain, ())]
    zone = reading.zone(query.field)
    if query.edits:
        found = [(at, at) for at in _standing(zone, zone.spellings(query.variants[0][0], query.edits))]
    else:
        found = _of_variants(query, zone)
        if "*" in query.text:
            found = [span for span in found if all(map(zone.is_joined, range(*span)))]
    return _inside(found, query.field, reading, within)


def _of_phrase(query: Phrase, reading: Reading, within: Span) -> list[Span]:
    found = _of_variants(query, reading.zone(query.field), query.slop)
    return _inside(found, query.field, reading, within)


def _of_tagged(query: Tagged, reading: Reading, within: Span) -> list[Span]:
    return _inside(reading.mentions(query.kind, query.value), query.field, reading, within)


def _of_or(query: Or, reading: Reading, within: Span) -> list[Span]:
    found = [places for part in query.parts if (places := _SPANS[type(part)](part, reading, within))]
    return found[0] if len(found) == 1 else sorted({span for places in found for span in places})


def _of_near(query: Near, reading: Reading, within: Span) -> list[Span]:
    left = spans(query.left, reading, within)
    right = spans(query.right, reading, within) if left else []
    return near(left, right, query.distance, query.is_ordered)


def _of_saved(query: Saved, reading: Reading, within: Span) -> list[Span]:
    return spans(query.part, reading, within)


_SPANS: dict[type[Query], Callable[[Any, Reading, Span], list[Span]]] = {
    Word: _of_word,
    Phrase: _of_phrase,
    Tagged: _of_tagged,
    Or: _of_or,
    Near: _of_near,
    Saved: _of_saved,
}


def _inside(found: list[Span], field: str, reading: Reading, within: Span) -> list[Span]:
    if field:
        begin, end = reading.bounds(field)
        within = max(begin, within[0]), min(end, within[1])
    elif within is EVERYWHERE:
        return found
    return [span for span in found if within[0] <= span[0] and span[1] < within[1]]


def _of_variants(query: Word | Phrase, zone: Zone, slop: int = 0) -> list[Span]:
    variants = query.variants
    if len(variants) == 1:
        return _of_sequence(variants[0], query, zone, slop)
    return sorted({span for words in variants for span in _of_sequence(words, query, zone, slop)})


def _of_sequence(words: Sequence[str], query: Word | Phrase, zone: Zone, slop: int) -> list[Span]:
    """Return where words stand one after the other, with at most `slop` others between."""
    places = []
    for word in words:
        found = _places(zone, word)
        if not found:
            return []
        places.append(found)
    if query.case:
        written = surfaces(query.text, words)
        places = [
            [at for at in found if _is_spelled(zone.surface((at, at)), like, query.case)]
            for found, like in zip(places, written, strict=True)
        ]
    if len(places) == 1:
        return [(at, at) for at in places[0]]
    return _loose(places, slop) if slop else _tight(places)


def _places(zone: Zone, word: str) -> Sequence[int]:
    return zone.positions.get(word, ()) if "*" not in word else _standing(zone, zone.spellings(word))


def _standing(zone: Zone, words: Iterable[str]) -> list[int]:
    return sorted(at for word in words for at in zone.positions[word])


def _is_spelled(surface: str, like: str, case: str) -> bool:
    if case == "name":
        return not (like[0].isupper() and surface[0].islower())
    surface = spelled(surface)
    return is_like(surface, like) if "*" in like else surface == like


def _tight(places: Sequence[Sequence[int]]) -> list[Span]:
    rarest = min(range(len(places)), key=lambda at: len(places[at]))
    others = [(at - rarest, frozenset(found)) for at, found in enumerate(places) if at != rarest]
    last = len(places) - 1
    return [
        (at - rarest, at - rarest + last)
        for at in places[rarest]
        if all(at + offset in found for offset, found in others)
    ]


def _loose(places: Sequence[Sequence[int]], slop: int) -> list[Span]:
    """Return the shortest place from each first word; the others follow it in order, but not at once."""
    found: list[Span] = []
    for first in places[0]:
        last = first
        for later in places[1:]:
            at = bisect_right(later, last)
            if at == len(later):
                return found
            last = later[at]
        if last - first < len(places) + slop:
            found.append((first, last))
    return found
