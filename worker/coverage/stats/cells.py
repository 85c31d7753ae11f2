"""Facts → cells: counts per period, part of the material and level of mention. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from db.enums.coverage import CoverageLevel, CoverageSplit, Grain

Numbers = npt.NDArray[np.int64]

_SPLITS = (
    CoverageSplit.ALL,
    CoverageSplit.SOURCE,
    CoverageSplit.LANG,
    CoverageSplit.COUNTRY,
    CoverageSplit.GENRE,
)
"""Splits by a property of the article, in the order of the columns of its row."""
_LEVELS = (CoverageLevel.NAME, CoverageLevel.DEMONYM, CoverageLevel.CONCEPT)
"""Levels in the order of the columns."""


Key = tuple[str, str, str, str, date]
"""Key of an entity's cell: grain, split, level, part, first day of the period."""
Counts = tuple[int, ...]
"""Articles, stories, mentions, mentions in titles, articles in scope, stories in scope, undated articles."""


@dataclass(frozen=True, slots=True)
class _Coded:
    """A column of texts or numbers as codes: `names[codes[i]]` is the value of row i."""

    names: list[Any]
    codes: Numbers

    @classmethod
    def of(cls, values: Sequence[Any]) -> _Coded:
        numbers: dict[Any, int] = {}
        codes = [numbers.setdefault(value, len(numbers)) for value in values]
        return cls(list(numbers), np.array(codes, dtype=np.int64))


def count_cells(
    rows: Sequence[Sequence[Any]], buckets: Mapping[Grain, Mapping[date, date]], *, is_total: bool = False
) -> dict[Key, Counts]:
    """Return the cells that are not empty.

    A row is one article: day, story, source, language, country, genre, 1 if in scope, 1 if undated, mentions of the
    levels name, demonym, concept, and those of them in titles. `buckets` maps for each grain the counted days to the
    first day of their period. Of the totals, where articles without any mention count too, only the level `all` is
    counted.
    """
    cells: dict[Key, Counts] = {}
    if not rows:
        return cells
    columns = list(zip(*rows, strict=True))
    days, stories = _Coded.of(columns[0]), _Coded.of(columns[1])
    parts = [_Coded([""], np.zeros(len(rows), dtype=np.int64)), *(_Coded.of(column) for column in columns[2:6])]
    numbers = np.array(columns[6:], dtype=np.int64)
    flags, mentioned, titled = numbers[:2], numbers[2:5], numbers[5:8]
    levels = [(CoverageLevel.ALL, mentioned.sum(axis=0), titled.sum(axis=0))]
    if not is_total:
        levels += zip(_LEVELS, mentioned, titled, strict=True)
    for grain, bucket_by_day in buckets.items():
        firsts = sorted(set(bucket_by_day.values()))
        code_of = {first: code for code, first in enumerate(firsts)}
        of_day = np.array([code_of[bucket_by_day[day]] if day in bucket_by_day else -1 for day in days.names])
        bucket = of_day[days.codes]
        for level, mentions, in_title in levels:
            chosen = np.flatnonzero((bucket >= 0) & ((mentions > 0) | is_total))
            if not len(chosen):
                continue
            sums = np.stack([mentions[chosen], in_title[chosen], *flags[:, chosen]])
            for split, part in zip(_SPLITS, parts, strict=True):
                key = bucket[chosen] * len(part.names) + part.codes[chosen]
                size = len(firsts) * len(part.names)
                counted = _count(key, size, stories.codes[chosen], len(stories.names), sums)
                places = np.flatnonzero(counted[0])
                begins = [firsts[code] for code in (places // len(part.names)).tolist()]
                names = [part.names[code] for code in (places % len(part.names)).tolist()]
                keys = zip(repeat(grain), repeat(split), repeat(level), names, begins, strict=False)
                cells.update(zip(keys, map(tuple, counted[:, places].T.tolist()), strict=True))
    return cells


def _count(key: Numbers, size: int, story: Numbers, stories: int, sums: Numbers) -> Numbers:
    """Return a column for each key, with the numbers in the order of `Counts`."""
    mentions, in_title, scope, undated = sums
    story_keys = np.unique(key * stories + story) // stories
    told_in_scope = np.unique((key * stories + story)[scope > 0]) // stories
    return np.stack(
        [
            np.bincount(key, minlength=size),
            np.bincount(story_keys, minlength=size),
            np.bincount(key, weights=mentions, minlength=size).astype(np.int64),
            np.bincount(key, weights=in_title, minlength=size).astype(np.int64),
            np.bincount(key, weights=scope, minlength=size).astype(np.int64),
            np.bincount(told_in_scope, minlength=size),
            np.bincount(key, weights=undated, minlength=size).astype(np.int64),
        ]
    )
