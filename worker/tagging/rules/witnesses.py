"""The certain mentions of an article as evidence for the doubtful ones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from math import inf

from db.enums.vocabulary import MentionRule
from worker.tagging.aliases.forms import Hit
from worker.tagging.context import OFFICE, ArticleContext, Field
from worker.vocabulary.offices import holds_office


class Witnesses:
    """The certain mentions, as evidence for the others."""

    def __init__(self, article: ArticleContext, sure: Sequence[Sequence[Hit]]) -> None:
        self.article = article
        self._sure = sure
        self.named = {hit.entity for of_part in sure for hit in of_part}

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Offsets at which entities are named, in order."""
        return self._positions(self._sure)

    @cached_property
    def full(self) -> dict[str, list[int]]:
        """Offsets at which entities are named by more than one word, in order."""
        return self._positions([[hit for hit in of_part if hit.form.has_gaps] for of_part in self._sure])

    @cached_property
    def _ends(self) -> list[int]:
        parts = zip(self.article.fields, self._sure, strict=True)
        return sorted(part.offset - hit.minus_end for part, of_part in parts for hit in of_part)

    def _positions(self, hits: Sequence[Sequence[Hit]]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for part, of_part in zip(self.article.fields, hits, strict=True):
            for hit in sorted(of_part):
                found[hit.entity].append(part.offset + hit.start)
        return found

    def ends_in(self, start: int, end: int) -> bool:
        """Return whether a mention ends after `start` and not after `end`."""
        at = bisect_right(self._ends, start)
        return at < len(self._ends) and self._ends[at] <= end

    def closeness(self, part: Field, hit: Hit) -> tuple[bool, float, str]:
        """Return the sort key for entities of one span, the best first: context at hand, nearest relative."""
        entity = hit.form.entity
        family = {entity.id, *(relation.target for relation in entity.relations)} & self.named
        distance = min((self._distance(part.offset + hit.start, relative) for relative in family), default=inf)
        is_at_hand = hit.rule == MentionRule.CONTEXT or not hit.form.alias.needs_context
        return not is_at_hand, distance, entity.id

    def bearing(self, part: Field, hit: Hit) -> tuple[bool, bool, bool, bool, float, str]:
        """Return the sort key for the bearers of one surname, the best first.

        First a person named in full in the article, then one with the office nearby, then one who held an office on its
        day, then the usual bearer of the surname in the vocabulary; of several the one with the nearest full name.
        """
        entity, article = hit.form.entity, self.article
        start, end = part.offset + hit.start, part.offset - hit.minus_end
        return (
            hit.entity not in self.full,
            not (hit.rule == MentionRule.OFFICE or article.is_near(entity, OFFICE, start, end)),
            not holds_office(entity, article.day),
            hit.form.alias.needs_context,
            min((abs(at - start) for at in self.full.get(hit.entity, ())), default=inf),
            entity.id,
        )

    def _distance(self, position: int, entity: str) -> float:
        """Return the distance of the nearest mention of an entity; one at the position itself is no evidence."""
        known = self.positions.get(entity, [])
        before, after = bisect_left(known, position), bisect_right(known, position)
        return min((abs(at - position) for at in (*known[before - 1 : before], *known[after : after + 1])), default=inf)
