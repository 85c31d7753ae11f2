"""Facts and cells of coverage of a whole store at once: equal to what the recount would come to, in arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from benchmarks.bigstore.plan import Numbers, Plan
from db.coverage.cells import UNDATED, period_start
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain

LEVELS = (CoverageLevel.NAME, CoverageLevel.DEMONYM, CoverageLevel.CONCEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRows:
    """Counts of each article for each entity, by entity and article; entity -1 are the totals."""

    entity: Numbers
    article: Numbers
    mentions: Numbers
    """A row for each of `LEVELS`."""
    in_title: Numbers
    place: Numbers
    """Of the entity among those that the article names; -1 if it is not named itself."""


def make_facts(plan: Plan, level: Numbers) -> FactRows:
    """Return the facts of a plan; `level` is that of each mention, by its place in `LEVELS`. Totals come first."""
    articles = len(plan.day)
    owner = plan.owner
    key, where = np.unique(plan.entity * articles + owner, return_inverse=True)
    entity, article = np.divmod(key, articles)
    mentions = np.stack([np.bincount(where[level == each], minlength=len(key)) for each in range(len(LEVELS))])
    titled = [np.bincount(where[(level == each) & plan.in_title], minlength=len(key)) for each in range(len(LEVELS))]
    in_title = np.stack(titled)
    order = np.lexsort((entity, -mentions[0], article))
    begins = np.flatnonzero(np.diff(article[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
    place = np.empty_like(rank)
    place[order] = rank
    sums = [np.stack([np.bincount(article, weights=each, minlength=articles) for each in both]).astype(np.int64)
            for both in (mentions, in_title)]  # fmt: skip
    return FactRows(
        entity=np.concatenate((np.full(articles, -1), entity)),
        article=np.concatenate((np.arange(articles), article)),
        mentions=np.concatenate((sums[0], mentions), axis=1),
        in_title=np.concatenate((sums[1], in_title), axis=1),
        place=np.concatenate((np.full(articles, -1), np.where(mentions[0] > 0, place, -1))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSeries:
    """Cells of one grain, split and level, ordered by entity, part and period. Parts are numbers of the split."""

    grain: Grain
    split: CoverageSplit
    level: CoverageLevel
    entity: Numbers
    part: Numbers
    bucket: Numbers
    """Numbers of `buckets`."""
    buckets: Sequence[date]
    counts: Numbers
    """A row for each number of a cell, in the order of its columns."""


class Counter:
    """Counts the cells of a store."""

    def __init__(
        self, plan: Plan, facts: FactRows, *, first: date, days: int, parts: dict[CoverageSplit, Numbers]
    ) -> None:
        """`parts` are the outlet, language and so on of each article; a number above all others for an unknown one."""
        self._facts, self._parts = facts, parts
        self._days = [UNDATED, *(date.fromordinal(first.toordinal() + place) for place in range(days))]
        self._day = np.where(plan.is_of_no_day, 0, plan.day + 1)
        self._story, self._in_scope, self._undated = plan.story, plan.in_scope, ~plan.is_dated
        self._articles = len(plan.day)

    def iter_series(self) -> Iterator[CellSeries]:
        """Yield all cells."""
        facts = self._facts
        totals = facts.entity < 0
        for grain in Grain:
            for level in (CoverageLevel.ALL, *LEVELS):
                both = facts.mentions, facts.in_title
                mentions, in_title = (
                    each.sum(axis=0) if level == CoverageLevel.ALL else each[LEVELS.index(level)] for each in both
                )
                chosen = (mentions > 0) & ~totals
                rows = np.flatnonzero(chosen | totals if level == CoverageLevel.ALL else chosen)
                for split, part in self._parts.items():
                    yield self._count(
                        grain, split, level,
                        facts.entity[rows], part[facts.article[rows]], facts.article[rows],
                        mentions[rows], in_title[rows],
                    )  # fmt: skip
        yield self._pairs()

    def _pairs(self) -> CellSeries:
        """Return the cells of entities that articles name together."""
        named = np.flatnonzero(self._facts.place >= 0)
        named = named[np.lexsort((self._facts.entity[named], self._facts.article[named]))]
        entity, article = self._facts.entity[named], self._facts.article[named]
        found = []
        for apart in range(1, 12):
            same = np.flatnonzero(article[apart:] == article[:-apart])
            found.append(np.stack([entity[same], entity[same + apart], article[same]]))
        one, other, where = np.concatenate(found, axis=1)
        nothing = np.zeros(len(one), dtype=np.int64)
        return self._count(Grain.DAY, CoverageSplit.ENTITY, CoverageLevel.NAME, one, other, where, nothing, nothing)

    def _count(
        self,
        grain: Grain,
        split: CoverageSplit,
        level: CoverageLevel,
        entity: Numbers,
        part: Numbers,
        article: Numbers,
        mentions: Numbers,
        in_title: Numbers,
    ) -> CellSeries:
        starts = [period_start(day, grain) for day in self._days]
        buckets = sorted(set(starts))
        bucket = np.array([buckets.index(start) for start in starts])[self._day[article]]
        parts = int(part.max(initial=0)) + 1
        key = ((entity + 1) * parts + part) * len(buckets) + bucket
        both = key * self._articles + self._story[article]
        order = np.argsort(both, kind="stable")
        key, both, article = key[order], both[order], article[order]
        begins = np.flatnonzero(np.diff(key, prepend=-1))
        stories = np.flatnonzero(np.diff(both, prepend=-1))
        first_story = np.searchsorted(stories, begins)
        in_scope = self._in_scope[article].astype(np.int64)

        def summed(numbers: Numbers, at: Numbers = begins) -> Numbers:
            return np.add.reduceat(numbers, at) if len(at) else numbers[:0]

        in_scope_stories = (summed(in_scope, stories) > 0).astype(np.int64)
        counts = np.stack([
            np.diff(begins, append=len(key)),
            np.diff(first_story, append=len(stories)),
            summed(mentions[order]),
            summed(in_title[order]),
            summed(in_scope),
            summed(in_scope_stories, first_story),
            summed(self._undated[article].astype(np.int64)),
        ])  # fmt: skip
        rest, buckets_of = np.divmod(key[begins], len(buckets))
        whom, part_of = np.divmod(rest, parts)
        return CellSeries(
            grain=grain, split=split, level=level, entity=whom - 1, part=part_of, bucket=buckets_of, buckets=buckets,
            counts=counts,
        )  # fmt: skip
