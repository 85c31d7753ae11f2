"""The plan of the articles of a large store, in arrays: day, outlet, language, story and entities of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DAYS = 1_096
DAY_US = 86_400_000_000
_SLOTS, _OFTEN = 5, np.array([1.0, 0.95, 0.85, 0.65, 0.45])
"""Names that an article may have, and the chance of each."""
_REPRINTS, _EDITED, _NO_DATE, _NO_DAY = 0.15, 0.02, 0.01, 0.003
_GENRES = np.array([0.55, 0.12, 0.10, 0.05, 0.06, 0.02, 0.10])
"""Shares of the genres in the order of their closed set, and of articles without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Articles in the order of their times; each array has a number for each, if nothing else is said."""

    day: Numbers
    time_us: Numbers
    """Microseconds since the day began."""
    outlet: Numbers
    language: Numbers
    genre: Numbers
    in_scope: Flags
    story: Numbers
    """The first article of the story: its own place, or that of an earlier one."""
    is_dated: Flags
    is_of_no_day: Flags
    is_edited: Flags
    begins: Numbers
    """Position of the first mention of each article; one more than there are articles."""
    entity: Numbers
    """Of each mention, like the next two."""
    alias: Numbers
    in_title: Flags

    @property
    def owner(self) -> Numbers:
        """The article of each mention."""
        return np.repeat(np.arange(len(self.day)), np.diff(self.begins))


def make_plan(articles: int, *, seed: int, languages: Sequence[Sequence[int]], entities: int, aliases: int) -> Plan:
    """Return that many articles of three years. `languages` are those of each outlet, by their number.

    Outlets and entities are frequent in the order of their numbers, by Zipf's law. Weekends are quiet, some days are
    busy; bursts, rising, falling and new entities are among them. A reprint is in its original's language and names the
    same; some stories are reprinted by dozens.
    """
    chance = np.random.default_rng(seed)
    day, time_us = _times(chance, articles)
    story = _stories(chance, articles)
    outlet = _outlets(chance, day, len(languages))
    language = np.array([spoken[0] for spoken in languages])[outlet]
    other = chance.random(articles) < 0.35
    spoken = [languages[place][int(draw * len(languages[place]))] for place, draw in zip(
        outlet[other].tolist(), chance.random(int(other.sum())).tolist(), strict=True
    )]  # fmt: skip
    language[other] = spoken
    alone = np.bincount(story, minlength=articles)[story] == 1
    draw = chance.random(articles)
    is_of_no_day = alone & (draw < _NO_DAY)
    names = _named(chance, day, entities, aliases)
    begins, entity, alias, in_title = _mentions(names, story)
    return Plan(
        day=day,
        time_us=time_us,
        outlet=outlet,
        language=language[story],
        genre=chance.choice(len(_GENRES), articles, p=_GENRES),
        in_scope=(chance.random(articles) < 0.55)[story],
        story=story,
        is_dated=~(alone & (draw < _NO_DATE)),
        is_of_no_day=is_of_no_day,
        is_edited=chance.random(articles) < _EDITED,
        begins=begins,
        entity=entity,
        alias=alias,
        in_title=in_title,
    )


def _times(chance: np.random.Generator, articles: int) -> tuple[Numbers, Numbers]:
    """Return the days, the last of which is a Sunday or not as the calendar wants, and the times of these days."""
    place = np.arange(DAYS)
    weights = np.where(place % 7 >= 5, 0.45, 1.0) * (0.7 + 0.6 * place / DAYS)
    weights[chance.choice(DAYS, 25, replace=False)] *= 2.2
    day = chance.choice(DAYS, articles, p=weights / weights.sum())
    hour = np.clip(chance.normal(10.5, 4.0, articles), 0.0, 23.9)
    time_us = (hour * 3_600e6 + chance.integers(0, 300_000_000, articles)).astype(np.int64)
    moment = np.sort(day * DAY_US + time_us)
    return moment // DAY_US, moment % DAY_US


def _stories(chance: np.random.Generator, articles: int) -> Numbers:
    """Return the first article of each one's story: a reprint follows within days, of a popular one more often."""
    place = np.arange(articles)
    span = max(3, 2 * articles // DAYS)
    parent = np.maximum(0, place - 1 - chance.integers(0, span, articles))
    popular = chance.random(articles) < 0.45
    parent[popular] -= parent[popular] % max(7, span // 6)
    is_reprint = (chance.random(articles) < _REPRINTS) & (place > 0) & (parent % 50 != 13)
    story = np.where(is_reprint, parent, place)
    while (later := story[story] != story).any():
        story[later] = story[story[later]]
    return story


def _outlets(chance: np.random.Generator, day: Numbers, outlets: int) -> Numbers:
    shares = 1 / np.arange(1, outlets + 1) ** 0.85
    outlet = chance.choice(outlets, len(day), p=shares / shares.sum())
    for silent in (17, 40, 71):  # in trouble: silent since twelve days before the end
        outlet[(outlet == silent % outlets) & (day >= DAYS - 12)] = 0
    return outlet


@dataclass(frozen=True, slots=True)
class _Names:
    """Of each article and slot: whom it names, by which alias first, and how often; 0 for an empty slot."""

    entity: Numbers
    alias: Numbers
    times: Numbers
    in_title: Flags


def _named(chance: np.random.Generator, day: Numbers, entities: int, aliases: int) -> _Names:
    articles, shape = len(day), (len(day), _SLOTS)
    shares = 1 / np.arange(1, entities + 1) ** 0.9
    entity = chance.choice(entities, shape, p=shares / shares.sum())
    at = (day / DAYS)[:, None]
    draw = chance.random(shape)
    for place in range(12, entities, 25):
        entity = np.where((entity == place) & (draw > at**2), 0, entity)
        entity = np.where((entity == place + 1) & (draw < at), 1, entity)
    for new in range(30, min(33, entities)):
        entity = np.where((entity == new) & (day[:, None] < DAYS - 5), 2, entity)
    for _ in range(60):
        whom, begin, width = (int(chance.integers(0, most)) for most in (min(150, entities), DAYS, 4))
        struck = (day >= begin) & (day <= begin + width) & (chance.random(articles) < 0.3)
        entity[struck, 0] = whom
    for place in (5, 20):  # in the last days, so that there is something to see
        struck = (day >= DAYS - 3) & (chance.random(articles) < 0.25)
        entity[struck, 0] = min(place, entities - 1)
    times = (1 + chance.poisson(1.35, shape)) * (chance.random(shape) < _OFTEN)
    return _Names(entity, chance.integers(0, aliases, shape), times, chance.random(articles) < 0.6)


def _mentions(names: _Names, story: Numbers) -> tuple[Numbers, Numbers, Numbers, Flags]:
    """Return where the mentions of each article begin, and their entities, aliases, and whether in the title."""
    times = names.times.copy()
    times[:, 0] += names.in_title
    of = times[story]
    begins = np.concatenate(([0], np.cumsum(of.sum(axis=1))))
    slots = of.ravel()
    entity = np.repeat(names.entity[story].ravel(), slots)
    turn = np.arange(len(entity)) - np.repeat(np.cumsum(slots) - slots, slots)
    alias = np.repeat(names.alias[story].ravel(), slots) + turn
    in_title = np.zeros(len(entity), dtype=bool)
    with_title = names.in_title[story]
    in_title[begins[:-1][with_title]] = True
    return begins, entity, alias, in_title
