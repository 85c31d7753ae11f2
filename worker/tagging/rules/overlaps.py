"""Overlapping hits: their groups, and the hits that can stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence

from worker.tagging.aliases.forms import Hit
from worker.vocabulary.entities import DECOY

_IS_PLAIN = Hit._fields.index("is_plain")  # access by number takes half the time of access by name


def overlapping(hits: Sequence[Hit], alone: list[Hit]) -> Iterator[list[Hit]]:
    """Yield sorted hits in groups connected by overlaps; the plain ones without any go to `alone`."""
    last = len(hits) - 1
    at = 0
    while at <= last:
        hit = hits[at]
        reach = -hit[1]
        first, at = at, at + 1
        if hit[_IS_PLAIN] and (first == last or hits[at][0] >= reach):
            alone.append(hit)
            continue
        while at <= last and hits[at][0] < reach:
            reach = max(reach, -hits[at][1])
            at += 1
        yield list(hits[first:at])


def swallows(together: Sequence[Hit]) -> bool:
    """Return whether the first of sorted hits is plain and all others are shorter names of its entity inside it."""
    first = together[0]
    if not first.is_plain or first.form.entity.keep_inner:
        return False
    start, minus_end, entity = first[:3]
    return all(
        one.entity == entity and one.minus_end >= minus_end and (one.minus_end > minus_end or one.start > start)
        for one in together[1:]
    )


def holds_inner(together: Sequence[Hit]) -> bool:
    """Return whether sorted hits are two plain ones that both stand: a name, and another's inside it that it keeps.

    Most bodies of states are such: Kazakh foreign ministry, and Kazakh.
    """
    if len(together) != 2 or not (together[0].is_plain and together[1].is_plain):
        return False
    start, minus_end, entity = together[0][:3]
    inner = together[1]
    return (
        together[0].form.entity.keep_inner
        and inner.entity != entity
        and inner.minus_end >= minus_end
        and inner[:2] != (start, minus_end)
    )


def without_decoys(together: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Return sorted hits without decoys, and those of them that a decoy of their own entity overlaps.

    A decoy is a name that its entity declares to have another meaning; longer names stay.
    """
    decoys = [hit for hit in together if not hit.is_plain and hit.form.alias.level == DECOY]
    if not decoys:
        return list(together), []
    starts = [decoy.start for decoy in decoys]
    widest = max(-decoy.minus_end - decoy.start for decoy in decoys)
    kept: list[Hit] = []
    vetoed: list[Hit] = []
    for hit in together:
        if hit.form.alias.level == DECOY:
            continue
        first, last = bisect_right(starts, hit.start - widest), bisect_left(starts, -hit.minus_end)
        length = hit.start + hit.minus_end
        is_part = any(
            decoy.entity == hit.entity and decoy.start + decoy.minus_end <= length and hit.start < -decoy.minus_end
            for decoy in decoys[first:last]
        )
        (vetoed if is_part else kept).append(hit)
    return kept, vetoed


def longest(found: list[Hit]) -> list[Hit]:
    """Return, of sorted hits, the longest that do not overlap, and those inside one that keeps inner names."""
    if len(found) < 2:
        return found
    outer, second = found[:2]
    if len(found) == 2 and outer[:2] == second[:2] and outer.entity != second.entity:
        return found
    if not outer.form.entity.keep_inner and outer[:2] != second[:2]:
        end = outer.minus_end
        if all(one.minus_end >= end for one in found):
            return found[:1]  # by far the most frequent: one name with its parts
    kept: list[Hit] = []
    widest = max(-one.minus_end - one.start for one in found)
    for one in sorted(found, key=lambda one: one.start + one.minus_end):
        # only hits that begin at most the widest hit earlier can overlap: a chain of names stays linear
        first = bisect_left(kept, (one.start - widest,))
        last = bisect_left(kept, (-one.minus_end,))
        if all(_lets(other, one) for other in kept[first:last]):
            insort(kept, one)
    return kept


def _lets(kept: Hit, hit: Hit) -> bool:
    """Return whether `hit` can stand beside `kept`, which is not shorter."""
    if hit.start >= -kept.minus_end or kept.start >= -hit.minus_end:
        return True
    if hit.entity == kept.entity:
        return False
    if hit[:2] == kept[:2]:
        return True
    is_inside = kept.start <= hit.start and hit.minus_end >= kept.minus_end
    return is_inside and kept.form.entity.keep_inner
